"""The engine behind HTTP, against a server on this machine, in the real recognition child."""

import io
import json
import threading
import wave
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from processors.transcript import SourceCoordinates, header_of
from processors.transcription import HearingOptions
from processors.transcription.engine import ChannelSpeech, EngineUnavailable, Span
from schemas.records.completed import InteractionCompleted, Recording
from schemas.records.terms import Channel, DeadLetterReason, Role
from streams.asr_child import AsrChild, AsrCrashed, AsrUnavailable, HearJob
from streams.asr_child.configured import configured_child
from streams.asr_child.http_engine import HttpEngine, HttpOptions
from streams.asr_child.registry import EngineUnusable
from streams.recordings import FetchedRecording, RecordingRejected
from streams.settings import Settings

pytestmark = pytest.mark.integration

RATE = 16_000


class Service(BaseHTTPRequestHandler):
    """Answers every call with two words inside its audio, or as it is told."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        form = message_from_bytes(
            b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n" + body
        )
        fields = {}
        for part in form.get_payload():
            name = part.get_param("name", header="content-disposition")
            fields.setdefault(name, []).append(part.get_payload(decode=True))
        with wave.open(io.BytesIO(fields["file"][0])) as audio:
            seconds = audio.getnframes() / audio.getframerate()
        self.server.calls.append((dict(self.headers), fields, seconds))
        status, answer = self.server.answer
        if answer is None:
            answer = {
                "language": "chinese",
                "segments": [{"start": 0, "end": seconds, "avg_logprob": -0.1}],
                "words": [
                    {"word": "您好", "start": 0.1, "end": 0.4},
                    {"word": "再见", "start": 0.5, "end": seconds + 5},
                ],
            }
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def service():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.calls, server.answer = [], (200, None)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.url = f"http://127.0.0.1:{server.server_port}/v1/audio/transcriptions"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
async def child(service):
    options = json.dumps(
        {"url": service.url, "model": "vendor-large", "revision": "2026-11", "timeout_seconds": 5}
    )
    settings = Settings(engine="http", engine_options=options, engine_key="k-1")
    child = AsrChild(configured_child(settings))
    yield child
    await child.close()


@pytest.fixture
def job(tmp_path):
    """Two seconds on two channels that a voice detector takes for speech."""
    time = np.arange(2 * RATE) / RATE
    tone = sum(np.sin(2 * np.pi * 140 * n * time) / n for n in range(1, 12)) * (
        1 + np.sin(2 * np.pi * 4 * time)
    )
    path = tmp_path / "call.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.stack([tone, tone], axis=1) * 4_000).astype("<i2").tobytes())
    event = InteractionCompleted(
        interaction_id="i1",
        record_version=1,
        tenant_id="t",
        source_system="pbx",
        channel=Channel.VOICE,
        started_at=1,
        ended_at=60_000,
        language="zh-CN",
        recordings=(Recording(uri="file:///a", channel_roles=(Role.AGENT, Role.CUSTOMER)),),
    )
    header = header_of(event, SourceCoordinates(topic="t", partition=0, offset=1, timestamp_ms=1))
    with path.open("rb") as file:
        fetched = FetchedRecording(
            file=file, container="wav", sha256="ab" * 32, size_bytes=path.stat().st_size
        )
        asked = HearJob(
            completed=event,
            header=header,
            containers=("wav",),
            checksums=(fetched.sha256,),
            options=HearingOptions(hot_words="您好,话费"),
        )
        yield asked, [fetched]


def engine(service, **changes):
    return HttpEngine(HttpOptions(url=service.url, model="m", **changes))


def speech(*spans, seconds=10):
    samples = np.zeros(seconds * RATE, dtype=np.float32)
    return ChannelSpeech(samples=samples, speech=tuple(Span(*span) for span in spans))


async def test_the_vendors_words_become_the_transcript_and_its_name_travels(child, service, job):
    heard = await child.hear(*job)

    hearing = heard.transcript.hearing
    assert "您好" in "".join(heard.transcript.turn_text)
    assert (hearing.engine, hearing.engine_version, hearing.model) == ("http", "2026-11", "vendor-large")
    headers, fields, _ = service.calls[0]
    assert headers["Authorization"] == "Bearer k-1"
    assert fields["model"] == [b"vendor-large"]
    assert fields["language"] == [b"zh"]
    assert fields["prompt"] == ["您好,话费".encode()]


@pytest.mark.parametrize("status", [401, 404, 429, 503])
async def test_a_service_that_is_away_or_misconfigured_blames_no_recording(child, service, job, status):
    service.answer = (status, {})

    with pytest.raises(AsrUnavailable, match=str(status)):
        await child.hear(*job)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, DeadLetterReason.RECORDING_CORRUPT),
        (413, DeadLetterReason.RECORDING_TOO_LARGE),
        (422, DeadLetterReason.RECORDING_CORRUPT),
    ],
)
async def test_audio_that_the_service_refuses_is_refused_for_good(child, service, job, status, reason):
    service.answer = (status, {})

    with pytest.raises(RecordingRejected) as refused:
        await child.hear(*job)

    assert refused.value.reason is reason


@pytest.mark.parametrize("answer", [(500, {}), (302, {}), (200, b"<html>"), (200, {"text": "no words"})])
async def test_a_service_that_fails_counts_against_the_recording_and_the_child_lives(
    child, service, job, answer
):
    service.answer = answer
    with pytest.raises(AsrCrashed):
        await child.hear(*job)
    service.answer = (200, None)

    assert (await child.hear(*job)).transcript is not None


def test_a_service_that_is_not_there_is_waited_for(service):
    options = HttpOptions(url="http://127.0.0.1:1/", model="m")

    with pytest.raises(EngineUnavailable, match="not reached"):
        HttpEngine(options).hear([speech((0, 1000))], "zh", "")


def test_speech_is_sent_in_pieces_and_comes_back_on_one_time_line(service):
    channel = speech((1_000, 2_000), (3_000, 4_000), (8_000, 9_500))

    heard = engine(service, piece_seconds=4).hear([channel, speech()], "zh", "")

    assert [round(seconds, 2) for _, _, seconds in service.calls] == [3.0, 1.5]
    words = heard.channels[0].words
    assert [(word.start_ms, word.end_ms) for word in words] == [
        (1_100, 1_400),
        (1_500, 4_000),
        (8_100, 8_400),
        (8_500, 9_500),
    ]
    assert words[0].probability == pytest.approx(0.905, abs=0.001)
    assert heard.channels[1].words == ()


def test_speech_longer_than_a_piece_is_cut(service):
    engine(service, piece_seconds=2).hear([speech((0, 5_000))], "zh", "")

    assert [seconds for _, _, seconds in service.calls] == [2.0, 2.0, 1.0]


def test_a_language_that_nobody_stated_is_the_services(service):
    assert engine(service).hear([speech((0, 1_000))], None, "").language == "zh"


@pytest.mark.parametrize(
    "options",
    [
        "{}",
        "not json",
        '{"url": "http://vendor.example/x", "model": "m"}',
        '{"url": "https://user:secret@vendor.example/x", "model": "m"}',
        '{"url": "https://vendor.example/x", "model": "m", "timeout_seconds": 0}',
    ],
)
def test_options_that_cannot_work_are_one_line_without_a_secret(options):
    with pytest.raises(EngineUnusable) as refused:
        configured_child(Settings(engine="http", engine_options=options, engine_key="k-1"))

    assert "CALLQA_ENGINE_OPTIONS" in str(refused.value)
    assert "secret" not in str(refused.value)
