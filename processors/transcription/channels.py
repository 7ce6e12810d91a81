"""Which party speaks on which channel, and where each recording lies on the interaction's time line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from processors.transcription.engine import SAMPLE_RATE_HZ, Samples
from schemas.records.completed import Recording
from schemas.records.terms import Role

# Two channels that differ by less than this share of their energy are one channel stored twice.
_SAME_SIGNAL = 1e-3


class Audio(Struct, frozen=True, kw_only=True):
    """One decoded recording: ``samples`` has a row a channel, at 16 kHz; ``sha256`` is that of the file.

    ``offset_ms`` is where its sample 0 lies after sample 0 of the interaction's first recording.
    """

    samples: NDArray[np.float32]
    sha256: str
    roles: tuple[Role, ...] = ()
    offset_ms: int = 0
    notes: tuple[str, ...] = ()

    @property
    def duration_ms(self) -> int:
        """Length of the recording."""
        return int(self.samples.shape[1]) * 1000 // SAMPLE_RATE_HZ


class PartyChannel(Struct, frozen=True, kw_only=True):
    """A channel of which it is known, or known to be unknown, who speaks there."""

    party: Role
    number: int
    samples: Samples
    offset_ms: int


def party_channels(audio: Audio) -> tuple[list[PartyChannel], tuple[str, ...]]:
    """The channels to hear, and notes on what had to be given up.

    A role per channel is taken as it is. One role for several channels, or one channel stored twice under
    two roles, is mixed down. Channels without a role are heard apart but nobody is told who speaks: their
    party is MIXED, and no measure that needs two parties is made of them.
    """
    count, roles = len(audio.samples), audio.roles
    if count == 2 and len(roles) == 2 and roles[0] != roles[1] and _same(audio.samples):
        return [_mixed(audio, Role.MIXED)], ("both channels carry the same signal",)
    if len(roles) == count:
        return [
            PartyChannel(party=role, number=n, samples=row, offset_ms=audio.offset_ms)
            for n, (role, row) in enumerate(zip(roles, audio.samples, strict=True))
        ], ()
    if len(roles) == 1:
        return [_mixed(audio, roles[0])], ()
    channels = [
        PartyChannel(party=Role.MIXED, number=n, samples=row, offset_ms=audio.offset_ms)
        for n, row in enumerate(audio.samples)
    ]
    notes = (f"{count} channels, {len(roles)} roles: speakers unknown",) if roles else ()
    return channels, notes


def offsets_ms(recordings: Sequence[Recording], durations_ms: Sequence[int]) -> tuple[int, ...]:
    """Offset of each recording from the start of the first, by ``started_at``.

    Where any recording does not say when it started, they are put one behind the other as listed.
    """
    starts = [recording.started_at for recording in recordings]
    known = [start for start in starts if start is not None]
    if len(known) == len(starts):
        return tuple(start - min(known) for start in known)
    return tuple(sum(durations_ms[:n]) for n in range(len(recordings)))


def _mixed(audio: Audio, party: Role) -> PartyChannel:
    mixed = audio.samples.mean(axis=0, dtype=np.float32)
    return PartyChannel(party=party, number=0, samples=mixed, offset_ms=audio.offset_ms)


def _same(samples: NDArray[np.float32]) -> bool:
    energy = float(np.square(samples[0]).sum())
    difference = float(np.square(samples[0] - samples[1]).sum())
    return energy > 0 and difference < _SAME_SIGNAL * energy
