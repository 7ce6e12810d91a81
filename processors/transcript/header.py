"""The interaction without its words, which every record after ``completed`` carries."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from processors.redaction import redact_text
from schemas.records.completed import InteractionCompleted, InteractionFacts, InteractionHeader, SelfService


class SourceCoordinates(Struct, frozen=True, kw_only=True):
    """Where the completed event lies; ``timestamp_ms`` is its Kafka timestamp, epoch ms."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int


def header_of(completed: InteractionCompleted, source: SourceCoordinates) -> InteractionHeader:
    """Header of an event: without recordings, messages and transcript, the survey's comment redacted.

    What the customer entered in self-service is dropped: it lives on, redacted, in the transcript.
    """
    facts = {name: getattr(completed, name) for name in InteractionFacts.__struct_fields__}
    facts["self_service"] = _without_inputs(completed.self_service)
    survey = completed.survey
    if survey is not None and survey.comment is not None:
        facts["survey"] = replace(survey, comment=redact_text(survey.comment))
    return InteractionHeader(
        **facts,
        source_topic=source.topic,
        source_partition=source.partition,
        source_offset=source.offset,
        source_timestamp=source.timestamp_ms,
    )


def _without_inputs(self_service: SelfService | None) -> SelfService | None:
    if self_service is None:
        return None
    return replace(self_service, steps=tuple(replace(step, input_value=None) for step in self_service.steps))
