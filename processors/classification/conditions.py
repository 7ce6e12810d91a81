"""Conditions of a rule: ``all``, ``any``, ``not``, ``n_of``, shared ones by ``use``, and the operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from processors.classification.grammar import Grammar
from processors.classification.kleene import FALSE, Truth, Value, all_of, any_of, at_least, not_
from processors.classification.operators.contact import parse_contact
from processors.classification.operators.entity import parse_entity
from processors.classification.operators.gap import parse_gap
from processors.classification.operators.monologue import parse_monologue
from processors.classification.operators.near import parse_near
from processors.classification.operators.number import parse_number
from processors.classification.operators.pattern import parse_pattern
from processors.classification.operators.raised_voice import parse_raised_voice
from processors.classification.operators.repeated import parse_repeated
from processors.classification.operators.reply import parse_reply
from processors.classification.operators.said import parse_said, parse_says_only
from processors.classification.operators.script import parse_script
from processors.classification.operators.self_service import parse_self_service
from processors.classification.operators.sentiment import parse_sentiment
from processors.classification.operators.sequence import parse_sequence
from processors.classification.operators.similar import parse_similar
from processors.classification.operators.speech import parse_interruptions, parse_speed
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from schemas.records.classified import Evidence


def _united(parts: tuple[Condition, ...]) -> frozenset[int] | None:
    needs = [part.needed for part in parts]
    return frozenset().union(*(need for need in needs if need)) if all(needs) else None


@dataclass(frozen=True)
class _Compound(Condition):
    parts: tuple[Condition, ...]

    @property
    def cost(self) -> Cost:
        """As much as the dearest part."""
        return max(part.cost for part in self.parts)


@dataclass(frozen=True)
class All(_Compound):
    """Every part holds."""

    @cached_property
    def _cheap_first(self) -> list[int]:
        return sorted(range(len(self.parts)), key=lambda index: (self.parts[index].cost, index))

    def evaluate(self, view: View) -> Value:
        """Kleene's minimum; the first false part ends the question, the cheapest are asked first."""
        if any(part.idle(view) for part in self.parts):
            return FALSE
        values: dict[int, Value] = {}
        for index in self._cheap_first:
            values[index] = self.parts[index].evaluate(view)
            if values[index].truth is Truth.FALSE:
                return FALSE
        return all_of([values[index] for index in range(len(self.parts))])

    def _needs(self) -> frozenset[int] | None:
        return min((part.needed for part in self.parts if part.needed), key=len, default=None)


@dataclass(frozen=True)
class AnyOf(_Compound):
    """One part holds."""

    def evaluate(self, view: View) -> Value:
        """Kleene's maximum, with the evidence of every part that holds."""
        return any_of([part.evaluate(view) for part in self.parts if not part.idle(view)])

    def searched(self, view: View) -> tuple[Evidence, ...]:
        """The first place in which one of the parts was looked for."""
        return next(filter(None, (part.searched(view) for part in self.parts)), ())

    def _needs(self) -> frozenset[int] | None:
        return _united(self.parts)


@dataclass(frozen=True)
class NOf(_Compound):
    """At least ``count`` parts hold."""

    count: int

    def evaluate(self, view: View) -> Value:
        """Unknown while the undecided parts could make up the number."""
        return at_least(self.count, [part.evaluate(view) for part in self.parts if not part.idle(view)])

    def _needs(self) -> frozenset[int] | None:
        return _united(self.parts)


@dataclass(frozen=True)
class Not(Condition):
    """The part does not hold."""

    part: Condition

    def evaluate(self, view: View) -> Value:
        """Inside, what an agent must say counts as said also where it is only half heard.

        Where words are absent from the first or last turns, those turns are the evidence.
        """
        value = not_(self.part.evaluate(view.inside_out))
        return Value(Truth.TRUE, self.part.searched(view)) if value.truth is Truth.TRUE else value

    @property
    def cost(self) -> Cost:
        """The part's."""
        return self.part.cost


@dataclass(frozen=True)
class Shared(Condition):
    """A condition that several rules use; it is evaluated once a conversation."""

    condition: Condition

    def evaluate(self, view: View) -> Value:
        """The condition's value."""
        return view.ask(self.condition)

    def searched(self, view: View) -> tuple[Evidence, ...]:
        """Where the condition looked."""
        return self.condition.searched(view)

    @property
    def cost(self) -> Cost:
        """The condition's."""
        return self.condition.cost

    def _needs(self) -> frozenset[int] | None:
        return self.condition.needed


def _parse_all(cursor: Cursor, grammar: Grammar) -> Condition:
    return All(_parts(cursor, "all", grammar))


def _parse_any(cursor: Cursor, grammar: Grammar) -> Condition:
    return AnyOf(_parts(cursor, "any", grammar))


def _parse_not(cursor: Cursor, grammar: Grammar) -> Condition:
    cursor.mapping(("not",))
    return Not(parse_condition(cursor.child("not"), grammar))


def _parse_n_of(cursor: Cursor, grammar: Grammar) -> Condition:
    cursor.mapping(("n_of", "count"), ("count",))
    body = Cursor({"n_of": cursor.value["n_of"]}, cursor.source, cursor.path, cursor.rule)
    parts = _parts(body, "n_of", grammar)
    count = cursor.child("count").whole(1)
    if count > len(parts):
        cursor.child("count").fail(f"{count} of {len(parts)} conditions can never hold; lower the number")
    return NOf(parts, count)


def _parse_use(cursor: Cursor, grammar: Grammar) -> Condition:
    name = cursor.mapping(("use",)).child("use").text()
    condition = grammar.shared_condition(name)
    if condition is None:
        known = ", ".join(sorted({*grammar.shared, *grammar.unread})) or "none"
        cursor.child("use").fail(f"no shared condition '{name}'; under 'conditions' there are: {known}")
    return Shared(condition)


def _parts(cursor: Cursor, key: str, grammar: Grammar) -> tuple[Condition, ...]:
    parts = tuple(parse_condition(part, grammar) for part in cursor.mapping((key,)).child(key).items())
    if not parts:
        cursor.child(key).fail("no conditions; add one or remove the key")
    return parts


PARSERS: Mapping[str, Callable[[Cursor, Grammar], Condition]] = {
    "all": _parse_all,
    "any": _parse_any,
    "not": _parse_not,
    "n_of": _parse_n_of,
    "use": _parse_use,
    "said": parse_said,
    "says_only": parse_says_only,
    "pattern": parse_pattern,
    "similar": parse_similar,
    "near": parse_near,
    "sequence": parse_sequence,
    "script": parse_script,
    "gap": parse_gap,
    "interruptions": parse_interruptions,
    "speed": parse_speed,
    "raised_voice": parse_raised_voice,
    "monologue": parse_monologue,
    "reply": parse_reply,
    "contact": parse_contact,
    "self_service": parse_self_service,
    "entity": parse_entity,
    "number": parse_number,
    "repeated": parse_repeated,
    "sentiment": parse_sentiment,
}


def parse_condition(cursor: Cursor, grammar: Grammar) -> Condition:
    """The condition at ``cursor``: a mapping with exactly one operator; raises ``RuleSetError``."""
    if not isinstance(cursor.value, dict):
        cursor.fail(f"expected a condition such as 'said: [...]', found {cursor.value!r}")
    named = [key for key in cursor.value if key in PARSERS]
    if len(named) != 1:
        found = ", ".join(map(str, cursor.value))
        cursor.fail(f"a condition needs exactly one of {', '.join(PARSERS)}; found: {found}")
    return PARSERS[named[0]](cursor, grammar)
