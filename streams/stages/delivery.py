"""Delivery: every outcome becomes rows in ClickHouse, and is acknowledged once they are durable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from processors.redaction import redact_text
from schemas.codec import Codec, SchemaViolation
from schemas.dead_letters import DeadLetterHeaders
from schemas.identity import is_legal_id
from schemas.records.completed import InteractionCompleted
from schemas.records.feedback import ReviewRecorded, SurveyAnswered
from schemas.records.scored import AlertRaised, InteractionScored
from schemas.records.terms import DeadLetterReason, Stage
from schemas.records.transcribed import InteractionTranscribed
from schemas.topics import (
    ALERT_RAISED,
    COMPLETED,
    REVIEW_RECORDED,
    SCORED,
    SURVEY_ANSWERED,
    TRANSCRIBED,
    dead_letter_topic,
)
from sinks.batcher import Batcher
from sinks.rows.alerts import alert_rows
from sinks.rows.dead_letters import dead_letter_rows
from sinks.rows.feedback import review_rows, survey_rows
from sinks.rows.intake import Coordinates, intake_rows
from sinks.rows.interaction import interaction_rows
from sinks.rows.results import result_rows
from sinks.sink import SinkRejected
from sinks.tables import Rows
from streams.stages.dead_letter import redriven_from
from streams.stages.outcome import Incoming, Output, Unprocessable, Work
from streams.stages.source import present

log = structlog.get_logger()

LIVE_INPUTS: tuple[str, ...] = (
    COMPLETED,
    TRANSCRIBED,
    SCORED,
    ALERT_RAISED,
    SURVEY_ANSWERED,
    REVIEW_RECORDED,
    *(dead_letter_topic(stage) for stage in Stage),
)

Mapped = tuple[Rows, str, int]
"""Rows of one record, and the interaction and version they concern ('' and 0 where unknown)."""


class DeliverySteps:
    """Records of every topic in, rows in the store out. Topics of a replay lane are mapped like live ones."""

    stage = Stage.DELIVERY

    def __init__(
        self, codec: Codec, batcher: Callable[[], Batcher], inputs: Sequence[str] = LIVE_INPUTS
    ) -> None:
        self._codec = codec
        self._new_batcher = batcher
        self._batcher: Batcher | None = None
        self.inputs: tuple[str, ...] = tuple(inputs)
        mappers: Mapping[str, Callable[[Incoming], Mapped]] = {
            COMPLETED: self._intake,
            TRANSCRIBED: self._transcribed,
            SCORED: self._scored,
            ALERT_RAISED: self._alert,
            SURVEY_ANSWERED: self._survey,
            REVIEW_RECORDED: self._review,
            **{dead_letter_topic(stage): self._dead_letter for stage in Stage},
        }
        self._mappers = {topic: mappers[topic.partition(".lane-")[0]] for topic in self.inputs}

    async def open(self) -> None:
        """Start the batcher."""
        self._batcher = await self._new_batcher().__aenter__()

    async def close(self) -> None:
        """Stop the batcher; what is not durable stays unacknowledged."""
        if self._batcher is not None:
            await self._batcher.__aexit__(None, None, None)

    def admit(self, record: Incoming) -> Work | None:
        """Decode and map to rows. Raises SchemaViolation for a record that cannot be mapped."""
        rows, interaction_id, version = self._mappers[record.topic](record)
        return Work(rows, interaction_id, version)

    async def work(self, record: Incoming, work: Work) -> Sequence[Output]:
        """Returns once the rows are durable; a row that the store refuses becomes a dead letter."""
        assert self._batcher is not None
        rows: Any = work.content
        try:
            await self._batcher.add(rows)
        except SinkRejected as refusal:
            raise Unprocessable(DeadLetterReason.SINK_REJECTED, str(refusal)) from None
        return ()

    def _intake(self, record: Incoming) -> Mapped:
        """The ledger's row; an event that the text lane dead-letters is a unit all the same."""
        at, origin = _coordinates(record), _origin(record)
        try:
            event = self._codec.decode(present(record), InteractionCompleted)
        except SchemaViolation:
            return intake_rows(at, None, origin), "", 0
        known = event if is_legal_id(event.interaction_id) else None
        return intake_rows(at, known, origin), event.interaction_id, event.record_version

    def _transcribed(self, record: Incoming) -> Mapped:
        transcribed = self._codec.decode(present(record), InteractionTranscribed)
        header = transcribed.header
        return (
            interaction_rows(transcribed, record.timestamp_ms),
            header.interaction_id,
            header.record_version,
        )

    def _scored(self, record: Incoming) -> Mapped:
        scored = self._codec.decode(present(record), InteractionScored)
        rows = result_rows(scored, record.timestamp_ms)
        return rows, scored.header.interaction_id, scored.header.record_version

    def _alert(self, record: Incoming) -> Mapped:
        alert = self._codec.decode(present(record), AlertRaised)
        return alert_rows(alert, record.timestamp_ms), alert.interaction_id, alert.record_version

    def _survey(self, record: Incoming) -> Mapped:
        answer = self._codec.decode(present(record), SurveyAnswered)
        return survey_rows(answer, _redacted(answer.comment)), answer.interaction_id, 0

    def _review(self, record: Incoming) -> Mapped:
        review = self._codec.decode(present(record), ReviewRecorded)
        return review_rows(review, _redacted(review.comment)), review.interaction_id, 0

    def _dead_letter(self, record: Incoming) -> Mapped:
        headers = DeadLetterHeaders.from_kafka(record.headers)
        return dead_letter_rows(headers, _coordinates(record)), headers.interaction_id or "", 0


def _redacted(comment: str | None) -> str | None:
    return redact_text(comment) if comment else None


def _coordinates(record: Incoming) -> Coordinates:
    return Coordinates(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp_ms=record.timestamp_ms,
    )


def _origin(record: Incoming) -> Coordinates | None:
    """Where an event lay that was sent again from the dead letters."""
    letter = redriven_from(record)
    if letter is None:
        return None
    return Coordinates(
        topic=letter.src_topic,
        partition=letter.src_partition,
        offset=letter.src_offset,
        timestamp_ms=letter.src_timestamp,
    )
