"""A call's audio for the page, with every masked word silenced."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import av
import numpy as np
from numpy.typing import NDArray

RATE = 16_000
_BITS_PER_SECOND = 24_000

Stretch = tuple[int, int]
"""Start and end in milliseconds."""


def data_uri(recording: bytes, silenced: Sequence[Stretch]) -> str:
    """An Ogg Opus data URI of the recording with ``silenced`` stretches muted on all channels.

    The recording is always encoded anew: the original bytes would still hold what was masked. Raises
    ``av.error.FFmpegError`` for bytes that are no audio.
    """
    samples = _muted(_stereo(recording), silenced)
    return "data:audio/ogg;base64," + base64.b64encode(_opus(samples)).decode("ascii")


def _stereo(recording: bytes) -> NDArray[np.int16]:
    """Interleaved 16-bit stereo samples at 16 kHz."""
    with av.open(io.BytesIO(recording), mode="r") as container:
        resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE)
        blocks = [
            block.to_ndarray() for frame in container.decode(audio=0) for block in resampler.resample(frame)
        ]
        blocks += [block.to_ndarray() for block in resampler.resample(None)]
    if not blocks:
        return np.zeros((0, 2), dtype=np.int16)
    return np.concatenate(blocks, axis=1).reshape(-1, 2)


def _muted(samples: NDArray[np.int16], silenced: Sequence[Stretch]) -> NDArray[np.int16]:
    quiet = samples.copy()
    for start_ms, end_ms in silenced:
        quiet[max(0, start_ms * RATE // 1000) : max(0, end_ms * RATE // 1000)] = 0
    return quiet


def _opus(samples: NDArray[np.int16]) -> bytes:
    target = io.BytesIO()
    with av.open(target, mode="w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="stereo")
        stream.bit_rate = _BITS_PER_SECOND
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = RATE
        fifo = av.AudioFifo()
        fifo.write(frame)
        while (block := fifo.read(RATE // 50, partial=True)) is not None:
            container.mux(stream.encode(block))
        container.mux(stream.encode(None))
    return target.getvalue()
