"""A call's recordings in, its transcript or the reason why there is none out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct
from msgspec.structs import replace

from processors.transcript import DraftTurn, DraftWord, TranscriptDraft, assemble
from processors.transcription.channels import Audio, PartyChannel, party_channels
from processors.transcription.engine import (
    ChannelSpeech,
    Engine,
    EngineInfo,
    HeardWord,
    Samples,
    Span,
    SpeechDetector,
)
from processors.transcription.hearing import HearingOptions, hearing_key, language_code
from processors.transcription.measures import measure, turn_speed
from processors.transcription.phantoms import is_phantom
from processors.transcription.turns import PartySpeech, SpokenTurn, build_turns
from schemas.records.completed import InteractionCompleted, InteractionHeader, Recording
from schemas.records.terms import NEVER_SERVED, Consent, ExclusionReason
from schemas.records.transcribed import Hearing, InteractionTranscribed, SpeechInterval

_NO_SPEECH_MS = 300
# Speech that long must have given some word.
_WORDLESS_SPEECH_MS = 2_000
# Mean probability of all words below which the recogniser guessed throughout (own choice: the demo call with
# the least reaches 0.6, a fan or a crowd taken for speech stays below 0.25).
_GUESSING = 0.3
# A recording that ends so much before its stated length was cut, or was still being written.
_SHORTFALL_MS = 5_000


class Hearer(Struct, frozen=True, kw_only=True):
    """An engine and the detector that tells it where to listen, both loaded."""

    engine: Engine
    detector: SpeechDetector


class HeardBy(Struct, frozen=True, kw_only=True):
    """Who heard, and what they were told to expect."""

    info: EngineInfo
    options: HearingOptions


class Listened(Struct, frozen=True, kw_only=True):
    """What was heard of a call, raw: it never leaves the process that heard it except for a measurement."""

    language: str
    parties: tuple[PartySpeech, ...]
    turns: tuple[SpokenTurn, ...] = ()
    notes: tuple[str, ...] = ()


def excluded_unheard(completed: InteractionCompleted, languages: Collection[str]) -> ExclusionReason | None:
    """Why a call need not even be fetched, or None.

    Nobody served it (NO_SERVICE), consent was denied, nothing was recorded (NO_CONTENT), or the language that
    the event states is none of the engine's ``languages``. A language is never guessed here.
    """
    if completed.disposition in NEVER_SERVED and not completed.agents:
        return ExclusionReason.NO_SERVICE
    if completed.recording_consent is Consent.DENIED:
        return ExclusionReason.CONSENT_DENIED
    if not completed.recordings:
        return ExclusionReason.NO_CONTENT
    language = language_code(completed.language)
    return ExclusionReason.LANGUAGE_UNSUPPORTED if language and language not in languages else None


def transcribe(
    completed: InteractionCompleted,
    header: InteractionHeader,
    audio: Sequence[Audio],
    hearer: Hearer,
    options: HearingOptions,
) -> InteractionTranscribed:
    """Hear a call. ``audio`` is its recordings in the event's order.

    Excluded are, besides ``excluded_unheard``: NO_CONTENT where nobody speaks, UNINTELLIGIBLE where somebody
    speaks for two seconds without a word, or the words' mean probability is below 0.3.
    """
    info = hearer.engine.info
    exclusion = excluded_unheard(completed, info.languages)
    if exclusion is not None:
        return InteractionTranscribed(header=header, exclusion=exclusion)
    listened = listen(completed, audio, hearer, options)
    return conclude(completed, header, audio, listened, HeardBy(info=info, options=options))


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
    exclusion = _excluded_heard(listened)
    if exclusion is not None:
        return InteractionTranscribed(header=header, exclusion=exclusion, recordings=recordings)
    hearing = _hearing(by.info, by.options, listened.notes)
    key = hearing_key(recordings, completed.language, by.info, by.options)
    draft = _draft(completed, listened, hearing, key)
    transcript = assemble(draft, by.options.redaction)
    return InteractionTranscribed(header=header, transcript=transcript, recordings=recordings)


def listen(
    completed: InteractionCompleted, audio: Sequence[Audio], hearer: Hearer, options: HearingOptions
) -> Listened:
    """Activity and words of all channels on one time line, turns made of them, phantoms dropped."""
    channels, notes = _channels(completed.recordings, audio)
    speech = [hearer.detector.intervals(channel.samples) for channel in channels]
    if _total_ms(speech) < _NO_SPEECH_MS:
        return Listened(language="und", parties=())
    heard = hearer.engine.hear(
        [_speech(channel.samples, spans) for channel, spans in zip(channels, speech, strict=True)],
        language_code(completed.language),
        options.hot_words,
    )
    parties = tuple(
        _on_time_line(channel, spans, one.words)
        for channel, spans, one in zip(channels, speech, heard.channels, strict=True)
    )
    turns = build_turns(parties, heard.language)
    phantoms = [turn for turn in turns if is_phantom(turn.text)]
    notes += [note for one in heard.channels for note in one.notes]
    notes += [f"phantom dropped at {turn.start_ms}-{turn.end_ms} ms" for turn in phantoms]
    return Listened(
        language=completed.language or heard.language,
        parties=parties,
        turns=tuple(turn for turn in turns if turn not in phantoms),
        notes=tuple(notes),
    )


def _channels(
    recordings: Sequence[Recording], audio: Sequence[Audio]
) -> tuple[list[PartyChannel], list[str]]:
    channels: list[PartyChannel] = []
    notes: list[str] = []
    for recording, one in zip(recordings, audio, strict=True):
        found, why = party_channels(one)
        channels += found
        notes += [*one.notes, *why]
        missing_ms = (recording.duration_ms or 0) - one.duration_ms
        if missing_ms > _SHORTFALL_MS:
            notes.append(f"recording ends {missing_ms} ms before its stated length")
    return channels, notes


def _speech(samples: Samples, spans: tuple[Span, ...]) -> ChannelSpeech:
    return ChannelSpeech(samples=samples, speech=spans)


def _on_time_line(channel: PartyChannel, speech: Sequence[Span], words: Sequence[HeardWord]) -> PartySpeech:
    offset = channel.offset_ms
    return PartySpeech(
        party=channel.party,
        channel=channel.number,
        speech=tuple(Span(span.start_ms + offset, span.end_ms + offset) for span in speech),
        words=tuple(
            replace(word, start_ms=word.start_ms + offset, end_ms=word.end_ms + offset) for word in words
        ),
    )


def _excluded_heard(listened: Listened) -> ExclusionReason | None:
    speech_ms = _total_ms([party.speech for party in listened.parties])
    if not listened.turns:
        wordless = speech_ms >= _WORDLESS_SPEECH_MS
        return ExclusionReason.UNINTELLIGIBLE if wordless else ExclusionReason.NO_CONTENT
    probabilities = [word.probability for turn in listened.turns for word in turn.words]
    guessed = sum(probabilities) / len(probabilities) < _GUESSING
    return ExclusionReason.UNINTELLIGIBLE if guessed else None


def _total_ms(speech: Sequence[Sequence[Span]]) -> int:
    return sum(span.length_ms for spans in speech for span in spans)


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


def _draft(
    completed: InteractionCompleted, listened: Listened, hearing: Hearing, key: str
) -> TranscriptDraft:
    measured = measure(listened.parties, listened.turns, listened.language)
    return TranscriptDraft(
        hearing_key=key,
        hearing=hearing,
        language=listened.language,
        zero_at=_zero_at(completed),
        turns=tuple(_draft_turn(turn) for turn in listened.turns),
        measures=measured.measures,
        agents=completed.agents,
        intervals=tuple(
            SpeechInterval(party=party.party, start_ms=span.start_ms, end_ms=span.end_ms)
            for party in listened.parties
            for span in party.speech
        ),
        interruptions=measured.interruptions,
        silences=measured.silences,
    )


def _zero_at(completed: InteractionCompleted) -> int:
    """Epoch ms of sample 0; a recording that does not say when it began is taken to begin at the answer."""
    starts = [recording.started_at for recording in completed.recordings if recording.started_at is not None]
    return min(starts, default=completed.answered_at or completed.started_at)


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
