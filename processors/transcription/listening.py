"""A call's recordings in; who speaks when, what is heard, what machines play and how loud it is out."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from processors.transcription.channels import Audio, PartyChannel, party_channels
from processors.transcription.engine import (
    ChannelSpeech,
    Engine,
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


def listen(
    completed: InteractionCompleted,
    audio: Sequence[Audio],
    engine: Engine,
    detector: SpeechDetector,
    options: HearingOptions,
) -> Listened:
    """Activity and words of all channels on one time line, turns made of them, phantoms dropped."""
    channels, notes = _channels(completed.recordings, audio)
    separated = [separate(channel.samples, detector.intervals(channel.samples)) for channel in channels]
    pairs = list(zip(channels, separated, strict=True))
    levels = tuple(_level(channel, one) for channel, one in pairs)
    machines = tuple(stretch for channel, one in pairs for stretch in _machines(channel, one))
    if sum(span.length_ms for one in separated for span in one.speech) < _NO_SPEECH_MS:
        return Listened(language="und", parties=(), system=machines, levels=levels)
    heard = engine.hear(
        [ChannelSpeech(samples=channel.samples, speech=one.speech) for channel, one in pairs],
        language_code(completed.language),
        options.hot_words,
    )
    spoken = [_on_time_line(*pair, one) for pair, one in zip(pairs, heard.channels, strict=True)]
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
        system=machines + prompts,
        levels=levels,
        spoken=heard.spoken,
    )


def zero_at(completed: InteractionCompleted) -> int:
    """Epoch ms of sample 0; a recording that does not say when it began is taken to begin at the answer."""
    starts = [recording.started_at for recording in completed.recordings if recording.started_at is not None]
    return min(starts, default=completed.answered_at or completed.started_at)


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
