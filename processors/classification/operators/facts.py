"""Facts of an interaction apart from its words, by the names that rules call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from processors.classification.view import View
from schemas.records.completed import AgentLeg
from schemas.records.terms import (
    Channel,
    Direction,
    Disposition,
    LinkKind,
    Resolved,
    Role,
    TransferKind,
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


def _on_leg(name: str) -> Quantity:
    def measure(view: View) -> float | None:
        leg = _leg(view)
        found: float | None = getattr(leg, name) if leg else None
        return found

    return measure


def _conversation_ms(view: View) -> float:
    return view.conversation.end_ms - view.conversation.begin_ms


def _percent(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else 100.0 * part / whole


def _agent_talk_percent(view: View) -> float | None:
    measures = view.conversation.transcript.measures
    agent, customer = measures.agent_talk_ms, measures.customer_talk_ms
    return None if agent is None or customer is None else _percent(agent, agent + customer)


def _silence_percent(view: View) -> float | None:
    return _percent(view.conversation.transcript.measures.silence_ms, _conversation_ms(view))


def _hold_percent(view: View) -> float | None:
    return _percent(_on_leg("hold_ms")(view), view.conversation.service_ms)


def _overtalk_percent(view: View) -> float | None:
    """The agent's turns that cut into the customer's, of all turns of the agent (Voci's overtalk)."""
    if view.conversation.mono:
        return None
    cut = sum(found.by is Role.AGENT for found in view.conversation.transcript.interruptions())
    return _percent(cut, len(view.turns_of((Role.AGENT,))))


QUANTITIES: Mapping[str, tuple[Quantity, str]] = {
    "service_ms": (lambda view: view.conversation.service_ms, "ms"),
    "conversation_ms": (_conversation_ms, "ms"),
    "queue_wait_ms": (lambda view: view.conversation.header.queue_wait_ms, "ms"),
    "agent_talk_ms": (_measured("agent_talk_ms"), "ms"),
    "customer_talk_ms": (_measured("customer_talk_ms"), "ms"),
    "longest_silence_ms": (_measured("longest_silence_ms"), "ms"),
    "silence_ms": (_measured("silence_ms"), "ms"),
    "overlap_ms": (_measured("overlap_ms"), "ms"),
    "longest_reply_ms": (_measured("longest_reply_ms"), "ms"),
    "agent_talk_percent": (_agent_talk_percent, "percent"),
    "silence_percent": (_silence_percent, "percent"),
    "hold_percent": (_hold_percent, "percent"),
    "overtalk_percent": (_overtalk_percent, "percent"),
    "agent_loudness_dbfs": (_measured("agent_loudness_dbfs"), "dBFS"),
    "customer_loudness_dbfs": (_measured("customer_loudness_dbfs"), "dBFS"),
    "transfer_count": (lambda view: view.conversation.header.transfer_count, "count"),
    "agent_turns": (_turns(Role.AGENT), "count"),
    "customer_turns": (_turns(Role.CUSTOMER), "count"),
    "agent_characters": (_characters(Role.AGENT), "count"),
    "customer_characters": (_characters(Role.CUSTOMER), "count"),
    "hold_ms": (_on_leg("hold_ms"), "ms"),
    "longest_hold_ms": (_on_leg("longest_hold_ms"), "ms"),
    "hold_count": (_on_leg("hold_count"), "count"),
    "acw_ms": (_on_leg("acw_ms"), "ms"),
    "agents": (lambda view: len(view.conversation.header.agents), "count"),
    "links_count": (lambda view: len(view.conversation.header.links), "count"),
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


def _of_leg(name: str) -> Names:
    def read(view: View) -> tuple[str, ...]:
        leg = _leg(view)
        value = getattr(leg, name) if leg else None
        return () if value is None or value == "UNKNOWN" else (str(value),)

    return read


def _survey_answered(view: View) -> tuple[str, ...]:
    survey = view.conversation.header.survey
    return (str(survey is not None and survey.score is not None).lower(),)


NAMES: Mapping[str, tuple[Names, type[StrEnum] | None]] = {
    "channel": (_header("channel"), Channel),
    "direction": (_header("direction"), Direction),
    "disposition": (_header("disposition"), Disposition),
    "disconnect_party": (_header("disconnect_party"), Role),
    "queue": (_header("queue_id"), None),
    "business_line": (_header("business_line"), None),
    "campaign": (_header("campaign_id"), None),
    "segment": (_header("customer_segment"), None),
    "region": (_header("customer_region"), None),
    "entry_point": (_header("entry_point"), None),
    "tenant": (_header("tenant_id"), None),
    "agent_reason": (_header("contact_reason"), None),
    "team": (_of_leg("team_id"), None),
    "site": (_of_leg("site_id"), None),
    "vendor": (_of_leg("vendor_id"), None),
    "wrapup": (_of_leg("wrapup_code"), None),
    "transfer": (_of_leg("transfer_kind"), TransferKind),
    "work_location": (_of_leg("work_location"), WorkLocation),
    "links": (lambda view: tuple(link.kind for link in view.conversation.header.links), LinkKind),
    "resolved": (lambda view: (s.resolved,) if (s := view.conversation.header.survey) else (), Resolved),
    "survey_answered": (_survey_answered, None),
    "last_leg": (_last_leg, None),
    "first_leg": (_first_leg, None),
}
