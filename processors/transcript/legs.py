"""Which agent leg was in force when a turn was spoken or written."""

from __future__ import annotations

from collections.abc import Sequence

from processors.transcript.draft import DraftTurn
from schemas.records.completed import AgentLeg
from schemas.records.terms import Role
from schemas.records.transcribed import Turn

# Switches round the times of a leg to seconds.
_CLOCK_TOLERANCE_MS = 1_500


def leg_of(turn: DraftTurn | Turn, agents: Sequence[AgentLeg], zero_at: int) -> int:
    """Index of the agent leg in force, -1 where none is known.

    An agent who is named (chats name the sender) belongs to a leg of that name or to none. Otherwise the
    leg counts whose time covers the middle of the turn; a missing border is open, and a single leg
    without times covers everything that agent and customer say. Where several legs cover an agent's turn
    nobody is named: the doubt is the agent's. A customer's turn then belongs to the leg that joined last.
    """
    if turn.party is Role.AGENT and turn.speaker_id:
        return _leg_of_named(turn, agents, zero_at)
    if len(agents) == 1 and agents[0].joined_at is None and agents[0].left_at is None:
        return 0 if turn.party in (Role.AGENT, Role.CUSTOMER, Role.MIXED) else -1
    covering = _covering(range(len(agents)), turn, agents, zero_at)
    if len(covering) > 1 and turn.party is Role.AGENT:
        return -1
    return covering[-1] if covering else -1


def _leg_of_named(turn: DraftTurn | Turn, agents: Sequence[AgentLeg], zero_at: int) -> int:
    """The leg of a named agent; of several the one that covers the turn, else the first."""
    named = [index for index, leg in enumerate(agents) if leg.agent_id == turn.speaker_id]
    covering = _covering(named, turn, agents, zero_at)
    return next(iter([*covering, *named]), -1)


def _covering(
    legs: Sequence[int], turn: DraftTurn | Turn, agents: Sequence[AgentLeg], zero_at: int
) -> list[int]:
    middle = zero_at + (turn.start_ms + turn.end_ms) // 2
    covering = [index for index in legs if _covers(agents[index], middle, 0)]
    if not covering:
        covering = [index for index in legs if _covers(agents[index], middle, _CLOCK_TOLERANCE_MS)]
    return sorted(covering, key=lambda index: agents[index].joined_at or 0)


def _covers(leg: AgentLeg, at: int, tolerance_ms: int) -> bool:
    if leg.joined_at is None and leg.left_at is None:
        return False
    joined = leg.joined_at is None or leg.joined_at - tolerance_ms <= at
    return joined and (leg.left_at is None or at < leg.left_at + tolerance_ms)
