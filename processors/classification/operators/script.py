"""Operator ``script``: steps of a procedure in their order, with optional steps and alternative branches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from processors.classification.grammar import Grammar
from processors.classification.kleene import FALSE, Truth, Value, unknown
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from schemas.records.classified import Evidence
from schemas.records.terms import Doubt

MOST_BRANCHES = 64
_START = (-1, -1, -1)


@dataclass(frozen=True)
class Step:
    """A named step. An optional one is shown where it was taken and asked of nobody."""

    name: str
    when: Condition
    optional: bool


class Walk(NamedTuple):
    """How far a conversation followed one branch: places of its steps, the first missing step, doubt."""

    taken: int
    places: tuple[Evidence, ...]
    missing: str
    doubt: Doubt

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """Followed before broken, certain before doubtful, further before shorter."""
        return (not self.missing, self.doubt is Doubt.NONE, self.taken)


@dataclass(frozen=True)
class Script(Condition):
    """One branch was followed: each of its steps that is not optional, each later than the one before."""

    branches: tuple[tuple[Step, ...], ...]
    ordered: bool
    operator: str

    @property
    def cost(self) -> Cost:
        """The dearest step's."""
        return max(step.when.cost for branch in self.branches for step in branch)

    def evaluate(self, view: View) -> Value:
        """The steps' places are evidence; where the script was broken, ``searched`` names the step."""
        walk = self._best(view)
        if walk.missing:
            return FALSE
        return (
            Value(Truth.TRUE, walk.places) if walk.doubt is Doubt.NONE else unknown(walk.doubt, walk.places)
        )

    def searched(self, view: View) -> tuple[Evidence, ...]:
        """The steps that were taken, and the first missing step of the branch that was followed furthest."""
        walk = self._best(view.inside_out)
        if not walk.missing:
            return ()
        end_ms = walk.places[-1].end_ms if walk.places else view.conversation.begin_ms
        return (
            *walk.places,
            Evidence(operator=f"{self.operator}.missing={walk.missing}", start_ms=end_ms, end_ms=end_ms),
        )

    def _best(self, view: View) -> Walk:
        return max((self._walk(view, branch) for branch in self.branches), key=lambda walk: walk.rank)

    def _walk(self, view: View, branch: Sequence[Step]) -> Walk:
        last = _START
        places: list[Evidence] = []
        doubt = Doubt.NONE
        taken = 0
        for step in branch:
            value = view.ask(step.when)
            later = [place for place in value.evidence if not self.ordered or _position(place) > last]
            placed = bool(value.evidence)
            if value.truth is Truth.FALSE or (placed and not later):
                if step.optional:
                    continue
                return Walk(taken, tuple(places), step.name, doubt)
            taken += 1
            if value.truth is Truth.UNKNOWN and not step.optional:
                doubt = value.doubt if doubt is Doubt.NONE else doubt
            if later:
                first = min(later, key=_position)
                places.append(first)
                # A step that no words decided (a fact of the contact) has no place in the order.
                last = max(last, _position(first)) if first.turn >= 0 and not step.optional else last
        return Walk(taken, tuple(places), "", doubt)


def _position(place: Evidence) -> tuple[int, int, int]:
    if place.turn < 0:
        return (1 << 60, 0, 0)
    return (place.turn, place.start, place.end)


def parse_script(cursor: Cursor, grammar: Grammar) -> Condition:
    """``script: {steps: [{step: 核身, when: CONDITION}, {either: [[...], [...]]}], ordered: true}``."""
    body = cursor.mapping(("script",)).child("script").mapping(("steps", "ordered"), ("steps",))
    ordered = body.get("ordered")
    branches = _branches(body.child("steps"), grammar)
    if len(branches) > MOST_BRANCHES:
        body.fail(f"{len(branches)} ways through the script; {MOST_BRANCHES} is the most, split the rule")
    if not any(not step.optional for branch in branches for step in branch):
        body.child("steps").fail("every step is optional, so the script cannot be broken; require one")
    return Script(
        branches=branches,
        ordered=ordered.flag() if ordered else True,
        operator=f"{cursor.where}.script",
    )


def _branches(cursor: Cursor, grammar: Grammar) -> tuple[tuple[Step, ...], ...]:
    """Every way through a list of steps."""
    ways = [tuple(_ways(member, grammar)) for member in cursor.items()]
    if not ways:
        cursor.fail("no steps; add '- {step: NAME, when: CONDITION}'")
    return tuple(tuple(step for part in chosen for step in part) for chosen in product(*ways))


def _ways(cursor: Cursor, grammar: Grammar) -> Iterator[tuple[Step, ...]]:
    if cursor.has("either"):
        branches = list(cursor.mapping(("either",)).child("either").items())
        if len(branches) < 2:
            cursor.child("either").fail("give at least two lists of steps to choose from")
        for branch in branches:
            yield from _branches(branch, grammar)
        return
    cursor.mapping(("step", "when", "optional"), ("step", "when"))
    optional = cursor.get("optional")
    yield (
        Step(
            name=cursor.child("step").text(),
            when=grammar.condition(cursor.child("when")),
            optional=optional.flag() if optional else False,
        ),
    )
