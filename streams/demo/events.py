"""Builds the demo's events for a given day: records for the codec, and raw bytes that no codec wrote."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from schemas.records.completed import (
    AgentLeg,
    InteractionCompleted,
    Link,
    Message,
    Recording,
    SelfService,
    Step,
    Survey,
)
from schemas.records.feedback import SurveyAnswered
from schemas.records.terms import (
    Channel,
    Consent,
    Direction,
    Disposition,
    MessageKind,
    Role,
    SelfServiceOutcome,
    TransferKind,
)
from streams.demo.day import DemoDay
from streams.demo.files import (
    CallEntry,
    ChatEntry,
    ChatLeg,
    Contact,
    DemoFiles,
    Directory,
    Flow,
    MessageEntry,
    RecordingEntry,
    SessionEntry,
    StepEntry,
    SurveyEntry,
)

SENDERS = {"customer": Role.CUSTOMER, "bot": Role.BOT, "system": Role.SYSTEM}


class RawRecord(Struct, frozen=True):
    """Bytes to publish as they are; ``key`` is the record's key in UTF-8."""

    key: str
    value: bytes


class DemoEvents(Struct, frozen=True):
    """What upstream publishes in one day. ``completed`` is ordered by the end of the interaction."""

    completed: tuple[InteractionCompleted, ...]
    raw: tuple[RawRecord, ...]
    surveys: tuple[SurveyAnswered, ...]


def build_demo_events(files: DemoFiles, day: date, audio_uri: str) -> DemoEvents:
    """Every event of the demo on ``day``; recordings lie under ``audio_uri`` (``file:///.../audio``)."""
    builder = _Builder(files.directory, DemoDay(day, files.directory.timezone), audio_uri.rstrip("/"))
    completed = [
        *map(builder.call, files.calls),
        *map(builder.chat, files.chats),
        *map(builder.session, files.sessions),
        *(builder.call(entry.call) for entry in files.broken if entry.call),
        *(builder.chat(entry.chat) for entry in files.broken if entry.chat),
    ]
    raw = [RawRecord(entry.id, entry.text.encode()) for entry in files.broken if entry.text]
    raw += [RawRecord(entry.id, bytes.fromhex(entry.hex)) for entry in files.broken if entry.hex]
    return DemoEvents(
        completed=tuple(sorted(completed, key=lambda event: (event.ended_at, event.interaction_id))),
        raw=tuple(raw),
        surveys=tuple(map(builder.survey_answered, files.surveys)),
    )


