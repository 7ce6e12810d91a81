"""Quoted speech: words that somebody repeats from another's mouth are not their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from processors.classification.matcher import Occurrence

_BETWEEN_MARKS = re.compile(r"[“「『\"][^“”「」『』\"]{1,80}[”」』\"]")
_SENTENCE_END = re.compile(r"[。!?;！？；]")


@dataclass(frozen=True)
class QuotingWords:
    """Phrase ids such as 他说 or "he said"; what begins at most ``reach`` characters behind one is quoted."""

    phrases: frozenset[int] = frozenset()
    reach: int = 8

    def quotes(self, text: str, at: Occurrence, occurrences: Mapping[int, Sequence[Occurrence]]) -> bool:
        """Whether the place stands between quotation marks, or close behind such words in one sentence."""
        if any(m.start() < at.start and at.end < m.end() for m in _BETWEEN_MARKS.finditer(text)):
            return True
        return any(
            other.turn == at.turn
            and 0 <= at.start - other.end <= self.reach
            and not _SENTENCE_END.search(text, other.end, at.start)
            for phrase in self.phrases
            for other in occurrences.get(phrase, ())
        )
