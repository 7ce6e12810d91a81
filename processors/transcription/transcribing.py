"""A call's recordings in, its transcript or the reason why there is none out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from processors.language.readings import Reader
from processors.transcript import DraftTurn, DraftWord, TranscriptDraft, assemble, with_readings
from processors.transcription import listening
from processors.transcription.channels import Audio
from processors.transcription.engine import Engine, EngineInfo, SpeechDetector
from processors.transcription.exclusions import excluded_heard, excluded_unheard, foreign_language
from processors.transcription.hearing import HearingOptions, hearing_key, language_code
from processors.transcription.listening import CallAudio, Listened, zero_at
from processors.transcription.measures import Surroundings, measure, turn_speed
from processors.transcription.swapped import is_swapped
from processors.transcription.turns import SpokenTurn
from schemas.records.completed import InteractionCompleted, InteractionHeader
from schemas.records.terms import Doubt, ExclusionReason, Role, SystemSound
from schemas.records.transcribed import Hearing, InteractionTranscribed, SpeechInterval


class Hearer(Struct, frozen=True, kw_only=True):
    """An engine and the detector that tells it where to listen, both loaded.

    ``readers`` by language (zh) find what words that make no sense may have been.
    """

    engine: Engine
    detector: SpeechDetector
    readers: Mapping[str, Reader] = {}


class HeardBy(Struct, frozen=True, kw_only=True):
    """Who heard, and what they were told to expect."""

    info: EngineInfo
    options: HearingOptions
    readers: Mapping[str, Reader] = {}


def transcribe(
    completed: InteractionCompleted,
    header: InteractionHeader,
    audio: Sequence[Audio],
    hearer: Hearer,
    options: HearingOptions,
) -> InteractionTranscribed:
    """Hear a call. ``audio`` is its recordings in the event's order.

    Excluded is what ``excluded_unheard`` and ``excluded_heard`` say, and LANGUAGE_UNSUPPORTED where another
    language is spoken than the event states.
    """
    call = CallAudio(completed=completed, audio=audio, options=options)
    return transcribe_together([(header, call)], hearer)[0]


def transcribe_together(
    calls: Sequence[tuple[InteractionHeader, CallAudio]], hearer: Hearer
) -> list[InteractionTranscribed]:
    """``transcribe`` for each call; an engine that can hears all of them in one pass."""
    info = hearer.engine.info
    exclusions = [excluded_unheard(call.completed, info.languages) for _, call in calls]
    unheard = [call for (_, call), why in zip(calls, exclusions, strict=True) if why is None]
    listened = iter(listening.listen_together(unheard, hearer.engine, hearer.detector))
    transcribed = []
    for (header, call), exclusion in zip(calls, exclusions, strict=True):
        if exclusion is not None:
            transcribed.append(InteractionTranscribed(header=header, exclusion=exclusion))
            continue
        by = HeardBy(info=info, options=call.options, readers=hearer.readers)
        transcribed.append(conclude(call.completed, header, call.audio, next(listened), by))
    return transcribed


def conclude(
    completed: InteractionCompleted,
    header: InteractionHeader,
    audio: Sequence[Audio],
    listened: Listened,
    by: HeardBy,
) -> InteractionTranscribed:
    """The record that leaves the stage: redacted, with measures, or excluded (see ``transcribe``)."""
    recordings = tuple(
        replace(recording, sha256=one.sha256, duration_ms=one.duration_ms)
        for recording, one in zip(completed.recordings, audio, strict=True)
    )
    exclusion = _excluded(completed, listened)
    if exclusion is not None:
        return InteractionTranscribed(header=header, exclusion=exclusion, recordings=recordings)
    hearing = _hearing(by.info, by.options, listened.notes)
    key = hearing_key(recordings, completed.language, by.info, by.options)
    draft = _draft(completed, listened, hearing, key)
    transcript = assemble(draft, by.options.redaction)
    reader = by.readers.get(language_code(listened.language) or "")
    if reader is not None:
        transcript = with_readings(transcript, reader)
    return InteractionTranscribed(header=header, transcript=transcript, recordings=recordings)


def listen(
    completed: InteractionCompleted, audio: Sequence[Audio], hearer: Hearer, options: HearingOptions
) -> Listened:
    """What is heard of a call before anything is redacted (see ``listening``)."""
    return listening.listen(completed, audio, hearer.engine, hearer.detector, options)


def _hearing(info: EngineInfo, options: HearingOptions, notes: tuple[str, ...]) -> Hearing:
    return Hearing(
        engine=info.name,
        engine_version=info.version,
        model=info.model,
        model_sha256=info.model_sha256,
        options=info.options,
        lexicon_hash=options.lexicon_hash,
        redaction_version=options.redaction.version,
        notes=notes,
    )


def _excluded(completed: InteractionCompleted, listened: Listened) -> ExclusionReason | None:
    if foreign_language(completed.language, listened.spoken) is not None:
        return ExclusionReason.LANGUAGE_UNSUPPORTED
    return excluded_heard(listened.parties, listened.turns)


def _draft(
    completed: InteractionCompleted, listened: Listened, hearing: Hearing, key: str
) -> TranscriptDraft:
    doubts = (Doubt.SWAPPED_CHANNELS,) if is_swapped(listened.turns) else ()
    around = Surroundings(
        system=listened.system,
        levels=listened.levels,
        stated_hold_ms=_stated_hold_ms(completed),
        attributable=not doubts,
    )
    measured = measure(listened.parties, listened.turns, listened.language, around)
    return TranscriptDraft(
        hearing_key=key,
        hearing=hearing,
        language=listened.language,
        zero_at=zero_at(completed),
        turns=tuple(_draft_turn(turn) for turn in listened.turns),
        measures=measured.measures,
        agents=completed.agents,
        intervals=_intervals(listened),
        interruptions=measured.interruptions,
        silences=measured.silences,
        system=listened.system,
        raised=measured.raised,
        loudness=tuple(level.stored() for level in listened.levels),
        doubts=doubts,
    )


def _intervals(listened: Listened) -> tuple[SpeechInterval, ...]:
    """Speech of every party; what a machine plays is the system's."""
    spoken = [(p.party, span.start_ms, span.end_ms) for p in listened.parties for span in p.speech]
    played = [
        (Role.SYSTEM, one.start_ms, one.end_ms)
        for one in listened.system
        if one.sound is not SystemSound.PROMPT
    ]
    return tuple(
        SpeechInterval(party=party, start_ms=start, end_ms=end) for party, start, end in (*spoken, *played)
    )


def _stated_hold_ms(completed: InteractionCompleted) -> int | None:
    """Hold of all agent legs, None where any of them leaves it open."""
    holds = [leg.hold_ms for leg in completed.agents if leg.hold_ms is not None]
    return sum(holds) if holds and len(holds) == len(completed.agents) else None


def _draft_turn(turn: SpokenTurn) -> DraftTurn:
    return DraftTurn(
        party=turn.party,
        channel=turn.channel,
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
        text=turn.text,
        confidence=round(turn.confidence, 4),
        units_per_minute=turn_speed(turn),
        words=tuple(
            DraftWord(
                start=word.start,
                end=word.end,
                start_ms=word.start_ms,
                end_ms=word.end_ms,
                probability=word.probability,
            )
            for word in turn.words
        ),
    )
