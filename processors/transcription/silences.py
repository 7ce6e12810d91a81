"""Stretches in which neither party speaks: who spoke around them, and if they were announced."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from processors.transcription.activity import join_gaps
from processors.transcription.engine import Span
from processors.transcription.turns import PartySpeech, SpokenTurn
from processors.transcription.waits import announcements_ms, is_announced
from schemas.records.terms import Role
from schemas.records.transcribed import Silence, SystemStretch

_STORED_SILENCE_MS = 2_000


def silences_between(
    parties: Sequence[PartySpeech], turns: Sequence[SpokenTurn], system: Sequence[SystemStretch]
) -> tuple[Silence, ...]:
    """Every gap of at least 2 s between speech; hold music, tones and announcements are no silence."""
    spoken = [(span, party.party) for party in parties for span in party.speech]
    spoken += [(Span(one.start_ms, one.end_ms), Role.SYSTEM) for one in system]
    announcements = announcements_ms(turns)
    return tuple(
        Silence(
            start_ms=before.end_ms,
            end_ms=after.start_ms,
            announced=is_announced(before.end_ms, announcements),
            after=next(party for span, party in spoken if span.end_ms == before.end_ms),
            before=next(party for span, party in spoken if span.start_ms == after.start_ms),
        )
        for before, after in pairwise(join_gaps(sorted(span for span, _ in spoken), gap_ms=0))
        if after.start_ms - before.end_ms >= _STORED_SILENCE_MS
    )
