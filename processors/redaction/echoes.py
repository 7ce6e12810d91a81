"""Digits of a masked number said again: "四四零三零五, 对吗?" A party that repeats what it hears, or begins
anew, gives the number away in pieces that nothing else calls personal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from processors.language.numerals import DigitRun, digit_runs
from processors.redaction.context import Subject, subject_of
from processors.redaction.numbers import Find
from processors.redaction.patterns import UNIT_AHEAD
from schemas.records.terms import Entity

_SHORTEST = 4
_SHORTEST_REPEATED = 7
_TURNS_AWAY = 4


def echoes(turns: Sequence[str], finds: Sequence[Find]) -> Iterator[tuple[int, int, int, Entity]]:
    """``(turn, start, end, entity)`` of each piece of at least four digits of a number found near it.

    ``turns`` are in matching form, with everything that is masked already blanked.
    """
    near: dict[int, list[Find]] = {}
    for find in finds:
        if len(find.value) < _SHORTEST_REPEATED:
            continue
        first, last = find.parts[0][0], find.parts[-1][0]
        for turn in range(max(0, first - _TURNS_AWAY), min(len(turns), last + _TURNS_AWAY + 1)):
            near.setdefault(turn, []).append(find)
    for turn in sorted(near):
        for run in digit_runs(turns[turn], shortest=_SHORTEST):
            found = next((find.entity for find in near[turn] if run.value in find.value), None)
            if found is not None and not _counts_or_orders(turns, turn, run):
                yield turn, run.start, run.end, found


def _counts_or_orders(turns: Sequence[str], turn: int, run: DigitRun) -> bool:
    """Whether the same digits are an amount, a house or an order by chance."""
    text = turns[turn]
    if UNIT_AHEAD.match(text, run.end) or text[run.end : run.end + 1] == "号":
        return True
    return subject_of(turns, turn, run.start, run.end) is Subject.HARMLESS
