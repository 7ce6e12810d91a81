"""Operator ``monologue``: a party speaks so long without a break of its turn."""

from __future__ import annotations

from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import Value, at_least
from processors.classification.operators.comparison import Comparison, parse_comparison
from processors.classification.operators.within import Within, parse_within
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from schemas.records.classified import Evidence
from schemas.records.terms import Doubt, Role

MONOLOGUE_KEYS = ("by", "times", "within")


@dataclass(frozen=True)
class Monologue(Condition):
    """``times`` turns of the party last as long as asked. A turn that is long within the band is doubtful."""

    by: tuple[Role, ...]
    length: Comparison
    times: int
    within: Within
    operator: str

    @property
    def cost(self) -> Cost:
        """Looking at turns."""
        return Cost.TURNS

    def evaluate(self, view: View) -> Value:
        """Each such turn is evidence with its length in ms."""
        turns = self.within.cut(view.turns_of(self.by))
        starts = view.conversation.transcript.turn_start_ms
        return at_least(
            self.times, [self._judge(view, turn) for turn in turns if self.within.holds(view, starts[turn])]
        )

    def _judge(self, view: View, turn: int) -> Value:
        said = view.conversation.turns[turn]
        receipt = Evidence(
            operator=self.operator,
            turn=turn,
            end=len(said.text),
            start_ms=said.start_ms,
            end_ms=said.end_ms,
            party=said.party,
            words=said.text,
            unit="ms",
        )
        value = self.length.judge(said.end_ms - said.start_ms, receipt)
        doubt = view.speaker_doubt(turn, self.by)
        return value if doubt is Doubt.NONE else value.doubted(doubt)


def parse_monologue(cursor: Cursor, grammar: Grammar) -> Condition:
    """``monologue: {by: agent, above: 60000, times: 1, within: {first_turns: 3}}`` in ms."""
    body = cursor.mapping(("monologue",)).child("monologue")
    length = parse_comparison(body, MONOLOGUE_KEYS, band=0.05)
    times = body.get("times")
    return Monologue(
        by=grammar.parties(body),
        length=length,
        times=times.whole(1) if times else 1,
        within=parse_within(body.get("within")),
        operator=f"{cursor.where}.monologue",
    )
