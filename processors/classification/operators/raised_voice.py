"""Operator ``raised_voice``: how often a party is much louder than its own median (metrics 3.8)."""

from __future__ import annotations

from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import Value
from processors.classification.operators.comparison import Comparison, parse_comparison
from processors.classification.operators.speech import counted, turn_at
from processors.classification.operators.within import Within, parse_within
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from schemas.records.classified import Evidence
from schemas.records.terms import Role

RAISED_VOICE_KEYS = ("by", "above_db", "within")
# From here on the transcript tells a voice as raised (metrics 3.8).
_RAISED_DB = 6.0


@dataclass(frozen=True)
class RaisedVoice(Condition):
    """The number of stretches of raised voice compares as asked; only those ``above_db`` decibels count."""

    by: tuple[Role, ...]
    count: Comparison
    above_db: float
    within: Within
    operator: str

    @property
    def cost(self) -> Cost:
        """Looking at stretches and the turns they lie in."""
        return Cost.TURNS

    def evaluate(self, view: View) -> Value:
        """Each stretch is evidence with its decibels above the party's median; doubtful on one channel."""
        places = [
            Evidence(
                operator=self.operator,
                turn=turn,
                start_ms=found.start_ms,
                end_ms=found.end_ms,
                party=found.party,
                value=round(found.above_db, 2),
                threshold=self.above_db,
                unit="dB",
            )
            for found in view.conversation.transcript.raised_voices()
            if found.party in self.by
            and found.above_db >= self.above_db
            and self.within.holds(view, found.start_ms)
            and view.covers(turn := turn_at(view, found.party, found.start_ms))
        ]
        return counted(self.count, places, view)


def parse_raised_voice(cursor: Cursor, grammar: Grammar) -> Condition:
    """``raised_voice: {by: agent, at_least: 1, above_db: 6, within: {last_percent: 50}}``."""
    body = cursor.mapping(("raised_voice",)).child("raised_voice")
    count = parse_comparison(body, RAISED_VOICE_KEYS)
    above = body.get("above_db")
    if above and above.number() < _RAISED_DB:
        above.fail(f"a voice counts as raised from {_RAISED_DB:g} dB on; write {_RAISED_DB:g} or more")
    within = parse_within(body.get("within"))
    if within.by_number:
        body.child("within").fail(
            "a voice is raised at a time, not in a turn; write first_ms or last_percent"
        )
    return RaisedVoice(
        by=grammar.parties(body),
        count=count,
        above_db=above.number() if above else _RAISED_DB,
        within=within,
        operator=f"{cursor.where}.raised_voice",
    )
