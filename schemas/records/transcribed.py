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
from schemas.records.terms import Entity, ExclusionReason, Role, TurnKind

Row = TypeVar("Row", bound=Struct)


class Turn(Struct, frozen=True, kw_only=True):
    """An uninterrupted stretch of one party: an utterance, a message, a menu or an input.

    ``text`` is what was heard or written, redacted; ``normalised`` is the copy that rules match on
    (simplified script, half-width, lower case), of which ``language.normalise`` gives the offset map.
    ``units_per_minute`` is speaking speed in Han characters or words per minute, 0 where not measured.
    ``leg`` is the index of the agent leg in force, -1 where there is none.
    """

    party: Role
    speaker_id: str = ""
    leg: int = -1
    kind: TurnKind = TurnKind.SPEECH
    channel: int = -1
    start_ms: int
    end_ms: int
    text: str
    normalised: str
    confidence: float = 1.0
    units_per_minute: float = 0.0
    automatic: bool = False
    recalled: bool = False


class Word(Struct, frozen=True, kw_only=True):
    """A recognised word: ``[start, end)`` in the turn's text, its times and its probability."""

    turn: int
    start: int
    end: int
    start_ms: int
    end_ms: int
    probability: float


class SpeechInterval(Struct, frozen=True, kw_only=True):
    """Voice activity of one party, without padding, gaps up to 600 ms joined (metrics 3.1)."""

    party: Role
    start_ms: int
    end_ms: int


class Redaction(Struct, frozen=True, kw_only=True):
    """A placeholder at ``[start, end)`` of a turn and the kind of data it stands for."""

    turn: int
    start: int
    end: int
    entity: Entity


class Interruption(Struct, frozen=True, kw_only=True):
    """``by`` talks over the other party (metrics 3.5); ``yielded``: the other stops within 500 ms."""

    by: Role
    start_ms: int
    end_ms: int
    yielded: bool


class Silence(Struct, frozen=True, kw_only=True):
    """A stretch of at least 2,000 ms in which neither party speaks (metrics 3.4)."""

    start_ms: int
    end_ms: int


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
    """The redacted words of one interaction with their measures."""

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


def columns_of(prefix: str, rows: Iterable[Row], row_type: type[Row]) -> dict[str, tuple[Any, ...]]:
    """The keyword arguments of ``Transcript`` that hold ``rows``, one tuple a field of ``row_type``."""
    kept = list(rows)
    return {prefix + name: tuple(getattr(row, name) for row in kept) for name in row_type.__struct_fields__}


def _rows(transcript: Transcript, prefix: str, row_type: type[Row]) -> Iterator[Row]:
    names = row_type.__struct_fields__
    columns = [getattr(transcript, prefix + name) for name in names]
    for values in zip(*columns, strict=True):
        yield row_type(**dict(zip(names, values, strict=True)))


class InteractionTranscribed(Struct, frozen=True, kw_only=True):
    """Output of both lanes. Exactly one of ``transcript`` and ``exclusion`` is set."""

    header: InteractionHeader
    transcript: Transcript | None = None
    exclusion: ExclusionReason | None = None
    recordings: tuple[Recording, ...] = ()
