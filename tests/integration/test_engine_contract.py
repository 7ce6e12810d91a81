"""What every engine promises, whoever made it: Whisper, the one behind HTTP and the scripted one."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from processors.transcription.activity import VoiceActivity
from processors.transcription.engine import ChannelSpeech
from streams.asr_child.engines import prove, whisper
from streams.asr_child.http_engine import HttpEngine, HttpOptions
from streams.chaos.scripted_engine import ScriptedEngine
from streams.models import ModelUnavailable, fetch
from streams.recordings import decode

pytestmark = pytest.mark.integration

CALL = Path(__file__).resolve().parents[2] / "infra" / "demo" / "audio" / "v04-agent-abuse-hangup.opus"
SECONDS = 25


@pytest.fixture(scope="module")
def channels():
    """The first seconds of a call, its speech found, and a channel on which nobody speaks."""
    with CALL.open("rb") as file:
        samples = decode(file, "ogg").samples[:, : SECONDS * 16_000]
    detector = VoiceActivity()
    spoken = [ChannelSpeech(samples=one, speech=detector.intervals(one)) for one in samples]
    return [*spoken, ChannelSpeech(samples=np.zeros(16_000, dtype=np.float32), speech=())]


@pytest.fixture(scope="module")
def service():
    class Service(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            words = [{"word": "您好", "start": 0.1, "end": 0.3}, {"word": "再见", "start": 0.4, "end": 99}]
            content = json.dumps({"words": words}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module", params=["scripted", "http", pytest.param("whisper", marks=pytest.mark.model)])
def engine(request, tmp_path_factory):
    if request.param == "scripted":
        return ScriptedEngine()
    if request.param == "http":
        return HttpEngine(HttpOptions(url=request.getfixturevalue("service"), model="m"))
    try:
        files = fetch("base", tmp_path_factory.mktemp("models"))
    except ModelUnavailable as absent:
        pytest.skip(str(absent))
    return whisper(name=files.name, folder=str(files.folder), sha256=files.sha256, cpu_threads=2).engine


@pytest.fixture(scope="module")
def heard(engine, channels):
    return engine.hear(channels, "zh", "您好,话费")


def test_it_can_prove_that_it_works_before_the_first_call(engine):
    prove(engine)


def test_it_says_who_it_is(engine):
    info = engine.info

    assert all((info.name, info.version, info.model, info.model_sha256))
    assert "zh" in info.languages
    assert len(info.model_sha256) == 64


def test_every_channel_comes_back_in_its_place(heard, channels):
    assert len(heard.channels) == len(channels)
    assert heard.channels[0].words


def test_a_channel_without_speech_comes_back_empty(heard):
    assert heard.channels[-1].words == ()


def test_words_are_in_order_and_inside_the_audio(heard):
    for channel in heard.channels:
        starts = [word.start_ms for word in channel.words]
        assert starts == sorted(starts)
        assert all(0 <= word.start_ms <= word.end_ms <= SECONDS * 1000 for word in channel.words)


def test_probabilities_are_probabilities_and_no_word_is_empty(heard):
    for channel in heard.channels:
        assert all(0 <= word.probability <= 1 and word.text.strip() for word in channel.words)


def test_the_language_given_is_the_language_heard(heard):
    assert heard.language == "zh"


def test_the_same_audio_gives_the_same_words(engine, heard, channels):
    assert engine.hear(channels, "zh", "您好,话费") == heard


def test_a_call_in_which_nobody_speaks_is_no_error(engine, channels):
    heard = engine.hear([channels[-1]], "zh", "")

    assert [channel.words for channel in heard.channels] == [()]
