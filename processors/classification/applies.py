"""When a rule can be asked at all; otherwise its verdict is NOT_APPLICABLE."""

from __future__ import annotations

from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import Truth
from processors.classification.operators.contact import NAMES
from processors.classification.source import Cursor
from processors.classification.view import Condition, View
from schemas.records.classified import Evidence
from schemas.records.terms import Channel, Direction, Disposition, Role

KEYS = (
    "channels",
    "directions",
    "dispositions",
    "queues",
    "agent_turns",
    "customer_turns",
    "known",
    "requires",
)


@dataclass(frozen=True)
class Applies:
    """Preconditions, all of which must hold.

    ``known``: properties of the contact that the event must state. ``requires``: a condition that must
    be true; where it is doubtful the rule is not asked.
    """

    channels: tuple[Channel, ...] = ()
    directions: tuple[Direction, ...] = ()
    dispositions: tuple[Disposition, ...] = ()
    queues: tuple[str, ...] = ()
    agent_turns: int = 0
    customer_turns: int = 0
    known: tuple[str, ...] = ()
    requires: Condition | None = None

    def to(self, view: View) -> bool:
        """Whether the rule can be asked of this view."""
        header = view.conversation.header
        return (
            (not self.channels or header.channel in self.channels)
            and (not self.directions or header.direction in self.directions)
            and (not self.dispositions or header.disposition in self.dispositions)
            and (not self.queues or header.queue_id in self.queues)
            and len(view.turns_of((Role.AGENT,))) >= self.agent_turns
            and len(view.turns_of((Role.CUSTOMER,))) >= self.customer_turns
            and all(NAMES[name][0](view) for name in self.known)
            and (self.requires is None or self.requires.evaluate(view).truth is Truth.TRUE)
        )

    def called_for(self, view: View) -> tuple[Evidence, ...]:
        """The places that fulfil ``requires``."""
        return self.requires.evaluate(view).evidence if self.requires else ()


def parse_applies(cursor: Cursor | None, grammar: Grammar) -> Applies:
    """``applies: {channels: [VOICE], agent_turns: 2, requires: CONDITION}``."""
    if cursor is None:
        return Applies()
    cursor.mapping(KEYS)

    def whole(key: str) -> int:
        found = cursor.get(key)
        return found.whole() if found else 0

    channels, directions = cursor.get("channels"), cursor.get("directions")
    dispositions, queues, known = cursor.get("dispositions"), cursor.get("queues"), cursor.get("known")
    requires = cursor.get("requires")
    for name in known.items() if known else ():
        if name.text() not in NAMES:
            name.fail(f"'{name.value}' is none of {', '.join(NAMES)}")
    return Applies(
        channels=channels.choices(Channel) if channels else (),
        directions=directions.choices(Direction) if directions else (),
        dispositions=dispositions.choices(Disposition) if dispositions else (),
        queues=queues.texts() if queues else (),
        agent_turns=whole("agent_turns"),
        customer_turns=whole("customer_turns"),
        known=known.texts() if known else (),
        requires=grammar.condition(requires) if requires else None,
    )
