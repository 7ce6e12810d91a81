"""What the page plays: the call as it was, except for what must not be heard."""

import base64
import io
import wave

import av
import numpy as np
import pytest

from streams.reports.audio import RATE, data_uri

TONE_HZ = 440


def tone(seconds=3.0, rate=8_000, channels=2):
    """A wav file with a steady tone on every channel."""
    samples = (12_000 * np.sin(2 * np.pi * TONE_HZ * np.arange(int(seconds * rate)) / rate)).astype("<i2")
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(samples[:, None], channels, axis=1).tobytes())
    return target.getvalue()


def heard(uri):
    """Samples in -1..1 at 16 kHz, a column a channel, of a data URI."""
    head, _, body = uri.partition(",")
    assert head == "data:audio/ogg;base64"
    with av.open(io.BytesIO(base64.b64decode(body))) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
        blocks = [b.to_ndarray() for frame in container.decode(audio=0) for b in resampler.resample(frame)]
    return np.concatenate(blocks, axis=1).T


def loudness(samples, start_ms, end_ms):
    return float(
        np.sqrt(np.mean(np.square(samples[start_ms * RATE // 1000 : end_ms * RATE // 1000]), axis=0)).max()
    )


def test_masked_stretches_are_silent_on_all_channels_and_the_rest_is_not():
    samples = heard(data_uri(tone(), [(1_000, 2_000)]))

    assert loudness(samples, 1_050, 1_950) < 0.003
    assert loudness(samples, 200, 900) > 0.1
    assert loudness(samples, 2_100, 2_900) > 0.1


def test_without_masked_words_everything_is_heard_for_its_whole_length():
    samples = heard(data_uri(tone(), []))

    assert abs(len(samples) / RATE - 3.0) < 0.1
    assert loudness(samples, 0, 3_000) > 0.1


def test_a_stretch_beyond_the_end_harms_nothing():
    assert loudness(heard(data_uri(tone(), [(2_500, 99_000)])), 200, 2_000) > 0.1


def test_one_channel_becomes_two():
    assert heard(data_uri(tone(channels=1), [])).shape[1] == 2


def test_bytes_that_are_no_audio_are_refused():
    with pytest.raises(av.error.FFmpegError):
        data_uri(b"no audio at all", [])
