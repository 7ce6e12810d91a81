"""What a condition sees: one conversation, seen for one kind of rule and one agent leg."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from functools import cached_property

from msgspec import Struct

from processors.classification.conversation import Conversation
from processors.classification.kleene import FALSE, Value
from schemas.records.classified import Evidence
from schemas.records.terms import Doubt, Role

UNSURE_PARTIES = (Role.MIXED, Role.UNKNOWN)


class RuleKind(StrEnum):
    """What a rule is for. The first four are ``FindingKind``; a REASON gives a contact reason."""

    FAULT = "FAULT"
    CREDIT = "CREDIT"
    SIGNAL = "SIGNAL"
    EXEMPTION = "EXEMPTION"
    REASON = "REASON"


class Thresholds(Struct, frozen=True, kw_only=True):
    """Below ``word_probability`` (mean over the deciding words) a fault or exemption is uncertain; a turn
    below ``turn_confidence`` counts as not understood, so that nothing counts as unsaid in it."""

    word_probability: float = 0.35
    turn_confidence: float = 0.25


@dataclass(frozen=True)
class View:
    """``leg`` is None for the whole interaction, -1 for what belongs to no leg of the event."""

    conversation: Conversation
    kind: RuleKind
    thresholds: Thresholds
    leg: int | None = None
    negated: bool = False

    @cached_property
    def inside_out(self) -> View:
        """The view inside a *not*."""
        return replace(self, negated=not self.negated)

    @cached_property
    def upright(self) -> View:
        """The view outside of every *not*."""
        return self.inside_out if self.negated else self

    def ask(self, condition: Condition) -> Value:
        """The condition's value here, computed once: several rules may share it."""
        if condition.idle(self):
            return FALSE
        key = (id(condition), self.kind, self.leg, self.negated)
        answers = self.conversation.answers
        if key not in answers:
            answers[key] = condition.evaluate(self)
        return answers[key]

    @cached_property
    def lenient(self) -> bool:
        """Whether doubt counts as said: what an agent must say, asked for inside a *not* of a fault."""
        return self.negated and self.kind is RuleKind.FAULT

    @cached_property
    def unsure_of_words(self) -> bool:
        """Whether words heard with low probability make this kind of rule uncertain."""
        return self.kind in (RuleKind.FAULT, RuleKind.EXEMPTION)

    def covers(self, turn: int) -> bool:
        """Whether the turn belongs to this leg. No turn (-1) belongs to an only leg."""
        if turn < 0:
            return self.leg is None or len(self.conversation.header.agents) == 1
        return self.leg is None or self.conversation.leg_of[turn] == self.leg

    @cached_property
    def judged(self) -> bool:
        """Whether what is found brings blame or credit."""
        return self.kind in (RuleKind.FAULT, RuleKind.CREDIT)

    def counts(self, turn: int, automatic: bool) -> bool:
        """Whether a message may bring blame or credit (or, for other kinds, be taken note of).

        Automatic messages count where a condition asks for them; recalled ones only as the customer's.
        """
        told = self.conversation.transcript
        if not told.turn_recalled[turn] and (automatic or not told.turn_automatic[turn]):
            return True
        return not self.judged and told.turn_party[turn] is Role.CUSTOMER

    def turns_of(self, parties: Sequence[Role], automatic: bool = False) -> list[int]:
        """Turns of these parties, or of nobody known, in this leg; no parties means everybody's."""
        key = (tuple(parties), automatic, self.leg, self.judged)
        listed = self.conversation.listed
        if key not in listed:
            listed[key] = [
                index
                for index, party in enumerate(self.conversation.transcript.turn_party)
                if (not parties or party in parties or party in UNSURE_PARTIES)
                and self.covers(index)
                and self.counts(index, automatic)
            ]
        return listed[key]

    def turn_set(self, parties: tuple[Role, ...], automatic: bool) -> frozenset[int]:
        """``turns_of`` to look turns up in."""
        key = (parties, automatic, self.leg, self.judged)
        sets = self.conversation.turn_sets
        if key not in sets:
            sets[key] = frozenset(self.turns_of(parties, automatic))
        return sets[key]

    def speaker_doubt(self, turn: int, parties: Sequence[Role]) -> Doubt:
        """NO_SPEAKER where the party that matters cannot be told."""
        unsure = parties and self.conversation.transcript.turn_party[turn] in UNSURE_PARTIES
        return Doubt.NO_SPEAKER if unsure else Doubt.NONE

    def quote(self, operator: str, turn: int, start: int, end: int, reading: str | None = None) -> Evidence:
        """Evidence for ``[start, end)`` of a turn's matching text, in the text as heard."""
        spoken = self.conversation.spoken(turn, start, end)
        told = self.conversation.transcript
        return Evidence(
            operator=operator,
            turn=turn,
            start=spoken.start,
            end=spoken.end,
            start_ms=spoken.start_ms,
            end_ms=spoken.end_ms,
            party=told.turn_party[turn],
            words=told.turn_text[turn][spoken.start : spoken.end],
            reading=reading,
        )


def view_of(conversation: Conversation, kind: RuleKind, thresholds: Thresholds, leg: int | None) -> View:
    """The conversation seen for one kind of rule and one leg, made once: rules share what it finds out."""
    key = (kind, thresholds, leg)
    view = conversation.views.get(key)
    if view is None:
        view = conversation.views[key] = View(conversation, kind, thresholds, leg)
    return view


class Cost(IntEnum):
    """What evaluating a condition takes, roughly: an ``all`` asks its cheapest parts first."""

    FACT = 0
    PHRASES = 1
    SEARCH = 2
    TURNS = 3
    LIKENESS = 4


class Condition(ABC):
    """Something that holds of a view, does not, or cannot be decided."""

    @abstractmethod
    def evaluate(self, view: View) -> Value:
        """Truth with evidence."""

    def searched(self, view: View) -> tuple[Evidence, ...]:
        """What to show where the condition does not hold: the place in which it was looked for."""
        return ()

    @cached_property
    def needed(self) -> frozenset[int] | None:
        """Phrases of which one must be written or sounded, or the condition is false; None where none is."""
        return self._needs()

    @property
    def cost(self) -> Cost:
        """What evaluating it takes."""
        return Cost.FACT

    def idle(self, view: View) -> bool:
        """Whether it is false already because nothing that it needs was heard.

        Inside a *not* nothing is: there, what was not understood may have been said.
        """
        return not view.negated and self.needed is not None and view.conversation.lacks(self.needed)

    def _needs(self) -> frozenset[int] | None:
        return None
