"""Operator ``sentiment``: mood of a party over the conversation, in a part of it, or turn by turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import FALSE, Truth, Value, unknown
from processors.classification.operators.around import parse_around
from processors.classification.operators.comparison import COMPARISONS, Comparison, parse_comparison
from processors.classification.operators.scope import Scope
from processors.classification.operators.within import parse_within
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from schemas.records.classified import Evidence, PartySentiment
from schemas.records.terms import Doubt, Role

PARTS = ("overall", "shift", "opening", "ending", "quarter1", "quarter2", "quarter3", "quarter4", "turn")
_TURN_KEYS = ("times", "share", "within", "around")


@dataclass(frozen=True)
class SentimentIs(Condition):
    """A party's sentiment compares as asked: of the whole, of a quarter, or the change between them."""

    party: Role
    part: str
    comparison: Comparison
    operator: str

    @property
    def cost(self) -> Cost:
        """Looking at turns."""
        return Cost.TURNS

    def evaluate(self, view: View) -> Value:
        """Evidence is the last of the party's most negative turns, of a shift the turn where it turned."""
        value = _score(view.conversation.sentiment_of(self.party), self.part)
        if value is None:
            return FALSE
        labels = view.conversation.labels
        parties = view.conversation.transcript.turn_party
        own = [index for index, party in enumerate(parties) if party is self.party]
        if self.part == "shift":
            turn = own[turning_point([labels[index] for index in own], value)]
        else:
            turn = min(reversed(own), key=lambda index: labels[index])
        place = view.quote(self.operator, turn, 0, len(view.conversation.matching_text(turn)))
        return self.comparison.judge(value, place)


def turning_point(labels: Sequence[int], shift: float) -> int:
    """The first label after the cut that best parts a better from a worse time, or the other way round.

    Of all cuts the one with the largest difference of the means on both sides, in the direction of
    ``shift``; the earliest of equal ones. 0 where there is nothing to part.
    """
    total, before, best, found = sum(labels), 0, 0.0, 0
    for cut in range(1, len(labels)):
        before += labels[cut - 1]
        change = (total - before) / (len(labels) - cut) - before / cut
        gain = change if shift > 0 else -change
        if gain > best:
            best, found = gain, cut
    return found


def _score(mood: PartySentiment, part: str) -> float | None:
    quarters = (mood.quarter1, mood.quarter2, mood.quarter3, mood.quarter4)
    known = [quarter for quarter in quarters if quarter is not None]
    if part in ("opening", "ending"):
        return known[0 if part == "opening" else -1] if known else None
    score: float | None = getattr(mood, part)
    return score


@dataclass(frozen=True)
class TurnSentiment(Condition):
    """``times`` turns, and at least ``share`` of the turns looked at, have a label (-1, 0, 1) as asked."""

    comparison: Comparison
    times: int
    share: float
    scope: Scope

    @property
    def cost(self) -> Cost:
        """Looking at turns."""
        return Cost.TURNS

    def evaluate(self, view: View) -> Value:
        """Each such turn is evidence."""
        labels = view.conversation.labels
        looked = [
            (turn, place, doubt) for turn in self.scope.turns(view) for place, doubt in self._at(view, turn)
        ]
        found = [(place, doubt) for turn, place, doubt in looked if self.comparison.holds(labels[turn])]
        if len(found) < self.times or len(found) < self.share * len(looked):
            return FALSE
        places = tuple(place for place, _ in found)
        doubtful = [doubt for _, doubt in found if doubt is not Doubt.NONE]
        enough = len(found) - len(doubtful) >= max(self.times, self.share * len(looked))
        return Value(Truth.TRUE, places) if enough else unknown(doubtful[0], places)

    def _at(self, view: View, turn: int) -> list[tuple[Evidence, Doubt]]:
        place = view.quote(self.scope.operator, turn, 0, len(view.conversation.matching_text(turn)))
        if not self.scope.within.holds(view, place.start_ms):
            return []
        anchored = self.scope.around.doubt(view, place) if self.scope.around else Doubt.NONE
        if anchored is None:
            return []
        speaker = view.speaker_doubt(turn, self.scope.by)
        return [(place, anchored if speaker is Doubt.NONE else speaker)]


def parse_sentiment(cursor: Cursor, grammar: Grammar) -> Condition:
    """``sentiment: {of: customer, part: shift, at_most: -4}``; ``part: turn`` with ``times``, ``share``."""
    body = cursor.mapping(("sentiment",)).child("sentiment")
    part = body.get("part")
    if part and part.value not in PARTS:
        part.fail(f"write one of {', '.join(PARTS)}")
    parties = grammar.parties(body, "of")
    if len(parties) != 1:
        body.fail("write 'of: customer' or 'of: agent'")
    if part and part.value == "turn":
        return _turn_wise(cursor, body, parties[0], grammar)
    return SentimentIs(
        party=parties[0],
        part=part.text() if part else "overall",
        comparison=parse_comparison(body, ("of", "part")),
        operator=f"{cursor.where}.sentiment",
    )


def _turn_wise(cursor: Cursor, body: Cursor, party: Role, grammar: Grammar) -> Condition:
    allowed = ("of", "part", *_TURN_KEYS, *COMPARISONS)
    times, share = body.mapping(allowed).get("times"), body.get("share")
    if share and not 0 <= share.number() <= 1:
        share.fail("a share lies between 0 and 1; 0.5 is half of the turns")
    return TurnSentiment(
        comparison=parse_comparison(body, ("of", "part", *_TURN_KEYS)),
        times=times.whole(1) if times else 1,
        share=share.number() if share else 0.0,
        scope=Scope(
            operator=f"{cursor.where}.sentiment",
            by=(party,),
            within=parse_within(body.get("within")),
            around=parse_around(body.get("around"), grammar),
        ),
    )
