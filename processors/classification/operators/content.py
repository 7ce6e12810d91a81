"""Operators on what a turn carries beside its wording: ``entity``, ``repeated`` and ``sentiment``."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import FALSE, Truth, Value
from processors.classification.operators.comparison import Comparison, parse_comparison
from processors.classification.source import Cursor
from processors.classification.view import Condition, View
from schemas.records.classified import Evidence
from schemas.records.terms import Entity, Role, TurnKind


@dataclass(frozen=True)
class HasEntity:
    """The party said or wrote personal data of these kinds, now placeholders."""

    entities: tuple[Entity, ...]
    by: tuple[Role, ...]
    operator: str

    def evaluate(self, view: View) -> Value:
        """Each placeholder is evidence."""
        turns = frozenset(view.turns_of(self.by))
        places = []
        for found in view.conversation.transcript.redactions():
            if found.turn in turns and found.entity in self.entities:
                said = view.conversation.turns[found.turn]
                places.append(
                    Evidence(
                        operator=self.operator,
                        turn=found.turn,
                        start=found.start,
                        end=found.end,
                        start_ms=said.start_ms,
                        end_ms=said.end_ms,
                        party=said.party,
                        words=said.text[found.start : found.end],
                    )
                )
        return Value(Truth.TRUE, tuple(places)) if places else FALSE


def parse_entity(cursor: Cursor, grammar: Grammar) -> Condition:
    """``entity: [ID_CARD, PHONE]`` with ``by``."""
    cursor.mapping(("entity", "by"))
    return HasEntity(
        entities=cursor.child("entity").choices(Entity),
        by=grammar.parties(cursor),
        operator=f"{cursor.where}.entity",
    )


@dataclass(frozen=True)
class Repeated:
    """A party says the very same thing ``times`` times."""

    times: int
    least_characters: int
    by: tuple[Role, ...]
    operator: str

    def evaluate(self, view: View) -> Value:
        """Every repetition is evidence; menus and short turns are skipped."""
        same: dict[str, list[int]] = defaultdict(list)
        for turn in view.turns_of(self.by, automatic=True):
            text = view.conversation.matching_text(turn)
            written = view.conversation.turns[turn].kind in (TurnKind.SPEECH, TurnKind.MESSAGE)
            if written and len(text) >= self.least_characters:
                same[text].append(turn)
        places = tuple(
            view.quote(self.operator, turn, 0, len(text))
            for text, turns in same.items()
            if len(turns) >= self.times
            for turn in turns
        )
        return Value(Truth.TRUE, places) if places else FALSE


def parse_repeated(cursor: Cursor, grammar: Grammar) -> Condition:
    """``repeated: {times: 3, by: bot, least_characters: 4}``."""
    body = (
        cursor.mapping(("repeated",))
        .child("repeated")
        .mapping(("times", "by", "least_characters"), ("times",))
    )
    least = body.get("least_characters")
    return Repeated(
        times=body.child("times").whole(2),
        least_characters=least.whole(1) if least else 4,
        by=grammar.parties(body),
        operator=f"{cursor.where}.repeated",
    )


@dataclass(frozen=True)
class SentimentIs:
    """A party's sentiment (metrics 3.7) compares as asked: ``overall``, ``shift`` or its last quarter."""

    party: Role
    part: str
    comparison: Comparison
    operator: str

    def evaluate(self, view: View) -> Value:
        """Evidence is the last of the party's most negative turns."""
        mood = view.conversation.sentiment_of(self.party)
        quarters = (mood.quarter4, mood.quarter3, mood.quarter2, mood.quarter1)
        ending = next((quarter for quarter in quarters if quarter is not None), None)
        value = {"overall": mood.overall, "shift": mood.shift, "ending": ending}[self.part]
        if value is None:
            return FALSE
        labels = view.conversation.labels
        own = [i for i, turn in enumerate(view.conversation.turns) if turn.party is self.party]
        turn = min(reversed(own), key=lambda index: labels[index])
        place = view.quote(self.operator, turn, 0, len(view.conversation.matching_text(turn)))
        return self.comparison.judge(value, place)


PARTS = ("overall", "shift", "ending")


def parse_sentiment(cursor: Cursor, grammar: Grammar) -> Condition:
    """``sentiment: {of: customer, part: shift, at_most: -4}``."""
    body = cursor.mapping(("sentiment",)).child("sentiment")
    comparison = parse_comparison(body, ("of", "part"))
    parties = grammar.parties(body, "of")
    part = body.get("part")
    if len(parties) != 1:
        body.fail("write 'of: customer' or 'of: agent'")
    if part and part.value not in PARTS:
        part.fail(f"write one of {', '.join(PARTS)}")
    return SentimentIs(
        party=parties[0],
        part=part.text() if part else "overall",
        comparison=comparison,
        operator=f"{cursor.where}.sentiment",
    )
