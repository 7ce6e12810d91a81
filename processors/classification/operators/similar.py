"""Operator ``similar``: a sentence written almost like one of the examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from processors.classification.grammar import SCOPE_KEYS, Grammar
from processors.classification.kleene import Value
from processors.classification.matcher import Occurrence
from processors.classification.matching_text import squeeze
from processors.classification.operators.comparison import replace_measure
from processors.classification.operators.scope import Hit, Scope
from processors.classification.similarity import Likeness, could_reach, most_alike, pairs
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from processors.language.script import normalise
from schemas.records.classified import Evidence
from schemas.records.terms import Doubt

SIMILAR_KEYS = ("similar", "at_least", "band", *SCOPE_KEYS)
LEAST_CHARACTERS = 4


@dataclass(frozen=True)
class Sentence:
    """An example sentence and its pairs of characters."""

    text: str
    pairs: Counter[str]


@dataclass(frozen=True)
class Similar(Condition):
    """A stretch of a turn is at least so like an example; within ``band`` of that it is doubtful."""

    examples: tuple[Sentence, ...]
    at_least: float
    band: float
    scope: Scope

    @property
    def cost(self) -> Cost:
        """Comparing every turn with every example."""
        return Cost.LIKENESS

    def evaluate(self, view: View) -> Value:
        """The most similar stretch of each turn is evidence, with its likeness."""
        hits = [hit for turn in self.scope.turns(view) for hit in self._hits(view, turn)]
        return self.scope.decide(view, hits, bool)

    def searched(self, view: View) -> tuple[Evidence, ...]:
        """The searched part of the conversation, where it is a part only."""
        return self.scope.searched(view)

    def _hits(self, view: View, turn: int) -> Iterator[Hit]:
        margin = self.at_least * self.band
        found = max(self._candidates(view, turn), default=None)
        if found is None or found.value < self.at_least - margin:
            return
        near = abs(found.value - self.at_least) <= margin if margin else False
        for hit in self.scope.admit(view, 0, [Occurrence(turn, found.start, found.end)]):
            yield replace(
                hit,
                doubt=Doubt.NEAR_THRESHOLD if near and hit.doubt is Doubt.NONE else hit.doubt,
                evidence=replace_measure(hit.evidence, found.value, self.at_least),
            )

    def _candidates(self, view: View, turn: int) -> Iterator[Likeness]:
        text, written = view.conversation.matching_text(turn), view.conversation.pairs_of(turn)
        least = self.at_least * (1 - self.band)
        for example in self.examples:
            if could_reach(example.pairs, written, least):
                yield most_alike(example.text, text)


def parse_similar(cursor: Cursor, grammar: Grammar) -> Condition:
    """``similar: [您是不是自己操作失误了]`` with ``at_least: 0.7`` and ``band: 0.05``."""
    cursor.mapping(SIMILAR_KEYS)
    body = cursor.child("similar")
    examples = [squeeze(normalise(text).text).text for text in body.texts()]
    for text in examples:
        if sum(map(str.isalnum, text)) < LEAST_CHARACTERS:
            body.fail(f"'{text}' is too short to be like anything; use 'said' for phrases")
    at_least, band = cursor.get("at_least"), cursor.get("band")
    wanted = at_least.number() if at_least else 0.7
    if at_least and not 0.3 <= wanted <= 1:
        at_least.fail("likeness lies between 0.3 (anything) and 1 (the same); 0.7 is usual")
    return Similar(
        examples=tuple(Sentence(text, pairs(text)) for text in examples),
        at_least=wanted,
        band=band.number() if band else 0.05,
        scope=grammar.scope(cursor, "similar"),
    )
