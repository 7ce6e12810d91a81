"""The ledger row of one offset of the completed topic, whether its record could be decoded or not."""

from __future__ import annotations

from msgspec import Struct

from schemas.records.completed import InteractionCompleted
from schemas.records.terms import Channel
from sinks.rows.feedback import embedded_survey_rows
from sinks.rows.instants import business_day, storable
from sinks.tables import INTAKE, Row, Rows, merge

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


def intake_rows(
    at: Coordinates, completed: InteractionCompleted | None, origin: Coordinates | None = None
) -> Rows:
    """One ``qa.intake`` row; ``completed`` is null where the record could not be decoded.

    ``origin`` is where the event lay first, where it was sent again from the dead letters: still one unit.
    If it can be decoded by now, the row of its first place is written again and belongs to the interaction.

    A survey answer inside the event comes with it, without its comment: that one is raw here and comes
    redacted with the transcribed record.
    """
    if completed is None:
        return {INTAKE.name: [_undecodable(at, unit_of(origin or at))]}
    rows = [_decoded(place, completed) for place in (at, origin) if place is not None]
    return merge([{INTAKE.name: rows}, embedded_survey_rows(completed, with_comment=False)])


def _decoded(at: Coordinates, completed: InteractionCompleted) -> Row:
    return INTAKE.row(
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


def _undecodable(at: Coordinates, unit_id: str) -> Row:
    return INTAKE.row(
        source_topic=at.topic,
        source_partition=at.partition,
        source_offset=at.offset,
        source_timestamp=storable(at.timestamp_ms) or 0,
        tenant_id="",
        unit_id=unit_id,
        interaction_id=None,
        record_version=None,
        channel=Channel.UNKNOWN.value,
        started_at=None,
        ended_at=None,
        business_date=business_day(at.timestamp_ms, _UTC),
        decodable=0,
    )
