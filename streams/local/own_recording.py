"""A recording that somebody has at hand as an interaction: copied to where workers may read it."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from schemas.identity import stable_id
from schemas.records.completed import AgentLeg, InteractionCompleted, Recording
from schemas.records.terms import Channel, Consent, Direction, Disposition, Role
from streams.recordings import RecordingRejected, decode
from streams.recordings.containers import HEAD_BYTES, container_of


class UnusableRecording(ValueError):
    """The file is no audio that can be decoded."""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the person at the keyboard knows of the call."""

    agent: str
    queue: str | None = None
    language: str | None = None
    customer_key: str | None = None


def event_of_recording(source: Path, folder: Path, facts: CallFacts, now_ms: int) -> InteractionCompleted:
    """Copy ``source`` into ``folder`` and describe it as a call that ended at ``now_ms`` (epoch ms).

    Two channels are agent and customer, in that order; one channel holds both. The same file and agent
    give the same interaction id. Raises FileNotFoundError and UnusableRecording.
    """
    duration_ms, channels = _measured(source)
    with source.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    target = folder / f"{checksum}{source.suffix.lower()}"
    if not target.exists():
        _copied(source, target)
    started_at = now_ms - duration_ms
    return InteractionCompleted(
        interaction_id=stable_id("recording", checksum, facts.agent),
        record_version=now_ms,
        tenant_id="own",
        source_system="callqa-publish",
        channel=Channel.VOICE,
        direction=Direction.UNKNOWN,
        started_at=started_at,
        answered_at=started_at,
        ended_at=now_ms,
        language=facts.language,
        disposition=Disposition.HANDLED,
        queue_id=facts.queue,
        customer_key=facts.customer_key,
        agents=(AgentLeg(agent_id=facts.agent, queue_id=facts.queue, joined_at=started_at, left_at=now_ms),),
        recordings=(
            Recording(
                uri=target.resolve().as_uri(),
                channel_roles=(Role.AGENT, Role.CUSTOMER) if channels == 2 else (Role.MIXED,),
                started_at=started_at,
                duration_ms=duration_ms,
                sha256=checksum,
            ),
        ),
        recording_consent=Consent.NOT_REQUIRED,
    )


def _copied(source: Path, target: Path) -> None:
    """Copy so that a worker never sees half a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(target.name + ".new")
    shutil.copyfile(source, fresh)
    fresh.replace(target)


def _measured(path: Path) -> tuple[int, int]:
    """Duration in milliseconds and number of channels, by the decoder that the worker will use."""
    with path.open("rb") as file:
        container = container_of(file.read(HEAD_BYTES))
        if container is None:
            raise UnusableRecording(f"{path}: no known audio container")
        file.seek(0)
        try:
            decoded = decode(file, container)
        except RecordingRejected as refusal:
            raise UnusableRecording(f"{path}: {refusal.detail}") from None
    return decoded.duration_ms, len(decoded.samples)
