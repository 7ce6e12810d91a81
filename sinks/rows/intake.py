"""The ledger row of one offset of the completed topic, whether its record could be decoded or not."""

from __future__ import annotations

from msgspec import Struct

from schemas.records.completed import InteractionCompleted
from schemas.records.terms import Channel
from sinks.rows.feedback import embedded_survey_rows
from sinks.rows.instants import business_day, storable
from sinks.tables import INTAKE, Rows, merge

_UTC = "UTC"


class Coordinates(Struct, frozen=True, kw_only=True):
    """Where a record lies in Kafka; ``timestamp_ms`` is the record's own, epoch milliseconds."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int


def unit_of(at: Coordinates) -> str:
    """The ledger's unit of a record that cannot be decoded: its coordinates."""
    return f"{at.topic}:{at.partition}:{at.offset}"


def intake_rows(at: Coordinates, completed: InteractionCompleted | None) -> Rows:
    """One ``qa.intake`` row; ``completed`` is null where the record could not be decoded.

    A survey answer inside the event comes with it, without its comment: that one is raw here and comes
    redacted with the transcribed record.
    """
    if completed is None:
        return {INTAKE.name: [_undecodable(at)]}
    row = INTAKE.row(
        completed,
        source_topic=at.topic,
        source_partition=at.partition,
        source_offset=at.offset,
        source_timestamp=storable(at.timestamp_ms) or 0,
        unit_id=completed.interaction_id,
        channel=completed.channel.value,
        started_at=storable(completed.started_at),
        ended_at=storable(completed.ended_at),
        business_date=business_day(completed.ended_at, completed.site_timezone),
        decodable=1,
    )
    return merge([{INTAKE.name: [row]}, embedded_survey_rows(completed, with_comment=False)])


def _undecodable(at: Coordinates) -> tuple[object, ...]:
    return INTAKE.row(
        source_topic=at.topic,
        source_partition=at.partition,
        source_offset=at.offset,
        source_timestamp=storable(at.timestamp_ms) or 0,
        tenant_id="",
        unit_id=unit_of(at),
        interaction_id=None,
        record_version=None,
        channel=Channel.UNKNOWN.value,
        started_at=None,
        ended_at=None,
        business_date=business_day(at.timestamp_ms, _UTC),
        decodable=0,
    )
