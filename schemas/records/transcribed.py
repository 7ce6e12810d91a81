"""What was said or written, redacted, in one shape for every channel.

Turns, words and speech intervals travel as parallel arrays, since the cost of Avro follows the number
of fields; ``turns()`` and its companions give them back as small objects. Every text offset is a
code-point offset into ``turn_text``, the redacted text as heard. Every time is in milliseconds from
sample 0 of the first recording, or from ``started_at`` where there is no recording.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from msgspec import Struct

from schemas.records.completed import InteractionHeader, Recording
from schemas.records.terms import Doubt, Entity, ExclusionReason, Role, SystemSound, TurnKind
from schemas.records.transcript_rows import (
    Interruption,
    Loudness,
    RaisedVoice,
    Reading,
    Redaction,
    Silence,
    SpeechInterval,
    SystemStretch,
    Turn,
    Word,
)

__all__ = [
    "Hearing",
    "InteractionTranscribed",
    "Interruption",
    "Loudness",
    "Measures",
    "RaisedVoice",
    "Reading",
    "Redaction",
    "Silence",
    "SpeechInterval",
    "SystemStretch",
    "Transcript",
    "Turn",
    "Word",
    "columns_of",
]

Row = TypeVar("Row", bound=Struct)


class Measures(Struct, frozen=True, kw_only=True):
    """Measures of one interaction; null where they cannot be measured. Definitions: metrics 3.1-3.10."""

    definition_version: str
    conversation_ms: int | None = None
    agent_talk_ms: int | None = None
    customer_talk_ms: int | None = None
    overlap_ms: int | None = None
    silence_ms: int | None = None
    silence_2s_ms: int | None = None
    silence_5s_ms: int | None = None
    longest_silence_ms: int | None = None
    agent_interruption_count: int | None = None
    customer_interruption_count: int | None = None
    agent_cpm: float | None = None
    customer_cpm: float | None = None
    agent_wpm: float | None = None
    customer_wpm: float | None = None
    greeting_ms: int | None = None
    first_reply_ms: int | None = None
    average_reply_ms: int | None = None
    longest_reply_ms: int | None = None
    agent_turn_count: int = 0
    customer_turn_count: int = 0
    hold_ms: int | None = None
    non_talk_ms: int | None = None
    dead_air_count: int | None = None
    dead_air_ms: int | None = None
    announced_wait_ms: int | None = None
    agent_talk_over_ms: int | None = None
    customer_talk_over_ms: int | None = None
    agent_response_ms: int | None = None
    agent_longest_response_ms: int | None = None
    customer_response_ms: int | None = None
    agent_loudness_dbfs: float | None = None
    customer_loudness_dbfs: float | None = None
    agent_raised_voice_count: int | None = None
    agent_raised_voice_ms: int | None = None
    customer_raised_voice_count: int | None = None
    customer_raised_voice_ms: int | None = None
    word_probability: float | None = None
    wordless_speech_ms: int | None = None


class Hearing(Struct, frozen=True, kw_only=True):
    """How the words came to be: enough to hear the same again or to explain why they are wrong."""

    engine: str
    engine_version: str
    model: str = ""
    model_sha256: str = ""
    options: str = ""
    lexicon_hash: str = ""
    redaction_version: str = ""
    notes: tuple[str, ...] = ()


class Transcript(Struct, frozen=True, kw_only=True):
    """The redacted words of one interaction with their measures.

    ``doubts`` make every verdict on these turns uncertain, whatever was said.
    """

    transcript_id: str
    hearing_key: str
    hearing: Hearing
    language: str
    turn_party: tuple[Role, ...] = ()
    turn_speaker_id: tuple[str, ...] = ()
    turn_leg: tuple[int, ...] = ()
    turn_kind: tuple[TurnKind, ...] = ()
    turn_channel: tuple[int, ...] = ()
    turn_start_ms: tuple[int, ...] = ()
    turn_end_ms: tuple[int, ...] = ()
    turn_text: tuple[str, ...] = ()
    turn_normalised: tuple[str, ...] = ()
    turn_confidence: tuple[float, ...] = ()
    turn_units_per_minute: tuple[float, ...] = ()
    turn_automatic: tuple[bool, ...] = ()
    turn_recalled: tuple[bool, ...] = ()
    word_turn: tuple[int, ...] = ()
    word_start: tuple[int, ...] = ()
    word_end: tuple[int, ...] = ()
    word_start_ms: tuple[int, ...] = ()
    word_end_ms: tuple[int, ...] = ()
    word_probability: tuple[float, ...] = ()
    interval_party: tuple[Role, ...] = ()
    interval_start_ms: tuple[int, ...] = ()
    interval_end_ms: tuple[int, ...] = ()
    redaction_turn: tuple[int, ...] = ()
    redaction_start: tuple[int, ...] = ()
    redaction_end: tuple[int, ...] = ()
    redaction_entity: tuple[Entity, ...] = ()
    interruption_by: tuple[Role, ...] = ()
    interruption_start_ms: tuple[int, ...] = ()
    interruption_end_ms: tuple[int, ...] = ()
    interruption_yielded: tuple[bool, ...] = ()
    silence_start_ms: tuple[int, ...] = ()
    silence_end_ms: tuple[int, ...] = ()
    silence_announced: tuple[bool, ...] = ()
    silence_after: tuple[Role, ...] = ()
    silence_before: tuple[Role, ...] = ()
    system_sound: tuple[SystemSound, ...] = ()
    system_channel: tuple[int, ...] = ()
    system_start_ms: tuple[int, ...] = ()
    system_end_ms: tuple[int, ...] = ()
    raised_party: tuple[Role, ...] = ()
    raised_start_ms: tuple[int, ...] = ()
    raised_end_ms: tuple[int, ...] = ()
    raised_above_db: tuple[float, ...] = ()
    loudness_party: tuple[Role, ...] = ()
    loudness_channel: tuple[int, ...] = ()
    loudness_start_ms: tuple[int, ...] = ()
    loudness_dbfs: tuple[tuple[int, ...], ...] = ()
    reading_turn: tuple[int, ...] = ()
    reading_start: tuple[int, ...] = ()
    reading_end: tuple[int, ...] = ()
    reading_heard: tuple[str, ...] = ()
    reading_phrase: tuple[str, ...] = ()
    reading_confidence: tuple[float, ...] = ()
    reading_reason: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    measures: Measures

    def turns(self) -> Iterator[Turn]:
        """Turns in time order."""
        return _rows(self, "turn_", Turn)

    def words(self) -> Iterator[Word]:
        """Words in the order of their turns."""
        return _rows(self, "word_", Word)

    def intervals(self) -> Iterator[SpeechInterval]:
        """Speech intervals of all parties in time order."""
        return _rows(self, "interval_", SpeechInterval)

    def redactions(self) -> Iterator[Redaction]:
        """Placeholders in the order of their turns."""
        return _rows(self, "redaction_", Redaction)

    def interruptions(self) -> Iterator[Interruption]:
        """Interruptions in time order."""
        return _rows(self, "interruption_", Interruption)

    def silences(self) -> Iterator[Silence]:
        """Silences in time order."""
        return _rows(self, "silence_", Silence)

    def system_stretches(self) -> Iterator[SystemStretch]:
        """What machines play, in time order."""
        return _rows(self, "system_", SystemStretch)

    def raised_voices(self) -> Iterator[RaisedVoice]:
        """Stretches of raised voice in time order."""
        return _rows(self, "raised_", RaisedVoice)

    def loudness(self) -> Iterator[Loudness]:
        """The level of every channel that was heard."""
        return _rows(self, "loudness_", Loudness)

    def readings(self) -> Iterator[Reading]:
        """Readings in the order of their places."""
        return _rows(self, "reading_", Reading)


def columns_of(prefix: str, rows: Iterable[Row], row_type: type[Row]) -> dict[str, tuple[Any, ...]]:
    """The keyword arguments of ``Transcript`` that hold ``rows``, one tuple a field of ``row_type``."""
    kept = list(rows)
    return {prefix + name: tuple(getattr(row, name) for row in kept) for name in row_type.__struct_fields__}


def _rows(transcript: Transcript, prefix: str, row_type: type[Row]) -> Iterator[Row]:
    names = row_type.__struct_fields__
    columns = [getattr(transcript, prefix + name) for name in names]
    count = max(map(len, columns))
    # A record of an earlier release lacks the columns that came later; their rows take the default.
    absent = {name for name, column in zip(names, columns, strict=True) if count and not column}
    names = tuple(name for name in names if name not in absent)
    columns = [column for column in columns if column or not count]
    for values in zip(*columns, strict=True):
        yield row_type(**dict(zip(names, values, strict=True)))


class InteractionTranscribed(Struct, frozen=True, kw_only=True):
    """Output of both lanes. Exactly one of ``transcript`` and ``exclusion`` is set."""

    header: InteractionHeader
    transcript: Transcript | None = None
    exclusion: ExclusionReason | None = None
    recordings: tuple[Recording, ...] = ()
