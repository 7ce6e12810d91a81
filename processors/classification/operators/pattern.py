"""Operator ``pattern``: regular expressions, searched turn by turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from processors.classification.expressions import Expression, parse_expressions
from processors.classification.grammar import SCOPE_KEYS, Grammar
from processors.classification.kleene import Value
from processors.classification.matcher import Occurrence
from processors.classification.operators.scope import Scope
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from schemas.records.classified import Evidence

PATTERN_KEYS = ("pattern", *SCOPE_KEYS)


@dataclass(frozen=True)
class Sought:
    """An expression and the ids of the literals of which each of its matches holds one."""

    expression: Expression
    literals: frozenset[int]


@dataclass(frozen=True)
class Pattern(Condition):
    """One of the expressions occurs. Only turns with a needed literal are searched."""

    sought: tuple[Sought, ...]
    scope: Scope

    @property
    def cost(self) -> Cost:
        """Searching turns."""
        return Cost.SEARCH

    def evaluate(self, view: View) -> Value:
        """Searches each turn's matching text alone: a pattern never spans two turns."""
        found = dict.fromkeys(at for sought in self._worth_trying(view) for at in self._find(view, sought))
        return self.scope.decide(view, self.scope.admit(view, 0, found), bool)

    @cached_property
    def _by_literal(self) -> Mapping[int, Collection[int]]:
        """Numbers of the expressions that each literal may belong to."""
        numbers: dict[int, list[int]] = defaultdict(list)
        for number, sought in enumerate(self.sought):
            for literal in sought.literals:
                numbers[literal].append(number)
        return numbers

    @cached_property
    def _without_literal(self) -> frozenset[int]:
        return frozenset(number for number, sought in enumerate(self.sought) if not sought.literals)

    def _worth_trying(self, view: View) -> Iterable[Sought]:
        """The expressions of which a literal is written, in their order."""
        conversation = view.conversation
        if not conversation.search.short_cuts:
            return self.sought
        written = self._by_literal.keys() & conversation.occurrences.keys()
        numbers = self._without_literal.union(*(self._by_literal[literal] for literal in written))
        return [self.sought[number] for number in sorted(numbers)]

    def _find(self, view: View, sought: Sought) -> Iterator[Occurrence]:
        conversation = view.conversation
        if sought.literals and conversation.search.short_cuts:
            written = conversation.occurrences
            holding = {at.turn for literal in sought.literals & written.keys() for at in written[literal]}
            turns = [turn for turn in self.scope.turns(view) if turn in holding]
        else:
            turns = self.scope.turns(view)
        for turn in turns:
            for start, end in sought.expression.spans(conversation.matching_text(turn)):
                yield Occurrence(turn, start, end)

    def searched(self, view: View) -> tuple[Evidence, ...]:
        """The searched part of the conversation, where it is a part only."""
        return self.scope.searched(view)

    def _needs(self) -> frozenset[int] | None:
        if not all(sought.literals for sought in self.sought):
            return None
        return frozenset().union(*(sought.literals for sought in self.sought))


def parse_pattern(cursor: Cursor, grammar: Grammar) -> Condition:
    """``pattern: REGEX`` or a list of them."""
    cursor.mapping(PATTERN_KEYS)
    return Pattern(
        sought=tuple(
            Sought(expression, grammar.literals(expression.literals))
            for expression in parse_expressions(cursor.child("pattern"), grammar.synonyms)
        ),
        scope=grammar.scope(cursor, "pattern"),
    )
