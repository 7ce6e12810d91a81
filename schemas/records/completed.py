"""What upstream telephony, chat and self-service platforms publish when an interaction ends.

All ``*_at`` fields are epoch milliseconds in UTC, all ``*_ms`` fields are durations in milliseconds.
Field documentation, units and privacy classes stand in ``schemas/avro/InteractionCompleted.avsc``.
"""

from __future__ import annotations

from msgspec import Struct

from schemas.records.terms import (
    Channel,
    Consent,
    Direction,
    Disposition,
    InputMode,
    LinkKind,
    MessageKind,
    OutcomeSource,
    Resolved,
    Role,
    SelfServiceOutcome,
    StepResult,
    TextForm,
    TransferKind,
    WorkLocation,
)


class AgentLeg(Struct, frozen=True, kw_only=True):
    """One agent's part in the interaction; several after a transfer."""

    agent_id: str
    team_id: str | None = None
    site_id: str | None = None
    work_location: WorkLocation = WorkLocation.UNKNOWN
    vendor_id: str | None = None
    queue_id: str | None = None
    alerted_at: int | None = None
    joined_at: int | None = None
    left_at: int | None = None
    talk_ms: int | None = None
    hold_ms: int | None = None
    hold_count: int | None = None
    longest_hold_ms: int | None = None
    acw_ms: int | None = None
    first_reply_ms: int | None = None
    transfer_kind: TransferKind = TransferKind.UNKNOWN
    wrapup_code: str | None = None


class Recording(Struct, frozen=True, kw_only=True):
    """One recorded file; a call may have several (per leg or per party)."""

    uri: str
    container: str | None = None
    codec: str | None = None
    sample_rate_hz: int | None = None
    channel_roles: tuple[Role, ...] = ()
    started_at: int | None = None
    duration_ms: int | None = None
    sha256: str | None = None
    expires_at: int | None = None


class Segment(Struct, frozen=True, kw_only=True):
    """One utterance of a transcript made upstream, times from the start of the recording."""

    start_ms: int
    end_ms: int
    role: Role
    channel: int | None = None
    text: str
    confidence: float | None = None


class VendorTranscript(Struct, frozen=True, kw_only=True):
    """Transcript already made upstream; the interaction then takes the text lane."""

    provider: str
    engine_version: str | None = None
    language: str | None = None
    text_form: TextForm = TextForm.UNKNOWN
    produced_at: int | None = None
    segments: tuple[Segment, ...] = ()


class Message(Struct, frozen=True, kw_only=True):
    """One chat message."""

    message_id: str
    sent_at: int
    role: Role
    sender_id: str | None = None
    kind: MessageKind = MessageKind.UNKNOWN
    text: str | None = None
    attachment_uri: str | None = None
    automatic: bool = False
    recalled: bool = False


class Step(Struct, frozen=True, kw_only=True):
    """One self-service step."""

    seq: int
    node_id: str
    node_name: str | None = None
    entered_at: int | None = None
    left_at: int | None = None
    input_mode: InputMode = InputMode.UNKNOWN
    input_value: str | None = None
    intent: str | None = None
    intent_confidence: float | None = None
    attempts: int = 1
    result: StepResult = StepResult.UNKNOWN


class SelfService(Struct, frozen=True, kw_only=True):
    """Self-service part; also present on calls and chats that began in an IVR or a bot."""

    flow_id: str
    flow_version: str | None = None
    task: str | None = None
    outcome: SelfServiceOutcome = SelfServiceOutcome.UNKNOWN
    outcome_source: OutcomeSource = OutcomeSource.UNKNOWN
    transfer_reason: str | None = None
    steps: tuple[Step, ...] = ()


class Survey(Struct, frozen=True, kw_only=True):
    """Satisfaction answer; null answers mean asked but unanswered."""

    offered_at: int | None = None
    answered_at: int | None = None
    via: str | None = None
    score: float | None = None
    scale_min: float = 1.0
    scale_max: float = 5.0
    resolved: Resolved = Resolved.UNKNOWN
    comment: str | None = None


class Link(Struct, frozen=True, kw_only=True):
    """Relation to another interaction."""

    interaction_id: str
    kind: LinkKind = LinkKind.UNKNOWN


class InteractionFacts(Struct, frozen=True, kw_only=True):
    """What is known of an interaction apart from its words: shared by completed and header."""

    interaction_id: str
    record_version: int
    tenant_id: str
    source_system: str
    source_ids: dict[str, str] = {}
    channel: Channel = Channel.UNKNOWN
    entry_point: str | None = None
    direction: Direction = Direction.UNKNOWN
    started_at: int
    answered_at: int | None = None
    ended_at: int
    site_timezone: str = "Asia/Shanghai"
    language: str | None = None
    disposition: Disposition = Disposition.UNKNOWN
    disconnect_party: Role = Role.UNKNOWN
    disconnect_reason_raw: str | None = None
    hangup_cause_q850: int | None = None
    queue_id: str | None = None
    queue_name: str | None = None
    enqueued_at: int | None = None
    dequeued_at: int | None = None
    queue_wait_ms: int | None = None
    service_level_threshold_ms: int | None = None
    transfer_count: int = 0
    agents: tuple[AgentLeg, ...] = ()
    customer_key: str | None = None
    customer_address_key: str | None = None
    customer_region: str | None = None
    customer_segment: str | None = None
    business_line: str | None = None
    contact_reason: str | None = None
    case_id: str | None = None
    campaign_id: str | None = None
    self_service: SelfService | None = None
    survey: Survey | None = None
    links: tuple[Link, ...] = ()
    journey_id: str | None = None
    recording_consent: Consent = Consent.UNKNOWN
    content_masked: bool = False
    retain_until: int | None = None
    attributes: dict[str, str] = {}


class InteractionCompleted(InteractionFacts, frozen=True, kw_only=True):
    """One finished customer interaction on any channel, with its raw content."""

    recordings: tuple[Recording, ...] = ()
    transcript: VendorTranscript | None = None
    messages: tuple[Message, ...] = ()
    content_uri: str | None = None


class InteractionHeader(InteractionFacts, frozen=True, kw_only=True):
    """Everything of the completed event except its words, plus where that event lies.

    ``self_service.steps[].input_value`` is always null here and ``survey.comment`` is redacted.
    """

    source_topic: str
    source_partition: int
    source_offset: int
    source_timestamp: int
