"""A call's recordings in; who speaks when, what is heard, what machines play and how loud it is out."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from processors.transcription.channels import Audio, PartyChannel, party_channels
from processors.transcription.engine import (
    BatchEngine,
    CallSpeech,
    ChannelSpeech,
    Engine,
    Heard,
    HeardChannel,
    HeardWord,
    Span,
    SpeechDetector,
    SpokenLanguage,
)
from processors.transcription.hearing import HearingOptions, language_code
from processors.transcription.loudness import Level, dbfs_by_second, speaking_seconds
from processors.transcription.phantoms import is_phantom
from processors.transcription.prompts import prompt_spans, told_apart
from processors.transcription.recorded_twice import told_once
from processors.transcription.system_sounds import Separated, separate
from processors.transcription.turns import PartySpeech, SpokenTurn, build_turns
from schemas.records.completed import InteractionCompleted, Recording
from schemas.records.transcribed import SystemStretch

_NO_SPEECH_MS = 300
# A recording that ends so much before its stated length was cut, or was still being written.
_SHORTFALL_MS = 5_000


class Listened(Struct, frozen=True, kw_only=True):
    """What was heard of a call, raw: it never leaves the process that heard it except for a measurement."""

    language: str
    parties: tuple[PartySpeech, ...]
    turns: tuple[SpokenTurn, ...] = ()
    notes: tuple[str, ...] = ()
    system: tuple[SystemStretch, ...] = ()
    levels: tuple[Level, ...] = ()
    spoken: tuple[SpokenLanguage, ...] = ()


class CallAudio(Struct, frozen=True, kw_only=True):
    """A call to hear: its event, its recordings in the event's order, and what to expect."""

    completed: InteractionCompleted
    audio: Sequence[Audio]
    options: HearingOptions


class _Prepared(Struct, frozen=True, kw_only=True):
    """A call before recognition; ``speech`` is None where there is none to recognise."""

    call: CallAudio
    pairs: list[tuple[PartyChannel, Separated]]
    levels: tuple[Level, ...]
    machines: tuple[SystemStretch, ...]
    notes: list[str]
    speech: CallSpeech | None


def listen(
    completed: InteractionCompleted,
    audio: Sequence[Audio],
    engine: Engine,
    detector: SpeechDetector,
    options: HearingOptions,
) -> Listened:
    """Activity and words of all channels on one time line, turns made of them, phantoms dropped."""
    call = CallAudio(completed=completed, audio=audio, options=options)
    return listen_together([call], engine, detector)[0]


def listen_together(calls: Sequence[CallAudio], engine: Engine, detector: SpeechDetector) -> list[Listened]:
    """``listen`` for each call; an engine that can hears all of them in one pass."""
    prepared = [_prepare(call, detector) for call in calls]
    heard = iter(_recognise([one.speech for one in prepared if one.speech is not None], engine))
    return [
        Listened(language="und", parties=(), system=one.machines, levels=one.levels)
        if one.speech is None
        else _understood(one, next(heard))
        for one in prepared
    ]


def _prepare(call: CallAudio, detector: SpeechDetector) -> _Prepared:
    channels, notes = _channels(call.completed.recordings, call.audio)
    separated = [separate(channel.samples, detector.intervals(channel.samples)) for channel in channels]
    pairs = list(zip(channels, separated, strict=True))
    spoken_ms = sum(span.length_ms for one in separated for span in one.speech)
    speech = CallSpeech(
        channels=tuple(ChannelSpeech(samples=channel.samples, speech=one.speech) for channel, one in pairs),
        language=language_code(call.completed.language),
        hot_words=call.options.hot_words,
    )
    return _Prepared(
        call=call,
        pairs=pairs,
        levels=tuple(_level(channel, one) for channel, one in pairs),
        machines=tuple(stretch for channel, one in pairs for stretch in _machines(channel, one)),
        notes=notes,
        speech=speech if spoken_ms >= _NO_SPEECH_MS else None,
    )


def _recognise(calls: Sequence[CallSpeech], engine: Engine) -> list[Heard]:
    if len(calls) > 1 and isinstance(engine, BatchEngine):
        return engine.hear_together(calls)
    return [engine.hear(call.channels, call.language, call.hot_words) for call in calls]


def _understood(prepared: _Prepared, heard: Heard) -> Listened:
    completed, notes = prepared.call.completed, list(prepared.notes)
    spoken = [_on_time_line(*pair, one) for pair, one in zip(prepared.pairs, heard.channels, strict=True)]
    parties, prompts = told_apart(spoken, prompt_spans(completed, zero_at(completed)))
    turns = build_turns(parties, heard.language)
    phantoms = [turn for turn in turns if is_phantom(turn.text)]
    notes += [note for one in heard.channels for note in one.notes]
    notes += [f"phantom dropped at {turn.start_ms}-{turn.end_ms} ms" for turn in phantoms]
    return Listened(
        language=completed.language or heard.language,
        parties=parties,
        turns=tuple(turn for turn in turns if turn not in phantoms),
        notes=tuple(notes),
        system=prepared.machines + prompts,
        levels=prepared.levels,
        spoken=heard.spoken,
    )


def zero_at(completed: InteractionCompleted) -> int:
    """Epoch ms of sample 0; a recording that does not say when it began is taken to begin at the answer."""
    starts = [recording.started_at for recording in completed.recordings if recording.started_at is not None]
    return min(starts, default=completed.answered_at or completed.started_at)


def _channels(
    recordings: Sequence[Recording], audio: Sequence[Audio]
) -> tuple[list[PartyChannel], list[str]]:
    channels: list[list[PartyChannel]] = []
    notes: list[str] = []
    for recording, one in zip(recordings, audio, strict=True):
        found, why = party_channels(one)
        channels.append(found)
        notes += [*one.notes, *why]
        missing_ms = (recording.duration_ms or 0) - one.duration_ms
        if missing_ms > _SHORTFALL_MS:
            notes.append(f"recording ends {missing_ms} ms before its stated length")
    each_once, twice = told_once(channels)
    return each_once, [*notes, *twice]


def _level(channel: PartyChannel, separated: Separated) -> Level:
    dbfs = dbfs_by_second(channel.samples)
    return Level(
        party=channel.party,
        channel=channel.number,
        start_ms=channel.offset_ms,
        dbfs=dbfs,
        speaking=speaking_seconds(separated.speech, dbfs.size),
    )


def _machines(channel: PartyChannel, separated: Separated) -> list[SystemStretch]:
    return [
        SystemStretch(
            sound=played.sound,
            channel=channel.number,
            start_ms=played.span.start_ms + channel.offset_ms,
            end_ms=played.span.end_ms + channel.offset_ms,
        )
        for played in separated.sounds
    ]


def _on_time_line(channel: PartyChannel, separated: Separated, heard: HeardChannel) -> PartySpeech:
    offset = channel.offset_ms
    return PartySpeech(
        party=channel.party,
        channel=channel.number,
        speech=tuple(Span(span.start_ms + offset, span.end_ms + offset) for span in separated.speech),
        words=tuple(_moved(word, offset) for word in heard.words),
    )


def _moved(word: HeardWord, offset_ms: int) -> HeardWord:
    return replace(word, start_ms=word.start_ms + offset_ms, end_ms=word.end_ms + offset_ms)
