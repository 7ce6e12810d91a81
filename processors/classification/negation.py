"""Negated words: 我们不能向您保证收益 promises nothing."""

from __future__ import annotations

from dataclasses import dataclass

from processors.classification.expressions import Expression
from processors.classification.matcher import Occurrence

_NEIGHBOURHOOD = 16


@dataclass(frozen=True)
class NegationWords:
    """A place is negated where one of ``before`` ends at its start or one of ``after`` begins at its end."""

    before: tuple[Expression, ...] = ()
    after: tuple[Expression, ...] = ()

    def negates(self, text: str, at: Occurrence) -> bool:
        """Whether the place in this matching text is negated; words 16 characters away count for nothing."""
        before = text[max(at.start - _NEIGHBOURHOOD, 0) : at.start]
        if any(end == len(before) for words in self.before for _, end in words.spans(before)):
            return True
        after = text[at.end : at.end + _NEIGHBOURHOOD]
        return any(words.compiled.match(after) for words in self.after)
