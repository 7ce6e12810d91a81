"""A masked copy: nothing is heard where words were masked, and everything else is what it was."""

import io
import wave

import av
import numpy as np
import pytest

from schemas.records.completed import Recording
from schemas.records.terms import Entity, Role, TurnKind
from schemas.records.transcribed import Hearing, Measures, Redaction, Transcript, Turn, Word, columns_of
from streams.masked_audio import masked_stretches
from streams.recordings import Fetcher, FetchPolicy, RecordingRejected
from streams.recordings.masking import Fill, beside, write_masked
from streams.recordings.riff import plain_wav

pytestmark = pytest.mark.integration

RATE = 8_000
SECONDS = 3
MASKED = [(500, 900), (1_500, 1_501), (850, 1_000), (2_900, 99_000), (-200, 30)]
# The same, joined, as frames at 8 kHz.
FRAMES = [(0, 240), (4_000, 8_000), (12_000, 12_008), (23_200, 24_000)]


def noise(channels, rate=RATE):
    return np.random.default_rng(7).integers(-9_000, 9_000, (rate * SECONDS, channels)).astype("<i2")


def encoded(codec, container, channels=2, rate=RATE):
    """Noise in any codec, by FFmpeg."""
    target = io.BytesIO()
    with av.open(target, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="stereo" if channels == 2 else "mono")
        frame = av.AudioFrame.from_ndarray(
            noise(channels, rate).reshape(1, -1), format="s16", layout=stream.layout.name
        )
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=stream.format.name, layout=stream.layout, rate=rate, frame_size=stream.frame_size or 0
        )
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return target.getvalue()


@pytest.fixture
def masked(tmp_path):
    def run(content, fill=Fill.SILENCE, name="call.wav", stretches=MASKED):
        path = tmp_path / name
        path.write_bytes(content)
        fetched = Fetcher(FetchPolicy(roots=(tmp_path,))).fetch(Recording(uri=path.as_uri()))
        try:
            write_masked(fetched, beside(path), stretches, fill)
        finally:
            fetched.close()
        assert path.read_bytes() == content
        return beside(path)

    return run


def bytes_in(content):
    """For each byte of a plain WAV file whether it lies in a masked stretch."""
    form = plain_wav(io.BytesIO(content), len(content))
    inside = np.zeros(len(content), dtype=bool)
    for first, last in FRAMES:
        inside[form.offset + first * form.frame_bytes : form.offset + last * form.frame_bytes] = True
    return inside


CODECS = {
    "pcm_u8": 0x80,
    "pcm_s16le": 0,
    "pcm_s24le": 0,
    "pcm_s32le": 0,
    "pcm_f32le": 0,
    "pcm_alaw": 0xD5,
    "pcm_mulaw": 0xFF,
}


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("channels", [1, 2])
def test_in_plain_wav_the_stretches_are_silent_and_every_other_bit_stays(masked, codec, channels):
    content = encoded(codec, "wav", channels)

    copy = np.frombuffer(masked(content).read_bytes(), dtype=np.uint8)

    original, inside = np.frombuffer(content, dtype=np.uint8), bytes_in(content)
    assert inside.any()
    assert np.array_equal(copy[~inside], original[~inside])
    assert (copy[inside] == CODECS[codec]).all()


