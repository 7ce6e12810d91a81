"""The demo's files as typed entries; how to read them stands in ``infra/demo/README.md``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml
from msgspec import Struct

from schemas.records.terms import (
    Channel,
    Direction,
    Disposition,
    InputMode,
    LinkKind,
    OutcomeSource,
    Resolved,
    Role,
    SelfServiceOutcome,
    StepResult,
    TransferKind,
    WorkLocation,
)

Entries = TypeVar("Entries")


class DemoFileError(ValueError):
    """A demo file that cannot be read; the message names the file and the place."""


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every entry: a misspelt field is an error, not a default."""


class AgentPost(Entry, frozen=True, kw_only=True):
    """Where an agent works."""

    team: str
    site: str
    work_location: WorkLocation
    vendor: str | None = None


class Queue(Entry, frozen=True, kw_only=True):
    """A queue's name and product line."""

    name: str
    business_line: str


class Directory(Entry, frozen=True, kw_only=True):
    """``directory.yaml``."""

    tenant: str
    timezone: str
    agents: dict[str, AgentPost]
    queues: dict[str, Queue]


class SurveyEntry(Entry, frozen=True, kw_only=True):
    """A satisfaction answer; ``interaction`` where it arrives by itself."""

    interaction: str = ""
    offered: str | None = None
    answered: str | None = None
    via: str
    score: float | None = None
    resolved: Resolved
    comment: str | None = None


class StepEntry(Entry, frozen=True, kw_only=True):
    """One self-service step."""

    node: str
    name: str
    entered: str
    left: str
    mode: InputMode
    value: str | None = None
    intent: str | None = None
    confidence: float | None = None
    attempts: int = 1
    result: StepResult


class Flow(Entry, frozen=True, kw_only=True):
    """The self-service part of an interaction."""

    flow: str
    flow_version: str
    task: str
    outcome: SelfServiceOutcome
    outcome_source: OutcomeSource = OutcomeSource.FLOW
    transfer_reason: str | None = None
    steps: tuple[StepEntry, ...]


class LinkEntry(Entry, frozen=True, kw_only=True):
    """Relation to another demo interaction."""

    id: str
    kind: LinkKind


class Contact(Entry, frozen=True, kw_only=True):
    """What calls, chats and sessions have in common."""

    id: str
    started: str
    customer: str
    region: str | None = None
    journey: str | None = None
    links: tuple[LinkEntry, ...] = ()
    survey: SurveyEntry | None = None


class RecordingEntry(Entry, frozen=True, kw_only=True):
    """A file of the audio folder."""

    file: str
    duration_ms: int
    sha256: str | None = None


class CallEntry(Contact, frozen=True, kw_only=True):
    """A telephone call with one agent."""

    ivr_s: int
    wait_s: int
    direction: Direction = Direction.INBOUND
    campaign: str | None = None
    agent: str
    queue: str
    recording: RecordingEntry
    hangup: Role
    wrapup: str | None = None
    self_service: Flow | None = None


class ChatLeg(Entry, frozen=True, kw_only=True):
    """One agent's part in a chat."""

    id: str
    joined: str
    left: str
    queue: str | None = None
    transfer: TransferKind = TransferKind.NONE


class MessageEntry(Struct, frozen=True, array_like=True):
    """A message: time, sender, text, flags (``automatic``, ``recalled``)."""

    at: str
    sender: str
    text: str
    flags: dict[str, bool] = {}


class ChatEntry(Contact, frozen=True, kw_only=True):
    """A web chat."""

    ended: str
    channel: Channel = Channel.WEB
    entry_point: str
    direction: Direction = Direction.INBOUND
    language: str = "zh-CN"
    queue: str
    answered: str | None = None
    disposition: Disposition = Disposition.HANDLED
    agents: tuple[ChatLeg, ...]
    messages: tuple[MessageEntry, ...]
    self_service: Flow | None = None


class SessionEntry(Contact, frozen=True, kw_only=True):
    """A self-service session without an agent."""

    ended: str
    entry_point: str
    flow: str
    flow_version: str
    task: str
    outcome: SelfServiceOutcome
    outcome_source: OutcomeSource = OutcomeSource.FLOW
    steps: tuple[StepEntry, ...]
    messages: tuple[MessageEntry, ...] = ()


class BrokenEntry(Entry, frozen=True, kw_only=True):
    """An event that must end as a dead letter: bytes as text or hex, or an event built from an entry."""

    id: str
    why: str
    text: str | None = None
    hex: str | None = None
    call: CallEntry | None = None
    chat: ChatEntry | None = None


class DemoFiles(Struct, frozen=True):
    """Everything under ``infra/demo`` that events are built from."""

    directory: Directory
    calls: tuple[CallEntry, ...]
    chats: tuple[ChatEntry, ...]
    sessions: tuple[SessionEntry, ...]
    surveys: tuple[SurveyEntry, ...]
    broken: tuple[BrokenEntry, ...]


def load_demo_files(folder: Path) -> DemoFiles:
    """Read the demo's files under ``folder``.

    Raises:
        DemoFileError: a file is missing or not as it should be.
    """
    return DemoFiles(
        directory=_read(folder / "directory.yaml", Directory),
        calls=_read(folder / "interactions" / "calls.yaml", tuple[CallEntry, ...]),
        chats=_read(folder / "interactions" / "chats.yaml", tuple[ChatEntry, ...]),
        sessions=_read(folder / "interactions" / "self_service.yaml", tuple[SessionEntry, ...]),
        surveys=_read(folder / "interactions" / "surveys.yaml", tuple[SurveyEntry, ...]),
        broken=_read(folder / "interactions" / "broken.yaml", tuple[BrokenEntry, ...]),
    )


def _read(path: Path, shape: type[Entries]) -> Entries:
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return msgspec.convert(content, shape)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise DemoFileError(f"{path}: {error}") from error
