"""Operator ``pattern``: a regular expression with an exclusion, in forms that cannot run away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from processors.classification.grammar import SCOPE_KEYS, Grammar
from processors.classification.kleene import Value
from processors.classification.matcher import Occurrence
from processors.classification.operators.scope import Scope
from processors.classification.source import Cursor
from processors.classification.view import Condition, View
from processors.language.script import normalise
from schemas.records.classified import Evidence

PATTERN_KEYS = ("pattern", "except_pattern", *SCOPE_KEYS)
LONGEST_PATTERN = 400
LONGEST_REPEAT = 64
_REPEAT = re.compile(r"\{(\d*),?(\d*)\}")


@dataclass(frozen=True)
class Pattern(Condition):
    """``expression`` occurs where ``exclusion`` does not."""

    expression: re.Pattern[str]
    exclusion: re.Pattern[str] | None
    scope: Scope

    def evaluate(self, view: View) -> Value:
        """Searches each turn's matching text alone: a pattern never spans two turns."""
        occurrences: list[Occurrence] = []
        for turn in self.scope.turns(view):
            text = view.conversation.matching_text(turn)
            barred = [m.span() for m in self.exclusion.finditer(text)] if self.exclusion else []
            occurrences.extend(
                Occurrence(turn, found.start(), found.end())
                for found in self.expression.finditer(text)
                if found.end() > found.start()
                and not any(start < found.end() and end > found.start() for start, end in barred)
            )
        return self.scope.decide(view, self.scope.admit(view, 0, occurrences), bool)

    def searched(self, view: View) -> tuple[Evidence, ...]:
        """The searched part of the conversation, where it is a part only."""
        return self.scope.searched(view)


def parse_pattern(cursor: Cursor, grammar: Grammar) -> Condition:
    """``pattern: REGEX`` with ``except_pattern: REGEX``."""
    cursor.mapping(PATTERN_KEYS)
    exclusion = cursor.get("except_pattern")
    return Pattern(
        expression=_compile(cursor.child("pattern"), grammar.synonyms),
        exclusion=_compile(exclusion, grammar.synonyms) if exclusion else None,
        scope=grammar.scope(cursor, "pattern"),
    )


def _compile(cursor: Cursor, synonyms: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    text = cursor.text()
    if len(text) > LONGEST_PATTERN:
        cursor.fail(f"the pattern has {len(text)} characters; split it into parts of {LONGEST_PATTERN}")
    # Escapes such as \S must keep their case, so only a pattern without them is brought to matching form.
    matching = text if "\\" in text else normalise(text).text
    remedy = _runaway(matching)
    if remedy:
        cursor.fail(f"the pattern could run for ever: {remedy}")
    try:
        return re.compile(_with_synonyms(matching, synonyms), re.IGNORECASE)
    except re.error as error:
        cursor.fail(f"not a regular expression: {error}")


def _with_synonyms(pattern: str, synonyms: Mapping[str, Sequence[str]]) -> str:
    for name, words in synonyms.items():
        spelled = "|".join(re.escape(normalise(word).text) for word in words)
        pattern = pattern.replace(f"<{name}>", f"(?:{spelled})")
    return pattern


def _runaway(pattern: str) -> str:
    """What to write instead of a form that backtracks without bound; empty where there is none.

    With every repeat bounded and no repeated group that repeats inside, the work per position is bounded
    by the product of few small numbers.
    """
    bare = re.sub(r"\\.|\[\^?\]?[^\]]*\]", "x", pattern)
    if "*" in bare or "+" in bare:
        return "write a bounded repeat such as .{0,12} instead of * or +"
    if re.search(r"\\[1-9]", pattern):
        return "spell the words out instead of referring back to a group"
    for low, high in _REPEAT.findall(bare):
        if not high and not low or f"{{{low},}}" in bare or int(high or low) > LONGEST_REPEAT:
            return f"no repeat may be longer than {LONGEST_REPEAT}"
    if re.search(r"\([^()]*\{[^()]*\)\{", bare):
        return "a repeated group must not repeat inside; list the wordings instead"
    return ""
