"""Pauses between one party's end and the other's answer.

The 'gap' of Heldner and Edlund (Pauses, gaps and overlaps in conversations, Journal of Phonetics 38, 2010): a
silence at a change of speaker. Answers that begin before the other has ended are overlaps and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from processors.transcription.engine import Span

_ANSWER, _QUESTION, _MACHINE = range(3)


def response_gaps_ms(
    answering: Sequence[Span], asking: Sequence[Span], machine: Sequence[Span] = ()
) -> tuple[int, ...]:
    """Pauses before ``answering`` speaks where ``asking`` spoke last, in order.

    After a stretch of ``machine`` (hold music, an announcement) nobody is waited for.
    """
    spoken = sorted(
        [
            *((span, _ANSWER) for span in answering),
            *((span, _QUESTION) for span in asking),
            *((span, _MACHINE) for span in machine),
        ]
    )
    gaps = []
    ended_ms = 0
    for (before, first), (after, second) in pairwise(spoken):
        ended_ms = max(ended_ms, before.end_ms)
        if (first, second) == (_QUESTION, _ANSWER) and after.start_ms >= ended_ms:
            gaps.append(after.start_ms - ended_ms)
    return tuple(gaps)


def mean_ms(gaps: Sequence[int]) -> int | None:
    """Mean of the pauses, None where nobody answered."""
    return round(sum(gaps) / len(gaps)) if gaps else None
