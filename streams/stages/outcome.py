"""What goes into a stage and what may come out of it: the vocabulary of the harness, free of Faust."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.records.terms import DeadLetterReason, Stage


@dataclass(frozen=True, slots=True)
class Incoming:
    """One record as it lies on its topic. ``timestamp_ms`` is the broker's record time, epoch ms."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """One record to be sent. The partition follows from the key (murmur2), as everywhere; only a dead
    letter may have none, because its record had none.
    """

    topic: str
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """An admitted record. ``content`` is what ``admit`` decoded; ``not_before_ms`` delays its turn."""

    content: object
    interaction_id: str
    record_version: int
    not_before_ms: int = 0


class Unprocessable(Exception):
    """This record can never be processed: it becomes a dead letter at once.

    ``detail`` is ASCII and holds no words and no personal data.
    """

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Unavailable(Exception):
    """Something outside is down or busy: the record waits and is tried again without end."""


class ResourceFailure(Exception):
    """The work itself broke its means (time, memory, a crash): a few attempts, then a dead letter."""

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class StageSteps(Protocol):
    """One stage of the pipeline as the harness drives it."""

    stage: Stage
    inputs: tuple[str, ...]

    async def open(self) -> None:
        """Load what the work needs; called once, before the first work. May raise Unavailable."""

    async def close(self) -> None:
        """Let go of it; called once, when the worker stops."""

    def admit(self, record: Incoming) -> Work | None:
        """Decode and choose: None means the record belongs to another lane and is acknowledged.

        Raises SchemaViolation or Unprocessable for a record that must become a dead letter. Runs on the
        event loop, so it must be quick and must not wait.
        """

    async def work(self, record: Incoming, work: Work) -> Sequence[Output]:
        """Do the work; the outcome counts once every returned output is confirmed by the broker.

        Raises Unprocessable, Unavailable or ResourceFailure; anything else stops the worker.
        """


class NothingToOpen:
    """For stages whose work needs nothing but its record."""

    async def open(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        """Nothing to let go of."""
