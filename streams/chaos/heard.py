"""Real calls for the real model: the demo's recordings, each a little different, so that each is heard."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np

from streams.chaos.load import SCORED, Truth, Voices

_RATE_HZ = 8_000
_PAD_SECONDS = 0.25
# Short ones in which both sides speak: how well is heard is measured elsewhere.
_SOURCES = (
    "v03-deflection",
    "v04-agent-abuse-hangup",
    "v05-interruptions",
    "v07-ambiguous-insult-completed",
    "v08-misselling",
    "v09-fast-speech",
    "v15-doubts-customer",
)


def write_real_calls(audio: Path, folder: Path, count: int) -> Voices:
    """``count`` recordings from those in ``audio``, with a growing silence at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    uris = []
    for number in range(count):
        samples = _decoded(audio / f"{_SOURCES[number % len(_SOURCES)]}.opus")
        silence = np.zeros((round(_RATE_HZ * _PAD_SECONDS * (1 + number)), samples.shape[1]), samples.dtype)
        path = folder / f"real-{number}.wav"
        with wave.open(str(path), "wb") as out:
            out.setnchannels(samples.shape[1])
            out.setsampwidth(2)
            out.setframerate(_RATE_HZ)
            out.writeframes(np.concatenate([samples, silence]).astype("<i2").tobytes())
        uris.append(path.resolve().as_uri())
    return Voices(kind="real-call", uris=tuple(uris), truth=Truth(state=SCORED))


def _decoded(path: Path) -> np.ndarray:
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=_RATE_HZ)
    parts = []
    with av.open(str(path)) as source:
        for frame in source.decode(audio=0):
            parts += [each.to_ndarray().reshape(-1, 2) for each in resampler.resample(frame)]
    parts += [each.to_ndarray().reshape(-1, 2) for each in resampler.resample(None)]
    return np.concatenate(parts)
