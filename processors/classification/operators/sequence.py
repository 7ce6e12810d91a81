"""Operator ``sequence``: one thing, and then another within so many turns or milliseconds."""

from __future__ import annotations

from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import FALSE, Truth, Value, unknown
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from schemas.records.classified import Evidence
from schemas.records.terms import Doubt

SEQUENCE_KEYS = ("first", "then", "within_turns", "within_ms")


@dataclass(frozen=True)
class Sequence(Condition):
    """A place that fulfils ``then`` lies after one that fulfils ``first``."""

    first: Condition
    then: Condition
    within_turns: int | None
    within_ms: int | None

    @property
    def cost(self) -> Cost:
        """The dearer side's."""
        return max(self.first.cost, self.then.cost)

    def evaluate(self, view: View) -> Value:
        """Both places are evidence; unknown where a pair rests on a doubtful place."""
        if self.first.idle(view) or self.then.idle(view):
            return FALSE
        first = self.first.evaluate(view)
        if first.truth is Truth.FALSE:
            return FALSE
        then = self.then.evaluate(view)
        if then.truth is Truth.FALSE:
            return FALSE
        nexts = [(a, [b for b in then.evidence if self._follows(a, b)]) for a in first.evidence]
        pairs = [(a, min(later, key=lambda b: (b.start_ms, b.turn))) for a, later in nexts if later]
        doubts = [value.doubt for value in (first, then) if value.truth is Truth.UNKNOWN]
        places = tuple(dict.fromkeys([*(a for a, _ in pairs), *(b for _, b in pairs)]))
        if not pairs:
            return unknown(Doubt.UNHEARD) if Doubt.UNHEARD in doubts else FALSE
        return unknown(doubts[0], places) if doubts else Value(Truth.TRUE, places)

    def _needs(self) -> frozenset[int] | None:
        return self.first.needed or self.then.needed

    def _follows(self, first: Evidence, then: Evidence) -> bool:
        if not _later(first, then):
            return False
        if self.within_turns is not None and then.turn - first.turn > self.within_turns:
            return False
        return self.within_ms is None or then.start_ms - first.end_ms <= self.within_ms


def _later(first: Evidence, then: Evidence) -> bool:
    if first.turn < 0 or then.turn < 0:
        return then.start_ms >= first.end_ms
    return (then.turn, then.start) > (first.turn, first.start)


def parse_sequence(cursor: Cursor, grammar: Grammar) -> Condition:
    """``sequence: {first: CONDITION, then: CONDITION, within_turns: N, within_ms: N}``."""
    body = cursor.mapping(("sequence",)).child("sequence").mapping(SEQUENCE_KEYS, ("first", "then"))
    turns, milliseconds = body.get("within_turns"), body.get("within_ms")
    return Sequence(
        first=grammar.condition(body.child("first")),
        then=grammar.condition(body.child("then")),
        within_turns=turns.whole(1) if turns else None,
        within_ms=milliseconds.whole(1) if milliseconds else None,
    )