class _Builder:
    def __init__(self, directory: Directory, day: DemoDay, audio_uri: str) -> None:
        self._directory, self._day, self._audio_uri = directory, day, audio_uri

    def call(self, entry: CallEntry) -> InteractionCompleted:
        started = self._day.at(entry.started)
        enqueued = started + entry.ivr_s * 1000
        answered = enqueued + entry.wait_s * 1000
        ended = answered + entry.recording.duration_ms
        queued = (
            {} if entry.direction is Direction.OUTBOUND else self._queued(entry.queue, enqueued, answered)
        )
        leg = self._leg(
            entry.agent,
            entry.queue,
            alerted_at=answered - min(4_000, entry.wait_s * 1000),
            joined_at=answered,
            left_at=ended,
            talk_ms=entry.recording.duration_ms,
            hold_ms=0,
            hold_count=0,
            wrapup_code=entry.wrapup,
        )
        return self._completed(
            entry,
            source_system="telephone",
            channel=Channel.VOICE,
            entry_point="phone",
            direction=entry.direction,
            answered_at=answered,
            ended_at=ended,
            disposition=Disposition.HANDLED,
            disconnect_party=entry.hangup,
            campaign_id=entry.campaign,
            agents=(leg,),
            recordings=(self._recording(entry.recording, answered),),
            recording_consent=Consent.ANNOUNCED,
            self_service=self._flow(entry.self_service) if entry.self_service else None,
            **queued,
        )

    def chat(self, entry: ChatEntry) -> InteractionCompleted:
        started, ended = self._day.at(entry.started), self._day.at(entry.ended)
        legs = tuple(self._chat_leg(leg, entry) for leg in entry.agents)
        answered = self._clock(entry.answered) or (legs[0].joined_at if legs else None)
        return self._completed(
            entry,
            source_system="online-chat",
            channel=entry.channel,
            entry_point=entry.entry_point,
            direction=entry.direction,
            language=entry.language,
            answered_at=answered,
            ended_at=ended,
            disposition=entry.disposition,
            disconnect_party=Role.CUSTOMER,
            transfer_count=max(0, len(legs) - 1),
            agents=legs,
            messages=self._messages(entry.id, entry.messages),
            self_service=self._flow(entry.self_service) if entry.self_service else None,
            **self._queued(entry.queue, started, answered or ended),
        )

    def session(self, entry: SessionEntry) -> InteractionCompleted:
        served = entry.outcome in (SelfServiceOutcome.RESOLVED, SelfServiceOutcome.CALLBACK)
        return self._completed(
            entry,
            source_system="self-service",
            channel=Channel.SELF_SERVICE,
            entry_point=entry.entry_point,
            direction=Direction.INBOUND,
            ended_at=self._day.at(entry.ended),
            disposition=Disposition.SELF_SERVED if served else Disposition.ABANDONED_SELF_SERVICE,
            disconnect_party=Role.CUSTOMER,
            messages=self._messages(entry.id, entry.messages),
            self_service=SelfService(
                flow_id=entry.flow,
                flow_version=entry.flow_version,
                task=entry.task,
                outcome=entry.outcome,
                outcome_source=entry.outcome_source,
                steps=self._steps(entry.steps),
            ),
        )

    def survey_answered(self, entry: SurveyEntry) -> SurveyAnswered:
        return SurveyAnswered(
            tenant_id=self._directory.tenant,
            interaction_id=entry.interaction,
            **msgspec.structs.asdict(self._survey(entry)),
        )

    def _completed(self, entry: Contact, **facts: Any) -> InteractionCompleted:
        shared: dict[str, Any] = {"language": "zh-CN"}
        return InteractionCompleted(
            interaction_id=entry.id,
            record_version=1,
            tenant_id=self._directory.tenant,
            site_timezone=self._directory.timezone,
            started_at=self._day.at(entry.started),
            customer_key=entry.customer,
            customer_region=entry.region,
            journey_id=entry.journey,
            links=tuple(Link(interaction_id=link.id, kind=link.kind) for link in entry.links),
            survey=self._survey(entry.survey) if entry.survey else None,
            **(shared | facts),
        )

    def _recording(self, entry: RecordingEntry, started_at: int) -> Recording:
        return Recording(
            uri=f"{self._audio_uri}/{entry.file}",
            container="opus",
            codec="opus",
            sample_rate_hz=8_000,
            channel_roles=(Role.AGENT, Role.CUSTOMER),
            started_at=started_at,
            duration_ms=entry.duration_ms,
            sha256=entry.sha256,
        )

    def _queued(self, queue_id: str, enqueued: int, dequeued: int) -> dict[str, Any]:
        queue = self._directory.queues[queue_id]
        return {
            "queue_id": queue_id,
            "queue_name": queue.name,
            "business_line": queue.business_line,
            "enqueued_at": enqueued,
            "dequeued_at": dequeued,
            "queue_wait_ms": dequeued - enqueued,
            "service_level_threshold_ms": 20_000,
        }

    def _leg(self, agent_id: str, queue_id: str, **times: Any) -> AgentLeg:
        post = self._directory.agents[agent_id]
        return AgentLeg(
            agent_id=agent_id,
            team_id=post.team,
            site_id=post.site,
            work_location=post.work_location,
            vendor_id=post.vendor,
            queue_id=queue_id,
            **({"transfer_kind": TransferKind.NONE} | times),
        )

    def _chat_leg(self, leg: ChatLeg, entry: ChatEntry) -> AgentLeg:
        own = [m for m in entry.messages if m.sender == leg.id and not m.flags.get("automatic")]
        first = self._day.at(own[0].at) if own else None
        joined = self._day.at(leg.joined)
        return self._leg(
            leg.id,
            leg.queue or entry.queue,
            alerted_at=joined,
            joined_at=joined,
            left_at=self._day.at(leg.left),
            first_reply_ms=max(0, first - joined) if first is not None else None,
            transfer_kind=leg.transfer,
        )

    def _messages(self, interaction_id: str, entries: tuple[MessageEntry, ...]) -> tuple[Message, ...]:
        return tuple(
            Message(
                message_id=f"{interaction_id}-m{number:02d}",
                sent_at=self._day.at(entry.at),
                role=SENDERS.get(entry.sender, Role.AGENT),
                sender_id=None if entry.sender == "customer" else entry.sender,
                kind=MessageKind.TEXT,
                text=entry.text,
                automatic=entry.flags.get("automatic", False),
                recalled=entry.flags.get("recalled", False),
            )
            for number, entry in enumerate(entries, start=1)
        )

    def _flow(self, flow: Flow) -> SelfService:
        return SelfService(
            flow_id=flow.flow,
            flow_version=flow.flow_version,
            task=flow.task,
            outcome=flow.outcome,
            outcome_source=flow.outcome_source,
            transfer_reason=flow.transfer_reason,
            steps=self._steps(flow.steps),
        )

    def _steps(self, entries: tuple[StepEntry, ...]) -> tuple[Step, ...]:
        return tuple(
            Step(
                seq=seq,
                node_id=entry.node,
                node_name=entry.name,
                entered_at=self._day.at(entry.entered),
                left_at=self._day.at(entry.left),
                input_mode=entry.mode,
                input_value=entry.value,
                intent=entry.intent,
                intent_confidence=entry.confidence,
                attempts=entry.attempts,
                result=entry.result,
            )
            for seq, entry in enumerate(entries, start=1)
        )

    def _survey(self, entry: SurveyEntry) -> Survey:
        return Survey(
            offered_at=self._clock(entry.offered or entry.answered),
            answered_at=self._clock(entry.answered),
            via=entry.via,
            score=entry.score,
            resolved=entry.resolved,
            comment=entry.comment,
        )

    def _clock(self, clock: str | None) -> int | None:
        return None if clock is None else self._day.at(clock)
