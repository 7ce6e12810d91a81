"""Operator ``contact``: what is known of the interaction apart from its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from processors.classification.grammar import Grammar
from processors.classification.kleene import FALSE, Truth, Value, all_of, unknown
from processors.classification.operators.comparison import Comparison, parse_comparison
from processors.classification.source import Cursor
from processors.classification.view import Condition, View
from schemas.records.classified import Evidence
from schemas.records.completed import AgentLeg
from schemas.records.terms import (
    Channel,
    Direction,
    Disposition,
    Doubt,
    LinkKind,
    Resolved,
    Role,
    WorkLocation,
)

Quantity = Callable[[View], float | None]
Names = Callable[[View], tuple[str, ...]]


def _leg(view: View) -> AgentLeg | None:
    agents = view.conversation.header.agents
    index = 0 if view.leg is None and len(agents) == 1 else view.leg
    return agents[index] if index is not None and 0 <= index < len(agents) else None


def _turns(party: Role) -> Quantity:
    def count(view: View) -> float:
        return sum(view.conversation.turns[turn].party is party for turn in view.turns_of((party,)))

    return count


def _characters(party: Role) -> Quantity:
    def count(view: View) -> float:
        return sum(
            sum(map(str.isalnum, view.conversation.matching_text(turn))) for turn in view.turns_of((party,))
        )

    return count


def _measured(name: str) -> Quantity:
    def measure(view: View) -> float | None:
        found: float | None = getattr(view.conversation.transcript.measures, name)
        return found

    return measure


QUANTITIES: Mapping[str, tuple[Quantity, str]] = {
    "service_ms": (lambda view: view.conversation.service_ms, "ms"),
    "queue_wait_ms": (lambda view: view.conversation.header.queue_wait_ms, "ms"),
    "agent_talk_ms": (_measured("agent_talk_ms"), "ms"),
    "customer_talk_ms": (_measured("customer_talk_ms"), "ms"),
    "longest_silence_ms": (_measured("longest_silence_ms"), "ms"),
    "overlap_ms": (_measured("overlap_ms"), "ms"),
    "transfer_count": (lambda view: view.conversation.header.transfer_count, "count"),
    "agent_turns": (_turns(Role.AGENT), "count"),
    "customer_turns": (_turns(Role.CUSTOMER), "count"),
    "agent_characters": (_characters(Role.AGENT), "count"),
    "customer_characters": (_characters(Role.CUSTOMER), "count"),
    "hold_ms": (lambda view: leg.hold_ms if (leg := _leg(view)) else None, "ms"),
    "survey_score": (lambda view: s.score if (s := view.conversation.header.survey) else None, "score"),
}


def _header(name: str) -> Names:
    def read(view: View) -> tuple[str, ...]:
        value = getattr(view.conversation.header, name)
        return () if value is None or value == "UNKNOWN" else (str(value),)

    return read


def _last_leg(view: View) -> tuple[str, ...]:
    agents = view.conversation.header.agents
    if view.leg is None or not agents:
        return ("true",)
    return (str(view.leg == len(agents) - 1).lower(),)


def _first_leg(view: View) -> tuple[str, ...]:
    return (str(view.leg in (None, 0, -1)).lower(),)


NAMES: Mapping[str, tuple[Names, type[StrEnum] | None]] = {
    "channel": (_header("channel"), Channel),
    "direction": (_header("direction"), Direction),
    "disposition": (_header("disposition"), Disposition),
    "disconnect_party": (_header("disconnect_party"), Role),
    "queue": (_header("queue_id"), None),
    "business_line": (_header("business_line"), None),
    "campaign": (_header("campaign_id"), None),
    "segment": (_header("customer_segment"), None),
    "work_location": (lambda view: (leg.work_location,) if (leg := _leg(view)) else (), WorkLocation),
    "links": (lambda view: tuple(link.kind for link in view.conversation.header.links), LinkKind),
    "resolved": (lambda view: (s.resolved,) if (s := view.conversation.header.survey) else (), Resolved),
    "last_leg": (_last_leg, None),
    "first_leg": (_first_leg, None),
}
# An event without links, survey or agent leg says "none", not "not known".
_CLOSED = ("links", "resolved", "work_location")


@dataclass(frozen=True)
class NameIs:
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
class QuantityIs:
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
class Contact:
    """All stated properties hold."""

    parts: tuple[Condition, ...]

    def evaluate(self, view: View) -> Value:
        """Kleene's *all*."""
        return all_of([part.evaluate(view) for part in self.parts])


def parse_contact(cursor: Cursor, _: Grammar) -> Condition:
    """``contact: {channel: [WEB], disconnect_party: AGENT, service_ms: {below: 30000}}``."""
    body = cursor.mapping(("contact",)).child("contact").mapping((*NAMES, *QUANTITIES))
    operator = f"{cursor.where}.contact"
    return Contact(tuple(_part(name, value, operator) for name, value in body.entries()))


def _part(name: str, cursor: Cursor, operator: str) -> Condition:
    if name in QUANTITIES:
        return QuantityIs(name, parse_comparison(cursor), operator)
    if name in ("last_leg", "first_leg"):
        return NameIs(name, frozenset({str(cursor.flag()).lower()}), operator)
    symbols = NAMES[name][1]
    allowed = cursor.choices(symbols) if symbols else cursor.texts()
    return NameIs(name, frozenset(map(str, allowed)), operator)
