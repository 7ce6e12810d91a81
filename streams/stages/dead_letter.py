"""The dead letter of one record: its bytes and key untouched, and headers that say why."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.dead_letters import DeadLetterHeaders, payload_sha256
from schemas.identity import is_legal_id
from schemas.records.terms import Stage
from schemas.topics import COMPLETED, DEFERRED, dead_letter_topic
from schemas.violation import SchemaViolation
from streams.stages.deferral import origin_of
from streams.stages.outcome import Incoming, Output, ResourceFailure, Unprocessable, Work

Failure = SchemaViolation | Unprocessable | ResourceFailure
"""Any exception that carries a reason of the closed list and a detail without content."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Where, how often and when a record failed. ``now_ms`` is epoch milliseconds."""

    stage: Stage
    group: str
    version: str
    attempts: int
    now_ms: int
    largest_value: int


def dead_letter(record: Incoming, failure: Failure, work: Work | None, failed: Failed) -> Output:
    """The record for the stage's dead-letter topic.

    A value larger than ``largest_value`` bytes stays where it is: the letter then only points to it.
    """
    value = record.value or b""
    before = redriven_from(record)
    origin = _origin(record, before)
    oversize = len(value) > failed.largest_value
    headers = DeadLetterHeaders(
        stage=failed.stage,
        reason=failure.reason,
        error_class=type(failure).__name__,
        detail=failure.detail,
        src_topic=origin.topic,
        src_partition=origin.partition,
        src_offset=origin.offset,
        src_timestamp=origin.timestamp_ms,
        group=failed.group,
        app_version=failed.version,
        attempts=failed.attempts,
        first_failed_at=before.first_failed_at if before else failed.now_ms,
        redrive_count=before.redrive_count if before else 0,
        payload_sha256=payload_sha256(record.value),
        interaction_id=work.interaction_id if work else _by_key(record),
        record_version=work.record_version if work else None,
        pointer=oversize,
    )
    return Output(
        topic=dead_letter_topic(failed.stage),
        key=record.key,
        value=b"" if oversize else value,
        headers=tuple(headers.to_kafka()),
    )


def redriven_from(record: Incoming) -> DeadLetterHeaders | None:
    """Headers of the dead letter that this record was sent again from, if it was."""
    if not any(name == "callqa-redrive-count" for name, _ in record.headers):
        return None
    try:
        return DeadLetterHeaders.from_kafka(record.headers)
    except SchemaViolation:
        return None


def _by_key(record: Incoming) -> str | None:
    """Whom a record is about that cannot be decoded: between stages the key says it, as the contract of
    every topic has it; what upstream wrote beside bytes that it got wrong is not believed.
    """
    if record.topic.partition(".lane-")[0] in (COMPLETED, DEFERRED) or record.key is None:
        return None
    key = record.key.decode("ascii", "replace")
    return key if is_legal_id(key) else None


def _origin(record: Incoming, before: DeadLetterHeaders | None) -> Incoming:
    """Where the event lay first: a second failure is the same dead letter, not another one."""
    if before is None:
        return origin_of(record)
    return Incoming(
        topic=before.src_topic,
        partition=before.src_partition,
        offset=before.src_offset,
        timestamp_ms=before.src_timestamp,
        key=record.key,
        value=record.value,
    )
