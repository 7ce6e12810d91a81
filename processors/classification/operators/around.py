"""Options on the neighbourhood of words: ``around`` another hit, and ``not_near`` other phrases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from processors.classification.kleene import Truth
from processors.classification.matcher import Occurrence
from processors.classification.source import Cursor
from processors.classification.view import Condition, View
from schemas.records.classified import Evidence
from schemas.records.terms import Doubt

if TYPE_CHECKING:
    from processors.classification.grammar import Grammar

AROUND_KEYS = ("of", "hit", "turns_before", "turns_after", "ms_before", "ms_after")
NOT_NEAR_KEYS = ("phrases", "distance", "unit")
UNITS = ("characters", "words")


@dataclass(frozen=True)
class Around:
    """Near a place that fulfils ``of``: its ``hit``-th, its last (-1) or any (None).

    Limits of one side only mean that side only; no limits mean the very turn.
    """

    of: Condition
    hit: int | None
    turns_before: int | None
    turns_after: int | None
    ms_before: int | None
    ms_after: int | None

    def doubt(self, view: View, at: Evidence) -> Doubt | None:
        """None outside the neighbourhood; inside it the doubt of the anchor, NONE where it is certain."""
        anchor = view.upright.ask(self.of)
        if anchor.truth is Truth.FALSE or not any(
            self._reaches(p, at) for p in self._chosen(anchor.evidence)
        ):
            return None
        return anchor.doubt if anchor.truth is Truth.UNKNOWN else Doubt.NONE

    def _chosen(self, places: Sequence[Evidence]) -> Sequence[Evidence]:
        ordered = sorted(places, key=lambda place: (place.start_ms, place.turn, place.start))
        if self.hit is None:
            return ordered
        return ordered[-1:] if self.hit < 0 else ordered[self.hit - 1 : self.hit]

    def _reaches(self, anchor: Evidence, at: Evidence) -> bool:
        before = self.turns_before is not None or self.ms_before is not None
        after = self.turns_after is not None or self.ms_after is not None
        if not before and not after:
            return at.turn == anchor.turn
        if _earlier(at, anchor):
            return before and _close(anchor.turn - at.turn, self.turns_before, anchor, at, self.ms_before)
        return after and _close(at.turn - anchor.turn, self.turns_after, at, anchor, self.ms_after)


def _earlier(one: Evidence, other: Evidence) -> bool:
    if one.turn < 0 or other.turn < 0:
        return one.start_ms < other.start_ms
    return (one.turn, one.start) < (other.turn, other.start)


def _close(
    turns: int, most_turns: int | None, later: Evidence, sooner: Evidence, most_ms: int | None
) -> bool:
    if most_turns is not None and (turns > most_turns or sooner.turn < 0 or later.turn < 0):
        return False
    return most_ms is None or later.start_ms - sooner.end_ms <= most_ms


def parse_around(cursor: Cursor | None, grammar: Grammar) -> Around | None:
    """``around: {of: CONDITION, hit: any | last | 1, turns_after: 2, ms_after: 10000}``."""
    if cursor is None:
        return None
    cursor.mapping(AROUND_KEYS, ("of",))

    def whole(key: str) -> int | None:
        found = cursor.get(key)
        return found.whole() if found else None

    return Around(
        of=grammar.condition(cursor.child("of")),
        hit=_hit(cursor.get("hit")),
        turns_before=whole("turns_before"),
        turns_after=whole("turns_after"),
        ms_before=whole("ms_before"),
        ms_after=whole("ms_after"),
    )


def _hit(cursor: Cursor | None) -> int | None:
    if cursor is None or cursor.value == "any":
        return None
    if cursor.value in ("first", "last"):
        return 1 if cursor.value == "first" else -1
    if isinstance(cursor.value, str):
        cursor.fail("write 'any', 'first', 'last' or the number of the hit")
    return cursor.whole(1)


@dataclass(frozen=True)
class NotNear:
    """Words do not count with one of ``phrases`` at most ``distance`` characters (or words) away."""

    phrases: tuple[int, ...]
    distance: int
    in_words: bool

    def excuses(self, view: View, at: Occurrence) -> bool:
        """Whether one of the phrases stands that close, on either side, in the same turn."""
        return any(
            other.turn == at.turn and self._apart(view, at, other) <= self.distance
            for phrase in self.phrases
            for other in view.conversation.occurrences.get(phrase, ())
        )

    def _apart(self, view: View, at: Occurrence, other: Occurrence) -> int:
        start, end = (other.end, at.start) if other.start < at.start else (at.end, other.start)
        if start >= end:
            return 0
        return view.conversation.words_between(at.turn, start, end) if self.in_words else end - start


def parse_not_near(cursor: Cursor | None, grammar: Grammar) -> NotNear | None:
    """``not_near: {phrases: [...], distance: 6, unit: characters | words}``."""
    if cursor is None:
        return None
    cursor.mapping(NOT_NEAR_KEYS, ("phrases", "distance"))
    return NotNear(
        phrases=grammar.phrases(cursor.child("phrases")),
        distance=cursor.child("distance").whole(),
        in_words=in_words(cursor.get("unit")),
    )


def in_words(unit: Cursor | None) -> bool:
    """Whether a distance counts segmented words rather than characters."""
    if unit and unit.value not in UNITS:
        unit.fail("write 'characters' or 'words'")
    return bool(unit and unit.value == "words")
