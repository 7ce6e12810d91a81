"""A demo call in every format that telephony writes: the same speech at the same times comes out."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from processors.transcript import SourceCoordinates, header_of
from processors.transcription import Audio, Hearer, HearingOptions, offsets_ms, transcribe
from processors.transcription.activity import VoiceActivity, join_gaps
from processors.transcription.engine import EngineInfo, Heard, HeardChannel, HeardWord, Span
from schemas.records.completed import InteractionCompleted, Recording
from schemas.records.terms import Channel, Role
from streams.recordings import Fetcher, FetchPolicy, decode

pytestmark = pytest.mark.integration

DEMO = Path(__file__).resolve().parents[2] / "infra" / "demo"
CALL = "v04-agent-abuse-hangup"
TRUTH = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))[CALL]
BOTH = (Role.AGENT, Role.CUSTOMER)
START = 1_760_000_000_000
LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}

# file name; container, codec, sample rate
FORMATS = [
    ("pcm-8k.wav", ("wav", "pcm_s16le", 8_000)),
    ("pcm-16k.wav", ("wav", "pcm_s16le", 16_000)),
    ("pcm-44k.wav", ("wav", "pcm_s16le", 44_100)),
    ("pcm-24-bit.wav", ("wav", "pcm_s24le", 8_000)),
    ("pcm-float.wav", ("wav", "pcm_f32le", 16_000)),
    ("8-bit.wav", ("wav", "pcm_u8", 8_000)),
    ("a-law.wav", ("wav", "pcm_alaw", 8_000)),
    ("mu-law.wav", ("wav", "pcm_mulaw", 8_000)),
    ("adpcm.wav", ("wav", "adpcm_ima_wav", 8_000)),
    ("call.mp3", ("mp3", "libmp3lame", 16_000)),
    ("call.opus", ("ogg", "libopus", 48_000)),
    ("call.flac", ("flac", "flac", 8_000)),
    ("call.m4a", ("mp4", "aac", 16_000)),
    ("call.webm", ("webm", "libopus", 48_000)),
]
# The codec of mobile telephony knows one channel: a file for each party.
AMR = ("party.amr", ("amr", "libopencore_amrnb", 8_000))


class OneWordASpan:
    """Hears one word in each stretch of speech, so that turns are exactly what activity says."""

    info = EngineInfo(
        name="spans", version="1", model="m", model_sha256="0", options="", languages=("zh", "en")
    )

    def hear(self, channels, language, hot_words):
        return Heard(
            language=language,
            channels=tuple(
                HeardChannel(
                    words=tuple(
                        HeardWord(text="好", start_ms=s.start_ms, end_ms=s.end_ms, probability=1.0)
                        for s in channel.speech
                    )
                )
                for channel in channels
            ),
        )


@pytest.fixture(scope="module")
def hearer():
    return Hearer(engine=OneWordASpan(), detector=VoiceActivity())


@pytest.fixture(scope="module")
def channels():
    """Agent and customer of the demo call at 16 kHz."""
    with (DEMO / "audio" / f"{CALL}.opus").open("rb") as file:
        return decode(file, "ogg").samples


def write(path, container, codec, rate, samples):
    """Encode the rows of ``samples`` as a file's channels."""
    try:
        av.Codec(codec, "w")
    except av.codec.codec.UnknownCodecError:
        pytest.skip(f"this FFmpeg does not write {codec}")
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout=LAYOUTS[len(samples)])
        if codec == "libopencore_amrnb":
            stream.bit_rate = 12_200
        packed = np.ascontiguousarray(samples.T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=LAYOUTS[len(samples)])
        frame.sample_rate = 16_000
        resampler = av.AudioResampler(
            format=stream.format.name, layout=stream.layout, rate=rate, frame_size=stream.frame_size or None
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return path


def heard(hearer, *recordings):
    """Fetch, decode and hear files as the stage does; ``recordings`` name file, roles and start."""
    named = tuple(
        Recording(uri=path.as_uri(), channel_roles=roles, started_at=start)
        for path, roles, start in recordings
    )
    event = InteractionCompleted(
        interaction_id=CALL,
        record_version=1,
        tenant_id="t",
        source_system="pbx",
        channel=Channel.VOICE,
        started_at=START,
        ended_at=START + 60_000,
        language="zh-CN",
        recordings=named,
    )
    decoded, sums = [], []
    for recording, (path, _, _) in zip(named, recordings, strict=True):
        fetched = Fetcher(FetchPolicy(roots=(path.parent,))).fetch(recording)
        decoded.append(decode(fetched.file, fetched.container))
        sums.append(fetched.sha256)
        fetched.close()
    offsets = offsets_ms(named, [one.duration_ms for one in decoded])
    audio = [
        Audio(samples=one.samples, sha256=checksum, roles=recording.channel_roles, offset_ms=offset)
        for one, checksum, recording, offset in zip(decoded, sums, named, offsets, strict=True)
    ]
    header = header_of(event, SourceCoordinates(topic="t", partition=0, offset=0, timestamp_ms=START))
    return transcribe(event, header, audio, hearer, HearingOptions())


def assert_borders(transcript, shift_ms=0, parties=None):
    """Every stretch that was spoken is found within 300 ms, for the party who spoke it."""
    for role in BOTH:
        spoken = join_gaps(
            [
                Span(t["start_ms"] + shift_ms, t["end_ms"] + shift_ms)
                for t in TRUTH
                if t["role"].upper() == role
            ]
        )
        party = (parties or {}).get(role, role)
        found = [interval for interval in transcript.intervals() if interval.party is party]
        for span in spoken:
            assert min(abs(span.start_ms - one.start_ms) for one in found) <= 300
            assert min(abs(span.end_ms - one.end_ms) for one in found) <= 300


@pytest.mark.parametrize(("name", "form"), FORMATS, ids=[row[0] for row in FORMATS])
def test_a_two_channel_recording_in_any_format_gives_the_same_speech(tmp_path, hearer, channels, name, form):
    path = write(tmp_path / name, *form, channels)

    transcript = heard(hearer, (path, BOTH, START)).transcript

    assert_borders(transcript)
    assert transcript.measures.agent_interruption_count == 0
    assert transcript.measures.customer_talk_ms > 5_000


@pytest.mark.parametrize(("name", "form"), [AMR, FORMATS[6]], ids=["amr", "a-law"])
def test_a_file_for_each_party_is_placed_by_its_start(tmp_path, hearer, channels, name, form):
    agent = write(tmp_path / f"agent-{name}", *form, channels[:1])
    late = 2_000
    customer = write(tmp_path / f"customer-{name}", *form, channels[1:, late * 16 :])

    transcript = heard(
        hearer, (customer, (Role.CUSTOMER,), START + late), (agent, (Role.AGENT,), START)
    ).transcript

    assert_borders(transcript)
    assert transcript.measures.overlap_ms is not None


def test_one_leg_after_the_other_lies_on_one_time_line(tmp_path, hearer, channels):
    first = write(tmp_path / "first.wav", "wav", "pcm_s16le", 8_000, channels)
    second = write(tmp_path / "second.wav", "wav", "pcm_s16le", 8_000, channels)

    transcript = heard(hearer, (first, BOTH, START), (second, BOTH, START + 60_000)).transcript

    assert_borders(transcript)
    assert_borders(transcript, shift_ms=60_000)


def test_a_mono_call_has_one_mixed_party_and_no_measure_that_needs_two(tmp_path, hearer, channels):
    mono = channels.mean(axis=0, keepdims=True)
    path = write(tmp_path / "mono.wav", "wav", "pcm_alaw", 8_000, mono)

    transcript = heard(hearer, (path, BOTH, START)).transcript

    measures = transcript.measures
    assert set(transcript.turn_party) == {Role.MIXED}
    assert measures.conversation_ms > 15_000
    assert measures.silence_ms is not None
    for name in ("agent_talk_ms", "customer_talk_ms", "overlap_ms", "agent_interruption_count", "agent_cpm"):
        assert getattr(measures, name) is None
    assert any("speakers unknown" in note for note in transcript.hearing.notes)


@pytest.mark.parametrize("count", range(1, 9))
def test_one_to_eight_channels_keep_their_parties(tmp_path, hearer, channels, count):
    roles = (Role.AGENT, Role.CUSTOMER, *[Role.SYSTEM] * 6)[:count]
    silent = np.zeros((8, channels.shape[1]), dtype=np.float32)
    silent[:2] = channels
    path = write(tmp_path / "many.wav", "wav", "pcm_s16le", 8_000, silent[:count])

    transcript = heard(hearer, (path, roles, START)).transcript

    assert set(transcript.interval_party) == set(roles[:2])
    if count > 1:
        assert_borders(transcript)
        assert transcript.measures.overlap_ms is not None


def test_the_format_is_told_by_the_bytes_and_not_by_the_name(tmp_path, hearer, channels):
    path = write(tmp_path / "call.mp3", "wav", "pcm_mulaw", 8_000, channels)

    assert_borders(heard(hearer, (path, BOTH, START)).transcript)


def test_a_recorder_that_never_wrote_the_length_is_heard_to_its_end(tmp_path, hearer, channels):
    whole = write(tmp_path / "whole.wav", "wav", "pcm_mulaw", 8_000, channels).read_bytes()
    at = whole.index(b"data") + 4
    path = tmp_path / "streamed.wav"
    path.write_bytes(whole[:4] + b"\xff" * 4 + whole[8:at] + b"\xff" * 4 + whole[at + 4 :])

    assert_borders(heard(hearer, (path, BOTH, START)).transcript)