@pytest.mark.parametrize("codec", ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"])
def test_a_tone_stands_in_the_stretches_on_all_channels_and_every_other_bit_stays(masked, codec):
    content = encoded(codec, "wav")

    copy = masked(content, Fill.TONE)

    original, inside = np.frombuffer(content, dtype=np.uint8), bytes_in(content)
    changed = np.frombuffer(copy.read_bytes(), dtype=np.uint8)
    assert np.array_equal(changed[~inside], original[~inside])
    with av.open(str(copy)) as opened:
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
        blocks = [
            block.to_ndarray() for frame in opened.decode(audio=0) for block in resampler.resample(frame)
        ]
    samples = np.concatenate(blocks, axis=1).reshape(-1, 2)[4_000:8_000]
    spectrum = np.abs(np.fft.rfft(samples[:, 0]))
    assert np.argmax(spectrum) * RATE / 4_000 == pytest.approx(1_000)
    assert 0.08 < np.abs(samples).max() < 0.12
    assert np.array_equal(samples[:, 0], samples[:, 1])


@pytest.mark.parametrize(
    ("codec", "container", "name", "rate"),
    [
        ("flac", "flac", "call.flac", 8_000),
        ("libopus", "ogg", "call.opus", 48_000),
        ("libmp3lame", "mp3", "call.mp3", 44_100),
        ("aac", "mp4", "call.m4a", 16_000),
        ("pcm_mulaw", "wav", "tone.wav", 8_000),
    ],
)
def test_any_other_form_becomes_wav_at_its_own_rate(masked, codec, container, name, rate):
    content = encoded(codec, container, rate=rate)

    copy = masked(content, Fill.TONE if codec == "pcm_mulaw" else Fill.SILENCE, name, [(500, 900)])

    with wave.open(str(copy)) as found:
        assert (found.getframerate(), found.getnchannels(), found.getsampwidth()) == (rate, 2, 2)
        assert found.getnframes() == pytest.approx(rate * SECONDS, rel=0.05)
        samples = np.frombuffer(found.readframes(found.getnframes()), dtype="<i2").reshape(-1, 2)
    inside = samples[rate // 2 : rate * 9 // 10]
    assert np.abs(inside).max() < 4_000
    if codec != "pcm_mulaw":
        assert not inside.any()
    assert np.abs(samples[rate : rate * 2]).mean() > 1_000


def test_a_lossless_recording_keeps_its_samples_outside_the_stretches(masked):
    copy = masked(encoded("flac", "flac"), name="call.flac")

    with wave.open(str(copy)) as found:
        samples = np.frombuffer(found.readframes(found.getnframes()), dtype="<i2").reshape(-1, 2)
    expected = noise(2).copy()
    for first, last in FRAMES:
        expected[first:last] = 0
    assert np.array_equal(samples, expected)


def test_a_recording_whose_header_promises_more_is_copied_as_it_is(masked):
    content = bytearray(encoded("pcm_s16le", "wav"))
    at = content.index(b"data") + 4
    content[at : at + 4] = b"\xff\xff\xff\xff"

    copy = masked(bytes(content)).read_bytes()

    assert len(copy) == len(content)
    assert copy[at : at + 4] == b"\xff\xff\xff\xff"


def test_a_copy_that_is_there_is_not_replaced_unasked_and_nothing_is_left_lying(masked, tmp_path):
    content = encoded("pcm_s16le", "wav")
    target = masked(content)
    before = target.read_bytes()

    with pytest.raises(FileExistsError):
        masked(content, Fill.TONE)

    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["call.masked.wav", "call.wav"]


def test_what_does_not_decode_leaves_no_copy(masked, tmp_path):
    with pytest.raises(RecordingRejected):
        masked(b"fLaC" + bytes(4_000), name="call.flac")

    assert [path.name for path in tmp_path.iterdir()] == ["call.flac"]


def transcript(words):
    turns = [
        Turn(
            party=Role.CUSTOMER,
            kind=TurnKind.SPEECH,
            start_ms=1_000,
            end_ms=4_000,
            text="手机[电话]好",
            normalised="",
        ),
        Turn(
            party=Role.AGENT,
            kind=TurnKind.SPEECH,
            start_ms=5_000,
            end_ms=6_000,
            text="[身份证]",
            normalised="",
        ),
    ]
    places = [
        Redaction(turn=0, start=2, end=6, entity=Entity.PHONE),
        Redaction(turn=1, start=0, end=5, entity=Entity.ID_CARD),
    ]
    return Transcript(
        transcript_id="t",
        hearing_key="h",
        hearing=Hearing(engine="e", engine_version="1"),
        measures=Measures(definition_version="1"),
        language="zh-CN",
        **columns_of("turn_", turns, Turn),
        **columns_of("word_", words, Word),
        **columns_of("redaction_", places, Redaction),
    )


def test_masked_is_the_time_of_the_words_or_else_of_the_turn():
    words = [
        Word(turn=0, start=0, end=2, start_ms=1_000, end_ms=1_500, probability=1.0),
        Word(turn=0, start=2, end=6, start_ms=1_600, end_ms=3_500, probability=1.0),
    ]

    assert masked_stretches(transcript(words), padding_ms=100) == [(1_500, 3_600), (4_900, 6_100)]
