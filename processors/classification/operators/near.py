"""Operator ``near``: phrases close to each other in one turn, in the given order or in any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from processors.classification.grammar import SCOPE_KEYS, Grammar
from processors.classification.kleene import Value
from processors.classification.matcher import Occurrence
from processors.classification.operators.around import in_words
from processors.classification.operators.scope import Scope
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View

NEAR_KEYS = ("near", "distance", "unit", "ordered", *SCOPE_KEYS)


@dataclass(frozen=True)
class Near(Condition):
    """One phrase of each group, neighbours at most ``distance`` characters (or words) apart."""

    groups: tuple[tuple[int, ...], ...]
    distance: int
    in_words: bool
    ordered: bool
    scope: Scope

    @property
    def cost(self) -> Cost:
        """Looking up phrases and their distances."""
        return Cost.SEARCH

    def evaluate(self, view: View) -> Value:
        """The hit reaches from the first phrase to the last."""
        written = view.conversation.occurrences
        found = [
            (at, group)
            for group, phrases in enumerate(self.groups)
            for phrase in phrases
            if phrase in written
            for at in written[phrase]
        ]
        spans = {
            Occurrence(chain[0].turn, chain[0].start, chain[-1].end) for chain in self._chains(view, found)
        }
        return self.scope.decide(view, self.scope.admit(view, 0, sorted(spans)), bool)

    def _needs(self) -> frozenset[int] | None:
        # One group is enough to tell.
        return min((frozenset(group) for group in self.groups), key=len)

    def _chains(self, view: View, found: list[tuple[Occurrence, int]]) -> Iterator[tuple[Occurrence, ...]]:
        """Every way to take one occurrence of each group, left to right, each next one close enough."""
        if len({group for _, group in found}) < len(self.groups):
            return
        ways: list[tuple[tuple[Occurrence, ...], frozenset[int]]] = [
            ((at,), frozenset({group})) for at, group in found if not self.ordered or group == 0
        ]
        for _ in self.groups[1:]:
            ways = [
                ((*chain, at), used | {group})
                for chain, used in ways
                for at, group in found
                if group not in used
                and (not self.ordered or group == len(used))
                and self._follows(view, chain[-1], at)
            ]
        yield from (chain for chain, _ in ways)

    def _follows(self, view: View, left: Occurrence, right: Occurrence) -> bool:
        if left.turn != right.turn or right.start < left.end:
            return False
        if self.in_words:
            return view.conversation.words_between(left.turn, left.end, right.start) <= self.distance
        return right.start - left.end <= self.distance


def parse_near(cursor: Cursor, grammar: Grammar) -> Condition:
    """``near: [[...], [...]]`` with ``distance: N``, ``unit: characters | words`` and ``ordered: false``."""
    cursor.mapping(NEAR_KEYS, ("distance",))
    groups = tuple(grammar.phrases(group) for group in cursor.child("near").items())
    if len(groups) < 2:
        cursor.child("near").fail("give at least two lists of phrases; for one list use 'said'")
    ordered = cursor.get("ordered")
    return Near(
        groups=groups,
        distance=cursor.child("distance").whole(),
        in_words=in_words(cursor.get("unit")),
        ordered=ordered.flag() if ordered else True,
        scope=grammar.scope(cursor, "near"),
    )
