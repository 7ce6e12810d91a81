"""How loud each party speaks, second by second, and where it raises its voice (metrics 3.8).

Levels are RMS over one second in dBFS, relative to a sample value of 1.0: a full-scale sine reads -3.0 dBFS
(as in ffmpeg's astats; AES17 adds 3.01 dB). The raised voice is our own choice: at least 6 dB (twice the
sound pressure) above the median of the seconds in which the same person speaks, for at least 3 seconds. It
is relative because telephones, headsets and networks set the absolute level; a person who shouts from the
first word to the last is therefore not found.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from processors.transcription.engine import SAMPLE_RATE_HZ, Samples, Span
from schemas.records.terms import Role
from schemas.records.transcribed import Loudness, RaisedVoice

SILENT_DBFS = -100
_RAISED_DB = 6.0
_RAISED_SECONDS = 3
_SPEAKING_MS = 500
# Fewer seconds say nothing of how somebody speaks: own choice.
_LEAST_SECONDS = 10


class Level(Struct, frozen=True, kw_only=True):
    """Level of one channel: ``dbfs`` by second from ``start_ms`` of the interaction's time line on.

    ``speaking`` marks the seconds of which the channel's party speaks at least half.
    """

    party: Role
    channel: int
    start_ms: int
    dbfs: NDArray[np.float32]
    speaking: NDArray[np.bool_]

    def stored(self) -> Loudness:
        """The level in whole decibels."""
        whole = np.rint(self.dbfs).astype(int)
        return Loudness(
            party=self.party, channel=self.channel, start_ms=self.start_ms, dbfs=tuple(whole.tolist())
        )


def dbfs_by_second(samples: Samples) -> NDArray[np.float32]:
    """RMS level of every second; the last may be incomplete. Digital silence reads -100."""
    whole = samples.size // SAMPLE_RATE_HZ * SAMPLE_RATE_HZ
    rows = samples[:whole].reshape(-1, SAMPLE_RATE_HZ)
    power = np.einsum("ij,ij->i", rows, rows) / SAMPLE_RATE_HZ
    rest = samples[whole:]
    if rest.size:
        power = np.append(power, np.dot(rest, rest) / rest.size)
    floor = 10 ** (SILENT_DBFS / 10)
    levels: NDArray[np.float32] = (10 * np.log10(np.maximum(power, floor))).astype(np.float32)
    return levels


def speaking_seconds(speech: Sequence[Span], seconds: int) -> NDArray[np.bool_]:
    """Which seconds hold at least half a second of ``speech``, given in order and without overlap."""
    if not speech:
        return np.zeros(seconds, dtype=bool)
    borders = np.array([[span.start_ms, span.end_ms] for span in speech], dtype=float)
    spoken = np.cumsum(borders[:, 1] - borders[:, 0])
    until = np.stack([spoken - (borders[:, 1] - borders[:, 0]), spoken], axis=1)
    at = np.interp(np.arange(seconds + 1) * 1000.0, borders.ravel(), until.ravel())
    speaking: NDArray[np.bool_] = np.diff(at) >= _SPEAKING_MS
    return speaking


def median_dbfs(levels: Sequence[Level], party: Role) -> float | None:
    """Median level of the seconds in which a party speaks, on all its channels; None where there are none."""
    spoken = [level.dbfs[level.speaking] for level in levels if level.party is party]
    values = np.concatenate(spoken) if spoken else np.empty(0)
    return round(float(np.median(values)), 1) if values.size else None


def raised_voices(levels: Sequence[Level], party: Role) -> tuple[RaisedVoice, ...] | None:
    """Stretches in which a party raises its voice; None where no channel holds 10 s of its speech.

    Every channel of every recording has a median of its own: another leg is another person or telephone.
    """
    own = [level for level in levels if level.party is party and level.speaking.sum() >= _LEAST_SECONDS]
    if not own:
        return None
    return tuple(raised for level in own for raised in _raised(level))


def _raised(level: Level) -> list[RaisedVoice]:
    above = level.dbfs - np.median(level.dbfs[level.speaking])
    loud = (above >= _RAISED_DB) & level.speaking
    edges = np.diff(loud.astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return [
        RaisedVoice(
            party=level.party,
            start_ms=level.start_ms + int(start) * 1000,
            end_ms=level.start_ms + int(end) * 1000,
            above_db=round(float(above[start:end].mean()), 1),
        )
        for start, end in zip(starts, ends, strict=True)
        if end - start >= _RAISED_SECONDS
    ]
