"""Recordings for the scripted engine: ordinary ones, and some that break what hears them or are not there."""

from __future__ import annotations

import random
import wave
from pathlib import Path

import numpy as np

from schemas.records.terms import DeadLetterReason, Stage
from streams.chaos.load import DEAD_LETTERED, SCORED, Recordings, Truth, Voices

_RATE_HZ = 8_000
_SECONDS = 20
_CALLS = 50
_QUIET = 300
_FULL_SCALE = 32_767


def write_all(folder: Path, seed: int) -> Recordings:
    """Recordings of every kind for one run."""
    return Recordings(
        calls=write_recordings(folder, _CALLS, seed),
        broken=(write_killer(folder), write_corrupt(folder, seed), absent(folder)),
    )


def write_recordings(folder: Path, count: int, seed: int) -> Voices:
    """``count`` recordings of quiet noise, each different, so that none was heard before."""
    folder.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed)
    uris = []
    for number in range(count):
        path = folder / f"call-{seed}-{number}.wav"
        _write(path, noise.integers(-_QUIET, _QUIET, (_RATE_HZ * _SECONDS, 2)))
        uris.append(path.resolve().as_uri())
    return Voices(kind="call", uris=tuple(uris), truth=Truth(state=SCORED))


def write_killer(folder: Path) -> Voices:
    """A recording that crashes the scripted engine whenever it is heard."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "killer.wav"
    _write(path, np.full((_RATE_HZ * 2, 2), _FULL_SCALE))
    return Voices(
        kind="killer-call", uris=(path.resolve().as_uri(),), truth=_dead(DeadLetterReason.ASR_CRASH)
    )


def write_corrupt(folder: Path, seed: int) -> Voices:
    """A file that begins like a recording and is none."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "corrupt.wav"
    rest = random.Random(seed).randbytes(2_000)  # noqa: S311 the same file again, not a secret
    path.write_bytes(b"RIFF\x00\x10\x00\x00WAVE" + rest)
    return Voices(
        kind="corrupt-call", uris=(path.resolve().as_uri(),), truth=_dead(DeadLetterReason.RECORDING_CORRUPT)
    )


def absent(folder: Path) -> Voices:
    """A recording that never arrives."""
    uri = (folder / "never.wav").resolve().as_uri()
    return Voices(kind="unrecorded-call", uris=(uri,), truth=_dead(DeadLetterReason.RECORDING_MISSING))


def _dead(reason: DeadLetterReason) -> Truth:
    return Truth(state=DEAD_LETTERED, reason=reason, stage=Stage.TRANSCRIPTION.value)


def _write(path: Path, samples: np.ndarray) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(_RATE_HZ)
        out.writeframes(samples.astype("<i2").tobytes())
