"""Which rules an interaction has to be asked, and the verdicts of all others without asking them.

What a contact shares with many others (tenant, channel, queue and their like) is a mask over the rules,
one bit a rule, made once for every such kind of contact: tenants share one compiled rule set. What was
heard wakes the rules that listen for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from processors.classification.applies import Applies
from processors.classification.conversation import Conversation
from processors.classification.rule import Grain, Rule
from processors.classification.view import RuleKind, Thresholds, view_of
from schemas.records.completed import InteractionHeader
from schemas.records.terms import Verdict

_MOST_PLANS = 512
_FACTS: tuple[tuple[str, Callable[[InteractionHeader], Hashable]], ...] = (
    ("channels", lambda header: header.channel),
    ("directions", lambda header: header.direction),
    ("dispositions", lambda header: header.disposition),
    ("queues", lambda header: header.queue_id),
    ("tenants", lambda header: header.tenant_id),
    ("campaigns", lambda header: header.campaign_id),
)


@dataclass(frozen=True)
class Plan:
    """What rules say of one kind of contact while nothing is heard.

    ``verdicts`` runs parallel to ``rule_ids`` and ``legs``; rule ``n`` has those from ``first[n]`` on.
    ``able``: the mask of the rules that the contact's facts allow.
    """

    rule_ids: tuple[str, ...]
    legs: tuple[int, ...]
    verdicts: tuple[Verdict, ...]
    first: tuple[int, ...]
    able: int


@dataclass
class Gate:
    """Rules of one kind and grain whose own preconditions are the same, as a mask."""

    applies: Applies
    kind: RuleKind
    grain: Grain
    rules: int = 0


class Selection:
    """The rules of a set by what wakes them."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._every = (1 << len(rules)) - 1
        self._restless = 0
        self._listening: dict[int, int] = defaultdict(int)
        self._gates: dict[Hashable, Gate] = {}
        self._facts = [fact for name, fact in _FACTS if any(getattr(rule.applies, name) for rule in rules)]
        self._plans: dict[Hashable, Plan] = {}
        for index, rule in enumerate(rules):
            self._place(1 << index, rule)

    def _place(self, bit: int, rule: Rule) -> None:
        needed = _called_by(rule) or rule.needed
        if needed is None:
            self._restless |= bit
            return
        for phrase in needed:
            self._listening[phrase] |= bit
        if _called_by(rule) is None and rule.applies.open:
            # Rules of equal preconditions share one answer, unless these hold a condition.
            own: Any = bit if rule.applies.requires is not None else _own(rule.applies)
            gate = self._gates.setdefault(
                (own, rule.kind, rule.grain), Gate(_own(rule.applies), rule.kind, rule.grain)
            )
            gate.rules |= bit

    def plan(self, conversation: Conversation) -> Plan:
        """The verdicts that stand while nothing is heard."""
        header, legs = conversation.header, conversation.legs
        key = (legs, *[fact(header) for fact in self._facts])
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[key] = self._planned(header, legs)
        return plan

    def _planned(self, header: InteractionHeader, legs: tuple[int, ...]) -> Plan:
        ids: list[str] = []
        asked_legs: list[int] = []
        verdicts: list[Verdict] = []
        first: list[int] = []
        able = 0
        for index, rule in enumerate(self._rules):
            allowed = rule.applies.by_facts(header)
            able |= allowed << index
            own_legs = legs if rule.grain is Grain.LEG else (-1,)
            silent = Verdict.NO_HIT if allowed and _called_by(rule) is None else Verdict.NOT_APPLICABLE
            first.append(len(ids))
            ids += [rule.id] * len(own_legs)
            asked_legs += own_legs
            verdicts += [silent] * len(own_legs)
        return Plan(tuple(ids), tuple(asked_legs), tuple(verdicts), tuple(first), able)

    def awake(self, plan: Plan, conversation: Conversation) -> list[int]:
        """Numbers of the rules that must be asked, in order."""
        if not conversation.search.short_cuts:
            return list(range(len(self._rules)))
        mask = self._restless
        listening = self._listening
        for phrase in listening.keys() & conversation.heard:
            mask |= listening[phrase]
        return list(_bits(mask & plan.able))

    def closed(
        self, plan: Plan, conversation: Conversation, thresholds: Thresholds
    ) -> Iterator[tuple[int, int]]:
        """Rules that the interaction's own facts keep from a leg, each with the leg's place among its legs.

        What this says of a rule that is awake is of no use: that one is asked.
        """
        for gate in self._gates.values():
            rules = gate.rules & plan.able
            legs: tuple[int | None, ...] = conversation.legs if gate.grain is Grain.LEG else (None,)
            for place, leg in enumerate(legs if rules else ()):
                view = view_of(conversation, gate.kind, thresholds, leg)
                if not gate.applies.in_turn(view):
                    yield from ((index, place) for index in _bits(rules))


def _called_by(rule: Rule) -> frozenset[int] | None:
    """Phrases without which the rule's precondition fails."""
    requires = rule.applies.requires
    return requires.needed if requires is not None else None


def _own(applies: Applies) -> Applies:
    """The preconditions without the facts that plans are made of."""
    return replace(applies, channels=(), directions=(), dispositions=(), queues=(), tenants=(), campaigns=())


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
