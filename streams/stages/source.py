"""Where a record comes from, and the key of what follows from it."""

from __future__ import annotations

from processors.transcript import SourceCoordinates
from schemas.codec import SchemaViolation
from schemas.records.terms import DeadLetterReason
from streams.stages.outcome import Incoming


def present(record: Incoming) -> bytes:
    """The record's value; a tombstone says nothing about an interaction and is refused."""
    if record.value is None:
        raise SchemaViolation(DeadLetterReason.UNDECODABLE, "empty value (tombstone)")
    return record.value


def source_of(record: Incoming) -> SourceCoordinates:
    """Coordinates that travel in every later record's header."""
    return SourceCoordinates(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp_ms=record.timestamp_ms,
    )


def key_of(interaction_id: str) -> bytes:
    """The key of every topic."""
    return interaction_id.encode()
