import io
import wave

import av
import numpy as np
import pytest

from schemas.records.terms import DeadLetterReason
from streams.recordings import RecordingRejected, decode
from streams.recordings.decoding import DecodeLimits


def tone(hertz, seconds, rate):
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate) * 0.5


def wav(*channels, rate=8_000):
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(len(channels))
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((np.stack(channels, axis=1) * 32_767).astype("<i2").tobytes())
    target.seek(0)
    return target


def encoded(container, codec, rate, *channels):
    target = io.BytesIO()
    with av.open(target, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="stereo" if len(channels) == 2 else "mono")
        samples = np.ascontiguousarray(np.stack(channels).astype(np.float32))
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=stream.layout.name)
        frame.sample_rate = rate
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)
    target.seek(0)
    return target


def reason_of(file, container="wav", limits=DecodeLimits()):
    with pytest.raises(RecordingRejected) as refused:
        decode(file, container, limits)
    assert refused.value.detail.isascii()
    return refused.value.reason


def loudest_hertz(samples):
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * 16_000 / samples.size)


def test_each_channel_becomes_a_row_at_16_khz():
    decoded = decode(wav(tone(440, 2, 8_000), tone(1_000, 2, 8_000)), "wav")

    assert decoded.samples.shape[0] == 2
    assert decoded.duration_ms == pytest.approx(2_000, abs=5)
    assert loudest_hertz(decoded.samples[0]) == pytest.approx(440, abs=2)
    assert loudest_hertz(decoded.samples[1]) == pytest.approx(1_000, abs=2)


@pytest.mark.parametrize(
    ("container", "codec", "rate"), [("ogg", "libopus", 48_000), ("mp3", "libmp3lame", 44_100)]
)
def test_the_containers_of_telephony_decode(container, codec, rate):
    if codec not in av.codecs_available:
        pytest.skip(f"this FFmpeg has no {codec}")

    decoded = decode(encoded(container, codec, rate, tone(500, 1, rate), tone(900, 1, rate)), container)

    assert loudest_hertz(decoded.samples[0]) == pytest.approx(500, abs=5)
    assert loudest_hertz(decoded.samples[1]) == pytest.approx(900, abs=5)


def test_more_channels_than_the_limit_are_too_large():
    nine = wav(*[tone(440, 0.1, 8_000)] * 9)

    assert reason_of(nine) is DeadLetterReason.RECORDING_TOO_LARGE


def test_more_audio_than_the_limit_is_too_large_whatever_its_header_says():
    long = wav(tone(440, 3, 8_000))

    assert reason_of(long, limits=DecodeLimits(duration_ms=2_000)) is DeadLetterReason.RECORDING_TOO_LARGE
    assert decode(wav(tone(440, 2, 8_000)), "wav", DecodeLimits(duration_ms=2_100)).duration_ms <= 2_100


@pytest.mark.parametrize(
    ("content", "container"),
    [
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "wav"),
        (b"OggS" + b"x" * 4_000, "ogg"),
        (b"\x00\x00\x00\x20ftypM4A " + bytes(200), "mp4"),
        (b"#EXTM3U\nfile:///etc/passwd", "wav"),
        (b"", "wav"),
    ],
)
def test_bytes_that_do_not_decode_are_corrupt(content, container):
    assert reason_of(io.BytesIO(content), container) is DeadLetterReason.RECORDING_CORRUPT


def test_a_recording_without_samples_is_corrupt():
    assert reason_of(wav(np.zeros(0))) is DeadLetterReason.RECORDING_CORRUPT


def test_a_recording_whose_middle_is_garbage_is_corrupt():
    whole = encoded("ogg", "libopus", 48_000, tone(500, 10, 48_000)).getvalue()
    damaged = bytearray(whole)
    damaged[1_000 : len(whole) - 2_000] = b"\xff" * (len(whole) - 3_000)

    assert reason_of(io.BytesIO(bytes(damaged)), "ogg") is DeadLetterReason.RECORDING_CORRUPT
