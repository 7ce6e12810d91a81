"""The index row of a dead letter: why and where, never what."""

from __future__ import annotations

from schemas.dead_letters import DeadLetterHeaders
from sinks.rows.instants import storable
from sinks.rows.intake import Coordinates
from sinks.tables import DEAD_LETTER, Rows


def dead_letter_rows(headers: DeadLetterHeaders, at: Coordinates) -> Rows:
    """``at`` is where the dead letter itself lies; of one event at one stage the latest counts."""
    row = DEAD_LETTER.row(
        headers,
        stage=headers.stage.value,
        reason=headers.reason.value,
        source_topic=headers.src_topic,
        source_partition=headers.src_partition,
        source_offset=headers.src_offset,
        source_timestamp=storable(headers.src_timestamp) or 0,
        consumer_group=headers.group,
        pointer=int(headers.pointer),
        first_failed_at=storable(headers.first_failed_at) or 0,
        failed_at=storable(at.timestamp_ms) or 0,
        dead_letter_topic=at.topic,
        dead_letter_partition=at.partition,
        dead_letter_offset=at.offset,
    )
    return {DEAD_LETTER.name: [row]}
