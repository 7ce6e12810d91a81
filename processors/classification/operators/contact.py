"""Operator ``contact``: what is known of the interaction apart from its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import FALSE, Truth, Value, all_of, unknown
from processors.classification.operators.comparison import Comparison, parse_comparison
from processors.classification.operators.facts import NAMES, QUANTITIES
from processors.classification.source import Cursor
from processors.classification.view import Condition, View
from processors.language.script import normalise
from schemas.records.classified import Evidence
from schemas.records.terms import Doubt

# An event without links, survey or agent leg says "none", not "not known".
_CLOSED = ("links", "resolved", "work_location")
_FLAGS = ("last_leg", "first_leg", "survey_answered")


@dataclass(frozen=True)
class NameIs(Condition):
    """A property of the contact is one of the allowed values; unknown where the event does not say."""

    name: str
    allowed: frozenset[str]
    operator: str

    def evaluate(self, view: View) -> Value:
        """Evidence names the value in its operator, at the end of the interaction."""
        found = NAMES[self.name][0](view)
        if not found:
            return FALSE if self.name in _CLOSED else unknown(Doubt.UNKNOWN)
        matching = [value for value in found if value in self.allowed]
        if not matching:
            return FALSE
        end_ms = view.conversation.end_ms
        place = Evidence(
            operator=f"{self.operator}.{self.name}={matching[0]}", start_ms=end_ms, end_ms=end_ms
        )
        return Value(Truth.TRUE, (place,))


@dataclass(frozen=True)
class QuantityIs(Condition):
    """A number of the contact compares as asked; unknown where it was not measured."""

    name: str
    comparison: Comparison
    operator: str

    def evaluate(self, view: View) -> Value:
        """Evidence holds the number, at the end of the interaction."""
        quantity, unit = QUANTITIES[self.name]
        value = quantity(view)
        if value is None:
            return unknown(Doubt.UNKNOWN)
        end_ms = view.conversation.end_ms
        place = Evidence(operator=f"{self.operator}.{self.name}", start_ms=end_ms, end_ms=end_ms, unit=unit)
        return self.comparison.judge(value, place)


@dataclass(frozen=True)
class AttributeIs(Condition):
    """A free attribute of the event has one of the values; an attribute that is not there has none."""

    name: str
    allowed: frozenset[str]
    operator: str

    def evaluate(self, view: View) -> Value:
        """Evidence names the attribute, never its value: an attribute may hold anything."""
        if view.conversation.header.attributes.get(self.name) not in self.allowed:
            return FALSE
        end_ms = view.conversation.end_ms
        place = Evidence(operator=f"{self.operator}.attributes.{self.name}", start_ms=end_ms, end_ms=end_ms)
        return Value(Truth.TRUE, (place,))


@dataclass(frozen=True)
class CommentSays(Condition):
    """The customer's comment in the survey holds one of the phrases."""

    phrases: tuple[str, ...]
    operator: str

    def evaluate(self, view: View) -> Value:
        """Evidence names the comment; false where there is none."""
        survey, end_ms = view.conversation.header.survey, view.conversation.end_ms
        comment = normalise(survey.comment).text if survey and survey.comment else ""
        if not any(phrase in comment for phrase in self.phrases):
            return FALSE
        place = Evidence(operator=f"{self.operator}.survey_comment", start_ms=end_ms, end_ms=end_ms)
        return Value(Truth.TRUE, (place,))


@dataclass(frozen=True)
class Contact(Condition):
    """All stated properties hold."""

    parts: tuple[Condition, ...]

    def evaluate(self, view: View) -> Value:
        """Kleene's *all*."""
        return all_of([part.evaluate(view) for part in self.parts])


def parse_contact(cursor: Cursor, _: Grammar) -> Condition:
    """``contact: {channel: [WEB], disconnect_party: AGENT, service_ms: {below: 30000}}`` and their like."""
    allowed = (*NAMES, *QUANTITIES, "attributes", "survey_comment")
    body = cursor.mapping(("contact",)).child("contact").mapping(allowed)
    operator = f"{cursor.where}.contact"
    parts = tuple(part for name, value in body.entries() for part in _parts(name, value, operator))
    if not parts:
        body.fail(f"say what to look at: {', '.join(allowed)}")
    return Contact(parts)


def _parts(name: str, cursor: Cursor, operator: str) -> Iterator[Condition]:
    if name == "attributes":
        for key, values in cursor.entries():
            yield AttributeIs(key, frozenset(values.texts()), operator)
    elif name == "survey_comment":
        yield CommentSays(tuple(normalise(text).text for text in cursor.texts()), operator)
    elif name in QUANTITIES:
        yield QuantityIs(name, parse_comparison(cursor), operator)
    elif name in _FLAGS:
        yield NameIs(name, frozenset({str(cursor.flag()).lower()}), operator)
    else:
        symbols = NAMES[name][1]
        allowed = cursor.choices(symbols) if symbols else cursor.texts()
        yield NameIs(name, frozenset(map(str, allowed)), operator)
