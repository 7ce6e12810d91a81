"""Speech of an IVR on the service's channels: it is the system's, never the agent's (metrics 3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from msgspec.structs import replace

from processors.transcription.engine import Span
from processors.transcription.turns import PartySpeech
from schemas.records.completed import AgentLeg, InteractionCompleted
from schemas.records.terms import Role, SystemSound
from schemas.records.transcribed import SystemStretch

_MOSTLY = 0.8
_PEOPLE = (Role.CUSTOMER, Role.MIXED)


def prompt_spans(completed: InteractionCompleted, zero_at: int) -> tuple[Span, ...]:
    """When the self-service flow of the event had the word, on the call's time line.

    A step that does not say when it ended lasts until the next one; the time of an agent is never a prompt's.
    """
    steps = completed.self_service.steps if completed.self_service else ()
    entered = [step for step in sorted(steps, key=lambda step: step.seq) if step.entered_at is not None]
    spans = []
    for step, following in zip_longest(entered, entered[1:]):
        left = step.left_at or (following.entered_at if following else None)
        if step.entered_at is not None and left is not None and left > step.entered_at:
            spans.append(Span(step.entered_at - zero_at, left - zero_at))
    return tuple(span for span in spans if not any(_served(span, leg, zero_at) for leg in completed.agents))


def told_apart(
    parties: Sequence[PartySpeech], prompts: Sequence[Span]
) -> tuple[tuple[PartySpeech, ...], tuple[SystemStretch, ...]]:
    """Parties with the prompts' speech and words given to SYSTEM, and the stretches of that speech.

    What the customer says during a prompt stays the customer's; one channel for both is left as it is.
    """
    if not prompts:
        return tuple(parties), ()
    apart: list[PartySpeech] = []
    stretches: list[SystemStretch] = []
    for party in parties:
        played = () if party.party in _PEOPLE else tuple(s for s in party.speech if _within(s, prompts))
        if not played:
            apart.append(party)
            continue
        words = [
            any(s.start_ms <= (w.start_ms + w.end_ms) / 2 < s.end_ms for s in played) for w in party.words
        ]
        told = list(zip(party.words, words, strict=True))
        apart.append(
            replace(
                party,
                speech=tuple(span for span in party.speech if span not in played),
                words=tuple(word for word, machine in told if not machine),
            )
        )
        own = tuple(word for word, machine in told if machine)
        apart.append(replace(party, party=Role.SYSTEM, speech=played, words=own))
        stretches += [
            SystemStretch(
                sound=SystemSound.PROMPT, channel=party.channel, start_ms=span.start_ms, end_ms=span.end_ms
            )
            for span in played
        ]
    return tuple(apart), tuple(stretches)


def _served(span: Span, leg: AgentLeg, zero_at: int) -> bool:
    """Whether an agent is in the call in the middle of a span; without times nobody can tell."""
    if leg.joined_at is None:
        return False
    middle = zero_at + (span.start_ms + span.end_ms) // 2
    return leg.joined_at <= middle and (leg.left_at is None or middle < leg.left_at)


def _within(span: Span, prompts: Sequence[Span]) -> bool:
    shared = sum(max(0, min(span.end_ms, p.end_ms) - max(span.start_ms, p.start_ms)) for p in prompts)
    return shared >= _MOSTLY * span.length_ms
