"""Operator ``number``: a number with its unit, said or written, compared with a limit."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from processors.classification.grammar import SCOPE_KEYS, Grammar
from processors.classification.kleene import Value
from processors.classification.matcher import Occurrence
from processors.classification.operators.comparison import (
    COMPARISONS,
    Comparison,
    parse_comparison,
    replace_measure,
)
from processors.classification.operators.scope import Hit, Scope
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from processors.language.script import normalise

NUMBER_KEYS = ("unit", *COMPARISONS, *SCOPE_KEYS)
_DIGITS = dict(zip("零一二三四五六七八九两〇", (*range(10), 2, 0), strict=True))
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_NUMBER = (
    r"(?<![\d.])\d{1,12}(?:,\d{3}){0,3}(?:\.\d{1,4})?[千万亿]?"
    r"|[零〇一二两三四五六七八九十百千万亿]{1,16}(?:点[零一二三四五六七八九]{1,4})?"
)


@dataclass(frozen=True)
class HasNumber(Condition):
    """Somebody says a number before one of the units that compares as asked."""

    expression: re.Pattern[str]
    comparison: Comparison
    scope: Scope
    units: frozenset[int]

    @property
    def cost(self) -> Cost:
        """Searching turns."""
        return Cost.SEARCH

    def evaluate(self, view: View) -> Value:
        """Each such number is evidence with its value."""
        turns = self.scope.turns(view)
        if view.conversation.search.short_cuts:
            written = view.conversation.occurrences
            holding = {at.turn for unit in self.units & written.keys() for at in written[unit]}
            turns = [turn for turn in turns if turn in holding]
        hits = [hit for turn in turns for hit in self._hits(view, turn)]
        return self.scope.decide(view, hits, bool)

    def _needs(self) -> frozenset[int] | None:
        return self.units

    def _hits(self, view: View, turn: int) -> list[Hit]:
        hits: list[Hit] = []
        for found in self.expression.finditer(view.conversation.matching_text(turn)):
            value = value_of(found["number"])
            if not self.comparison.holds(value):
                continue
            for hit in self.scope.admit(view, 0, [Occurrence(turn, found.start(), found.end())]):
                receipt = replace_measure(hit.evidence, value, self.comparison.threshold)
                hits.append(Hit(hit.phrase, hit.turn, hit.doubt, receipt))
        return hits


def value_of(written: str) -> float:
    """Value of a number in digits (1,200, 3万) or in Chinese (一百二, 两千零五十, 三点五)."""
    if written[0].isdecimal():
        scale = _SCALES.get(written[-1], 1)
        return float(written.rstrip("千万亿").replace(",", "")) * scale
    whole, _, fraction = written.partition("点")
    value = _chinese(whole)
    return value + float("0." + "".join(str(_DIGITS[digit]) for digit in fraction)) if fraction else value


def _chinese(written: str) -> float:
    if not any(character in _SCALES for character in written):
        return float("".join(str(_DIGITS[character]) for character in written))
    total = section = 0
    digit: int | None = None
    scale = 1
    for character in written:
        if character in _DIGITS:
            digit = _DIGITS[character]
            scale = 1 if digit == 0 else scale
            continue
        scale = _SCALES[character]
        if scale < 10_000:
            section += (1 if digit is None else digit) * scale
        else:
            part = section + (digit or 0)
            total = (total + part) * scale if scale > 10_000 else total + part * scale
            section = 0
        digit = None
    # 一百二 is 120: a last digit after a scale stands for the next scale below.
    return float(total + section + (digit or 0) * (scale // 10 if scale > 10 else 1))


def parse_number(cursor: Cursor, grammar: Grammar) -> Condition:
    """``number: {unit: [元, 块], above: 1000, by: agent}``."""
    body = cursor.mapping(("number",)).child("number").mapping(NUMBER_KEYS, ("unit",))
    units = [normalise(unit).text for unit in body.child("unit").texts()]
    spelled = "|".join(map(re.escape, units))
    return HasNumber(
        expression=re.compile(f"(?P<number>{_NUMBER}) ?(?:{spelled})"),
        units=grammar.literals(units),
        comparison=parse_comparison(body, ("unit", *SCOPE_KEYS)),
        scope=replace(grammar.scope(body, "number"), operator=f"{cursor.where}.number"),
    )
