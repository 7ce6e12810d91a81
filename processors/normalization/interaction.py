"""One interaction of the text lane, whatever parts it has: messages, steps, segments."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from processors.normalization.languages import is_judged, language_of
from processors.normalization.messages import chat_times, message_turns
from processors.normalization.segments import (
    segment_turns,
    silences,
    speech_intervals,
    speech_measures,
)
from processors.normalization.self_service import step_turns
from processors.redaction import RedactionPolicy
from processors.transcript import DEFINITION_VERSION, DraftTurn, TranscriptDraft, assemble
from schemas.identity import content_hash, stable_id
from schemas.lanes import Lane, lane_of
from schemas.records.completed import InteractionCompleted, InteractionHeader, Message, Segment, Step
from schemas.records.terms import (
    NEVER_SERVED,
    Channel,
    Consent,
    Disposition,
    ExclusionReason,
    Role,
    StepResult,
    TurnKind,
)
from schemas.records.transcribed import Hearing, InteractionTranscribed, Measures

_DEFAULT = RedactionPolicy()


class _Parts(Struct, frozen=True, kw_only=True):
    """Content that may be read, and the time line it lies on."""

    segments: tuple[Segment, ...]
    messages: tuple[Message, ...]
    steps: tuple[Step, ...]
    zero_at: int
    language: str

    def turns(self) -> tuple[DraftTurn, ...]:
        return (
            *step_turns(self.steps, self.zero_at),
            *message_turns(self.messages, self.zero_at),
            *segment_turns(self.segments, self.language),
        )


def normalise_interaction(
    completed: InteractionCompleted, header: InteractionHeader, policy: RedactionPolicy = _DEFAULT
) -> InteractionTranscribed:
    """The redacted transcript of a text interaction, or the reason why there is nothing to judge.

    CONSENT_DENIED: the customer refused recording, and the words are those of a call. NO_SERVICE: the
    customer left or was turned away before an agent, a bot or a menu did anything. NO_CONTENT:
    an interaction that has no words for another reason. VOICEMAIL: a call that ended in a voice mailbox.
    LANGUAGE_UNSUPPORTED: no rules for its language.
    What is masked, ``policy`` says. The same event gives the same record. Raises ``ValueError`` for an
    event of the voice lane.
    """
    if lane_of(completed) is not Lane.TEXT:
        raise ValueError("an interaction of the voice lane has no words to normalise")
    recordings = () if completed.recording_consent is Consent.DENIED else completed.recordings
    parts = _parts_of(completed)
    turns = parts.turns()
    exclusion = _exclusion(completed, parts, turns)
    if exclusion is not None:
        return InteractionTranscribed(header=header, exclusion=exclusion, recordings=recordings)
    hearing = _hearing(completed, parts, policy)
    content = content_hash([parts.segments, parts.messages, parts.steps, parts.zero_at])
    draft = TranscriptDraft(
        hearing_key=stable_id("hearing", content_hash(hearing), parts.language, content),
        hearing=hearing,
        language=parts.language,
        zero_at=parts.zero_at,
        turns=turns,
        measures=_measures(completed, parts, turns),
        agents=completed.agents,
        intervals=speech_intervals(parts.segments),
        silences=silences(parts.segments),
    )
    return InteractionTranscribed(header=header, transcript=assemble(draft, policy), recordings=recordings)


def _parts_of(completed: InteractionCompleted) -> _Parts:
    refused = completed.recording_consent is Consent.DENIED
    transcript = completed.transcript
    segments = () if transcript is None or refused else transcript.segments
    steps = completed.self_service.steps if completed.self_service else ()
    first_recording = next(iter(completed.recordings), None)
    recorded_at = first_recording.started_at if first_recording else None
    texts = [*(segment.text for segment in segments), *(message.text or "" for message in completed.messages)]
    return _Parts(
        segments=segments,
        messages=completed.messages,
        steps=steps,
        zero_at=completed.started_at if recorded_at is None else recorded_at,
        language=language_of(completed, texts),
    )


def _exclusion(
    completed: InteractionCompleted, parts: _Parts, turns: tuple[DraftTurn, ...]
) -> ExclusionReason | None:
    words_of_call = completed.transcript is not None or completed.content_uri is not None
    refused = completed.recording_consent is Consent.DENIED and words_of_call
    if refused and (completed.channel is Channel.VOICE or not turns):
        return ExclusionReason.CONSENT_DENIED
    if completed.disposition in NEVER_SERVED and not _anybody_served(completed, parts):
        return ExclusionReason.NO_SERVICE
    if not _has_words(completed, turns):
        served = completed.disposition not in NEVER_SERVED
        return ExclusionReason.NO_CONTENT if served else ExclusionReason.NO_SERVICE
    if completed.channel is Channel.VOICE and completed.disposition is Disposition.VOICEMAIL:
        return ExclusionReason.VOICEMAIL
    return None if is_judged(parts.language) else ExclusionReason.LANGUAGE_UNSUPPORTED


def _anybody_served(completed: InteractionCompleted, parts: _Parts) -> bool:
    """Whether an agent, a bot or a menu did anything: a greeting to somebody who hangs up is no service."""
    if completed.agents:
        return True
    serving = (Role.AGENT, Role.BOT)
    answered = any(message.role in serving and not message.automatic for message in parts.messages)
    spoken = any(segment.role in serving for segment in parts.segments)
    return answered or spoken or any(step.result is not StepResult.HANGUP for step in parts.steps)


def _has_words(completed: InteractionCompleted, turns: tuple[DraftTurn, ...]) -> bool:
    """Whether there is something to judge: menus alone are, as long as no agent took part."""
    if completed.channel is Channel.SELF_SERVICE or not completed.agents:
        return bool(turns)
    return any(turn.kind not in (TurnKind.MENU, TurnKind.INPUT) for turn in turns)


def _hearing(completed: InteractionCompleted, parts: _Parts, policy: RedactionPolicy) -> Hearing:
    engine, version = "self_service", ""
    if parts.segments and completed.transcript is not None:
        engine = f"vendor:{completed.transcript.provider}"
        version = completed.transcript.engine_version or ""
    elif parts.messages:
        engine = "chat"
    elif completed.self_service is not None:
        version = completed.self_service.flow_version or ""
    return Hearing(engine=engine, engine_version=version, redaction_version=policy.version)


def _measures(completed: InteractionCompleted, parts: _Parts, turns: tuple[DraftTurn, ...]) -> Measures:
    measures = Measures(definition_version=DEFINITION_VERSION)
    if parts.segments:
        measures = speech_measures(parts.segments, parts.language)
    elif parts.messages:
        said = [turn.start_ms for turn in turns if turn.kind is TurnKind.MESSAGE and _by_people(turn)]
        measures = replace(measures, conversation_ms=max(said) - min(said) if said else None)
    joined_at = completed.answered_at or completed.dequeued_at
    times = chat_times(parts.messages, completed.agents, joined_at)
    return replace(
        measures,
        greeting_ms=times.greeting_ms,
        first_reply_ms=times.first_reply_ms,
        average_reply_ms=times.average_reply_ms,
        longest_reply_ms=times.longest_reply_ms,
        agent_turn_count=sum(turn.party is Role.AGENT for turn in turns if _by_people(turn)),
        customer_turn_count=sum(turn.party is Role.CUSTOMER for turn in turns if _by_people(turn)),
    )


def _by_people(turn: DraftTurn) -> bool:
    """Whether a person said or wrote it: no template, menu or keyed number."""
    spoken = turn.kind in (TurnKind.SPEECH, TurnKind.MESSAGE)
    return spoken and not turn.automatic and turn.party in (Role.AGENT, Role.CUSTOMER)
