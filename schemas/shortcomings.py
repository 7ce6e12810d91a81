"""What a legal event lacks, by channel: counted by source, never a reason to drop it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.records.completed import InteractionCompleted, Recording
from schemas.records.terms import Channel, Consent, Disposition, Role, SelfServiceOutcome

_TELEPHONE_NUMBER = re.compile(r"\+?[0-9]{7,15}")


def shortcomings(completed: InteractionCompleted) -> list[str]:
    """What upstream should add or correct, one text a point, each beginning with the field's name."""
    return [*_minimum_of_channel(completed), *_less_useful(completed)]


def _minimum_of_channel(completed: InteractionCompleted) -> Iterator[str]:
    if completed.channel is Channel.VOICE and completed.disposition is Disposition.HANDLED:
        if not completed.agents:
            yield "agents: a handled call has at least one agent leg"
        if completed.answered_at is None:
            yield "answered_at: a handled call was answered"
        has_words = completed.recordings or completed.transcript or completed.content_uri
        if not has_words and completed.recording_consent is not Consent.DENIED:
            yield "recordings: a handled call has a recording or a transcript unless consent is DENIED"
    if completed.channel is Channel.WEB and not completed.messages and completed.content_uri is None:
        yield "messages: a chat has messages or a content_uri"
    if completed.channel is Channel.SELF_SERVICE:
        part = completed.self_service
        if part is None or part.outcome is SelfServiceOutcome.UNKNOWN:
            yield "self_service.outcome: a self-service session says how it ended"
        if part is None or not part.steps:
            yield "self_service.steps: a self-service session has at least one step"


def _less_useful(completed: InteractionCompleted) -> Iterator[str]:
    if completed.disposition is Disposition.UNKNOWN:
        yield "disposition: is UNKNOWN"
    for index, leg in enumerate(completed.agents):
        if leg.joined_at is None or leg.left_at is None:
            yield f"agents[{index}].joined_at: without joined_at and left_at no words belong to this agent"
        if (leg.longest_hold_ms or 0) > (leg.hold_ms or 0):
            yield f"agents[{index}].longest_hold_ms: is longer than hold_ms"
    for index, recording in enumerate(completed.recordings):
        yield from _less_useful_recording(f"recordings[{index}].", recording)
    for name in ("customer_key", "customer_address_key"):
        if _TELEPHONE_NUMBER.fullmatch(getattr(completed, name) or ""):
            yield f"{name}: looks like a telephone number, send a keyed hash of it"


def _less_useful_recording(path: str, recording: Recording) -> Iterator[str]:
    if not recording.channel_roles:
        yield f"{path}channel_roles: without roles nobody knows who speaks"
    elif Role.MIXED in recording.channel_roles:
        yield f"{path}channel_roles: a mixed channel hides who speaks, record one party a channel"
    if recording.sha256 is None:
        yield f"{path}sha256: without a sum a damaged file cannot be told from a whole one"
