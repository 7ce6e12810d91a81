"""When a rule can be asked at all; otherwise its verdict is NOT_APPLICABLE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from processors.classification.grammar import Grammar
from processors.classification.kleene import Truth
from processors.classification.operators.facts import NAMES, QUANTITIES
from processors.classification.source import Cursor
from processors.classification.view import Condition, View
from schemas.identity import stable_id
from schemas.records.classified import Evidence
from schemas.records.completed import InteractionHeader
from schemas.records.terms import Channel, Direction, Disposition, Role

KEYS = (
    "channels",
    "directions",
    "dispositions",
    "queues",
    "tenants",
    "campaigns",
    "from",
    "until",
    "sample",
    "agent_turns",
    "customer_turns",
    "known",
    "requires",
)


@dataclass(frozen=True)
class Applies:
    """Preconditions, all of which must hold.

    ``first_day`` and ``last_day``: the period in which the interaction began, by its site's calendar.
    ``sample``: the share of interactions that are looked at, always the same ones.
    ``known``: properties of the contact that the event must state. ``requires``: a condition that must
    be true; where it is doubtful the rule is not asked.
    """

    channels: tuple[Channel, ...] = ()
    directions: tuple[Direction, ...] = ()
    dispositions: tuple[Disposition, ...] = ()
    queues: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    sample: float = 1.0
    agent_turns: int = 0
    customer_turns: int = 0
    known: tuple[str, ...] = ()
    requires: Condition | None = None

    @cached_property
    def always(self) -> bool:
        """Whether nothing has to hold."""
        return self == Applies()

    @cached_property
    def open(self) -> bool:
        """Whether something has to hold that contacts with the same facts do not share."""
        asked = (self.first_day, self.last_day, self.agent_turns, self.customer_turns, self.known)
        return any(asked) or self.sample < 1 or self.requires is not None

    def to(self, view: View) -> bool:
        """Whether the rule can be asked of this view."""
        return self.always or (self.by_facts(view.conversation.header) and self.in_turn(view))

    def by_facts(self, header: InteractionHeader) -> bool:
        """Whether what the contact shares with many others allows it."""
        return (
            (not self.channels or header.channel in self.channels)
            and (not self.directions or header.direction in self.directions)
            and (not self.dispositions or header.disposition in self.dispositions)
            and (not self.queues or header.queue_id in self.queues)
            and (not self.tenants or header.tenant_id in self.tenants)
            and (not self.campaigns or header.campaign_id in self.campaigns)
        )

    def in_turn(self, view: View) -> bool:
        """Whether what is this interaction's own allows it: its day, its draw, its turns and its words."""
        header = view.conversation.header
        return (
            self._in_period(header)
            and (self.sample >= 1 or _draw(header.interaction_id) < self.sample)
            and (not self.agent_turns or len(view.turns_of((Role.AGENT,))) >= self.agent_turns)
            and (not self.customer_turns or len(view.turns_of((Role.CUSTOMER,))) >= self.customer_turns)
            and all(_known(view, name) for name in self.known)
            and (self.requires is None or view.ask(self.requires).truth is Truth.TRUE)
        )

    def _in_period(self, header: InteractionHeader) -> bool:
        if self.first_day is None and self.last_day is None:
            return True
        day = datetime.fromtimestamp(header.started_at / 1000, ZoneInfo(header.site_timezone)).date()
        return (self.first_day or day) <= day <= (self.last_day or day)

    def called_for(self, view: View) -> tuple[Evidence, ...]:
        """The places that fulfil ``requires``."""
        return view.ask(self.requires).evidence if self.requires else ()


def _known(view: View, name: str) -> bool:
    return bool(NAMES[name][0](view)) if name in NAMES else QUANTITIES[name][0](view) is not None


def _draw(interaction_id: str) -> float:
    """A number from 0 to 1 that belongs to the interaction, so that every run draws the same sample."""
    return int(stable_id("sample", interaction_id)[:8], 16) / 0x1_0000_0000


def _day(cursor: Cursor | None) -> date | None:
    if cursor is None:
        return None
    if isinstance(cursor.value, date) and not isinstance(cursor.value, datetime):
        return cursor.value
    try:
        return date.fromisoformat(cursor.text())
    except ValueError:
        cursor.fail(f"'{cursor.value}' is no day; write it as 2026-11-30")


def _share(cursor: Cursor | None) -> float:
    share = cursor.number() if cursor else 1.0
    if cursor and not 0 < share <= 1:
        cursor.fail("a sample is a share above 0 up to 1; 0.05 is every twentieth interaction")
    return share


def parse_applies(cursor: Cursor | None, grammar: Grammar) -> Applies:
    """``applies: {channels: [VOICE], agent_turns: 2, requires: CONDITION}``."""
    if cursor is None:
        return Applies()
    cursor.mapping(KEYS)

    def whole(key: str) -> int:
        found = cursor.get(key)
        return found.whole() if found else 0

    def texts(key: str) -> tuple[str, ...]:
        found = cursor.get(key)
        return found.texts() if found else ()

    channels, directions = cursor.get("channels"), cursor.get("directions")
    dispositions, known, requires = cursor.get("dispositions"), cursor.get("known"), cursor.get("requires")
    first_day, last_day = _day(cursor.get("from")), _day(cursor.get("until"))
    if first_day and last_day and last_day < first_day:
        cursor.child("until").fail(f"the period ends before it begins on {first_day}; exchange the two days")
    for name in known.items() if known else ():
        if name.text() not in NAMES and name.text() not in QUANTITIES:
            name.fail(f"'{name.value}' is none of {', '.join((*NAMES, *QUANTITIES))}")
    return Applies(
        channels=channels.choices(Channel) if channels else (),
        directions=directions.choices(Direction) if directions else (),
        dispositions=dispositions.choices(Disposition) if dispositions else (),
        queues=texts("queues"),
        tenants=texts("tenants"),
        campaigns=texts("campaigns"),
        first_day=first_day,
        last_day=last_day,
        sample=_share(cursor.get("sample")),
        agent_turns=whole("agent_turns"),
        customer_turns=whole("customer_turns"),
        known=texts("known"),
        requires=grammar.condition(requires) if requires else None,
    )
