"""The rule engine that an ordinary developer writes first, to measure callqa's against."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NaiveStack:
    """Turn by turn: the turn is cut with jieba; every phrase is sought in it with ``in``, every expression
    with its compiled ``re``; the mood is the balance of good and bad words among the tokens.

    Nothing is done badly on purpose: expressions are compiled once, a rule is done with at its first hit
    in a turn, and nothing is built that no hit asks for. ``tokenizer`` None leaves the mood out.
    """

    phrases: Mapping[str, Sequence[str]]
    expressions: Mapping[str, Sequence[re.Pattern[str]]]
    good: Collection[str] = frozenset()
    bad: Collection[str] = frozenset()
    tokenizer: Any = None

    def classify(self, turns: Sequence[str]) -> tuple[list[tuple[str, int]], list[int]]:
        """Rule and turn of every hit, and the mood of every turn."""
        hits: list[tuple[str, int]] = []
        moods: list[int] = []
        for number, text in enumerate(turns):
            if self.tokenizer is not None:
                tokens = self.tokenizer.lcut(text)
                moods.append(sum((token in self.good) - (token in self.bad) for token in tokens))
            for rule, phrases in self.phrases.items():
                for phrase in phrases:
                    if phrase in text:
                        hits.append((rule, number))
                        break
            for rule, expressions in self.expressions.items():
                for expression in expressions:
                    if expression.search(text):
                        hits.append((rule, number))
                        break
        return hits, moods
