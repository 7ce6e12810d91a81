"""A transcribed record: header facts, agent legs, self-service steps, links, recordings, transcript."""

from __future__ import annotations

from schemas.records.completed import InteractionHeader
from schemas.records.transcribed import InteractionTranscribed
from sinks.rows.feedback import embedded_survey_rows
from sinks.rows.instants import business_day, day_number, storable
from sinks.rows.transcript import transcript_rows
from sinks.tables import (
    AGENT_LEG,
    INTERACTION,
    INTERACTION_LINK,
    RECORDING,
    SELF_SERVICE_STEP,
    Row,
    Rows,
    merge,
)


def interaction_rows(record: InteractionTranscribed, heard_at: int) -> Rows:
    """Every row of a transcribed record, also of one that its lane excluded and that has no transcript.

    ``heard_at`` is the Kafka timestamp of the record, epoch milliseconds.
    """
    header = record.header
    parts: list[Rows] = [
        {
            AGENT_LEG.name: _legs(header),
            SELF_SERVICE_STEP.name: _steps(header),
            INTERACTION_LINK.name: _links(header),
            RECORDING.name: _recordings(record),
            INTERACTION.name: [_interaction(record)],
        },
        embedded_survey_rows(header, with_comment=True),
    ]
    if record.transcript is not None:
        parts.append(transcript_rows(header, record.transcript, heard_at))
    return merge(parts)


def _interaction(record: InteractionTranscribed) -> Row:
    header = record.header
    service = header.self_service
    return INTERACTION.row(
        header,
        business_date=business_day(header.ended_at, header.site_timezone),
        channel=header.channel.value,
        direction=header.direction.value,
        disposition=header.disposition.value,
        disconnect_party=header.disconnect_party.value,
        source_contact_reason=header.contact_reason,
        recording_consent=header.recording_consent.value,
        content_masked=int(header.content_masked),
        retain_until=day_number(header.retain_until),
        self_service_flow_id=service.flow_id if service else None,
        self_service_flow_version=service.flow_version if service else None,
        self_service_task=service.task if service else None,
        self_service_outcome=service.outcome.value if service else None,
        self_service_outcome_source=service.outcome_source.value if service else None,
        self_service_transfer_reason=service.transfer_reason if service else None,
        leg_count=len(header.agents),
        step_count=len(service.steps) if service else 0,
        link_count=len(header.links),
        recording_count=len(record.recordings),
        lane_exclusion=record.exclusion.value if record.exclusion else None,
        source_timestamp=storable(header.source_timestamp) or 0,
    )


def _legs(header: InteractionHeader) -> list[Row]:
    return [
        AGENT_LEG.row(
            leg,
            header,
            leg=n,
            work_location=leg.work_location.value,
            transfer_kind=leg.transfer_kind.value,
        )
        for n, leg in enumerate(header.agents)
    ]


def _steps(header: InteractionHeader) -> list[Row]:
    steps = header.self_service.steps if header.self_service else ()
    return [
        SELF_SERVICE_STEP.row(step, header, n=n, input_mode=step.input_mode.value, result=step.result.value)
        for n, step in enumerate(steps)
    ]


def _links(header: InteractionHeader) -> list[Row]:
    return [
        INTERACTION_LINK.row(
            header,
            n=n,
            linked_interaction_id=link.interaction_id,
            kind=link.kind.value,
        )
        for n, link in enumerate(header.links)
    ]


def _recordings(record: InteractionTranscribed) -> list[Row]:
    header = record.header
    return [
        RECORDING.row(
            recording,
            n=n,
            tenant_id=header.tenant_id,
            interaction_id=header.interaction_id,
            record_version=header.record_version,
            source_offset=header.source_offset,
            channel_roles=[role.value for role in recording.channel_roles],
        )
        for n, recording in enumerate(record.recordings)
    ]
