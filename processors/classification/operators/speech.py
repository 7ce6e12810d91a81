"""Operators on how somebody speaks: ``interruptions`` and ``speed``."""

from __future__ import annotations

from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import FALSE, Truth, Value, at_least
from processors.classification.operators.comparison import Comparison, parse_comparison
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from schemas.records.classified import Evidence
from schemas.records.terms import Doubt, Role


@dataclass(frozen=True)
class Interruptions(Condition):
    """How often a party talks over the other (metrics 3.5)."""

    by: tuple[Role, ...]
    count: Comparison
    operator: str

    @property
    def cost(self) -> Cost:
        """Looking at turns."""
        return Cost.TURNS

    def evaluate(self, view: View) -> Value:
        """Each interruption is evidence with its length in ms; doubtful where both share one channel."""
        places = [
            Evidence(
                operator=self.operator,
                turn=turn,
                start_ms=found.start_ms,
                end_ms=found.end_ms,
                party=found.by,
                value=float(found.end_ms - found.start_ms),
                threshold=1000.0,
                unit="ms",
            )
            for found in view.conversation.transcript.interruptions()
            if found.by in self.by and view.covers(turn := turn_at(view, found.by, found.start_ms))
        ]
        return counted(self.count, places, view)


def counted(count: Comparison, places: list[Evidence], view: View) -> Value:
    """Whether there are as many places as asked; doubtful where both parties share one channel."""
    if not count.holds(len(places)):
        return FALSE
    value = Value(Truth.TRUE, tuple(places))
    return value.doubted(Doubt.NO_SPEAKER) if view.conversation.mono else value


def turn_at(view: View, party: Role, start_ms: int) -> int:
    """The party's turn nearest to a time, -1 where it has none."""
    turns = view.conversation.turns
    own = [index for index, turn in enumerate(turns) if turn.party is party]

    def distance(index: int) -> int:
        return max(turns[index].start_ms - start_ms, start_ms - turns[index].end_ms, 0)

    return min(own, key=distance, default=-1)


def parse_interruptions(cursor: Cursor, grammar: Grammar) -> Condition:
    """``interruptions: {by: agent, at_least: 2}``."""
    body = cursor.mapping(("interruptions",)).child("interruptions")
    return Interruptions(
        by=grammar.parties(body),
        count=parse_comparison(body, ("by",)),
        operator=f"{cursor.where}.interruptions",
    )


@dataclass(frozen=True)
class Speed(Condition):
    """Talk speed in Han characters or words a minute (metrics 3.6).

    ``average``: over all measured turns of the party, weighted by their length; otherwise ``turns``
    turns must each be too fast. Turns of fewer than ``least_units`` units are skipped.
    """

    by: tuple[Role, ...]
    speed: Comparison
    average: bool
    turns: int
    least_units: int
    operator: str

    @property
    def cost(self) -> Cost:
        """Looking at turns."""
        return Cost.TURNS

    def evaluate(self, view: View) -> Value:
        """The fast turns are evidence with their speed; within the band of the threshold it is unknown."""
        measured = [turn for turn in view.turns_of(self.by) if self._units(view, turn) >= self.least_units]
        if not measured:
            return FALSE
        judged = [self._judge(view, turn) for turn in measured]
        if not self.average:
            return at_least(self.turns, judged)
        minutes = sum(_minutes(view, turn) for turn in measured)
        mean = sum(self._units(view, turn) for turn in measured) / minutes
        turns = view.conversation.turns
        evidence = Evidence(
            operator=f"{self.operator}.average",
            start_ms=turns[measured[0]].start_ms,
            end_ms=turns[measured[-1]].end_ms,
            party=turns[measured[0]].party,
            unit="per minute",
        )
        overall = self.speed.judge(mean, evidence)
        fast = tuple(place for value in judged for place in value.evidence)
        return Value(overall.truth, overall.evidence + fast, overall.doubt) if overall is not FALSE else FALSE

    def _judge(self, view: View, turn: int) -> Value:
        length = len(view.conversation.matching_text(turn))
        evidence = view.quote(self.operator, turn, 0, length)
        receipt = Evidence(
            operator=evidence.operator,
            turn=turn,
            start=evidence.start,
            end=evidence.end,
            start_ms=evidence.start_ms,
            end_ms=evidence.end_ms,
            party=evidence.party,
            words=evidence.words,
            unit="per minute",
        )
        value = self.speed.judge(view.conversation.turns[turn].units_per_minute, receipt)
        doubt = view.speaker_doubt(turn, self.by)
        return value if doubt is Doubt.NONE else value.doubted(doubt)

    def _units(self, view: View, turn: int) -> float:
        return view.conversation.turns[turn].units_per_minute * _minutes(view, turn)


def _minutes(view: View, turn: int) -> float:
    said = view.conversation.turns[turn]
    return (said.end_ms - said.start_ms) / 60_000


def parse_speed(cursor: Cursor, grammar: Grammar) -> Condition:
    """``speed: {above: 280, by: agent, of: average | turn, turns: 2, least_units: 4, band: 0.05}``."""
    body = cursor.mapping(("speed",)).child("speed")
    speed = parse_comparison(body, ("by", "of", "turns", "least_units"), band=0.05)
    of, turns, least = body.get("of"), body.get("turns"), body.get("least_units")
    if of and of.value not in ("average", "turn"):
        of.fail("write 'average' (of all turns) or 'turn' (each turn alone)")
    return Speed(
        by=grammar.parties(body),
        speed=speed,
        average=bool(of and of.value == "average"),
        turns=turns.whole(1) if turns else 1,
        least_units=least.whole() if least else 4,
        operator=f"{cursor.where}.speed",
    )
