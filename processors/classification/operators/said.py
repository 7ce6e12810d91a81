"""Operators on phrases: ``said`` (any, all or N of a list) and ``says_only`` (nothing but a list)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from processors.classification.grammar import SCOPE_KEYS, Grammar
from processors.classification.kleene import FALSE, Truth, Value, unknown
from processors.classification.operators.scope import Hit, Scope
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from schemas.records.classified import Evidence
from schemas.records.terms import Doubt

SAID_KEYS = ("said", "match", "times", "sounds_like", *SCOPE_KEYS)
SAYS_ONLY_KEYS = ("says_only", "leftover", "by", "automatic")


@dataclass(frozen=True)
class Said(Condition):
    """``different`` of the phrases were said, ``times`` times altogether."""

    phrases: tuple[int, ...]
    sounding: tuple[int, ...]
    different: int
    times: int
    scope: Scope

    @property
    def cost(self) -> Cost:
        """Looking up phrases."""
        return Cost.PHRASES

    def evaluate(self, view: View) -> Value:
        """Exact occurrences first; what only sounds alike is doubtful."""
        written = view.conversation.occurrences
        hits = [
            hit
            for phrase in self.phrases
            if phrase in written
            for hit in self.scope.admit(view, phrase, written[phrase])
        ]
        if self.sounding and not self._enough([hit for hit in hits if hit.doubt is Doubt.NONE]):
            heard = view.conversation.sound_alikes
            for phrase in self.sounding:
                hits.extend(self.scope.admit(view, phrase, heard.get(phrase, ())))
        return self.scope.decide(view, hits, self._enough)

    def searched(self, view: View) -> tuple[Evidence, ...]:
        """The searched part of the conversation, where it is a part only."""
        return self.scope.searched(view)

    def _needs(self) -> frozenset[int] | None:
        return frozenset((*self.phrases, *self.sounding))

    def _enough(self, hits: Sequence[Hit]) -> bool:
        return len(hits) >= self.times and len({hit.phrase for hit in hits}) >= self.different


def parse_said(cursor: Cursor, grammar: Grammar) -> Condition:
    """``said: [...]`` with ``match: any | all | N`` and ``times: N``."""
    cursor.mapping(SAID_KEYS)
    phrases = grammar.phrases(cursor.child("said"))
    match, times = cursor.get("match"), cursor.get("times")
    return Said(
        phrases=phrases,
        sounding=grammar.sounding(cursor.get("sounds_like"), phrases),
        different=_different(match, len(set(phrases))),
        times=times.whole(1) if times else 1,
        scope=grammar.scope(cursor, "said"),
    )


def _different(match: Cursor | None, phrases: int) -> int:
    if match is None or match.value == "any":
        return 1
    if match.value == "all":
        return phrases
    wanted = match.whole(1)
    if wanted > phrases:
        match.fail(f"{wanted} of {phrases} phrases can never be said; lower the number or add phrases")
    return wanted


@dataclass(frozen=True)
class SaysOnly(Condition):
    """The party spoke, and its turns hold nothing but the phrases, up to ``leftover`` characters."""

    phrases: tuple[int, ...]
    leftover: int
    scope: Scope

    @property
    def cost(self) -> Cost:
        """Looking at every turn."""
        return Cost.TURNS

    def evaluate(self, view: View) -> Value:
        """False where a turn says more; each turn is evidence where none does."""
        turns = self.scope.turns(view)
        if not turns or any(self._rest(view, turn) > self.leftover for turn in turns):
            return FALSE
        places = tuple(
            view.quote(self.scope.operator, turn, 0, len(view.conversation.matching_text(turn)))
            for turn in turns
        )
        doubts = [view.speaker_doubt(turn, self.scope.by) for turn in turns]
        doubtful = next((doubt for doubt in doubts if doubt is not Doubt.NONE), None)
        return unknown(doubtful, places) if doubtful else Value(Truth.TRUE, places)

    def _rest(self, view: View, turn: int) -> int:
        text = view.conversation.matching_text(turn)
        covered = [not character.isalnum() for character in text]
        for phrase in self.phrases:
            for found in view.conversation.occurrences.get(phrase, ()):
                if found.turn == turn:
                    covered[found.start : found.end] = [True] * (found.end - found.start)
        return covered.count(False)


def parse_says_only(cursor: Cursor, grammar: Grammar) -> Condition:
    """``says_only: [...]`` with ``leftover: N`` characters a turn (default 0)."""
    cursor.mapping(SAYS_ONLY_KEYS)
    leftover = cursor.get("leftover")
    return SaysOnly(
        phrases=grammar.phrases(cursor.child("says_only")),
        leftover=leftover.whole() if leftover else 0,
        scope=grammar.scope(cursor, "says_only"),
    )
