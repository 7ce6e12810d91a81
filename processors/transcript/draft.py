"""A transcript before it is redacted: what a lane stage hands over, raw text and all.

Drafts never leave the stage that made them.
"""

from __future__ import annotations

from msgspec import Struct

from schemas.records.completed import AgentLeg
from schemas.records.terms import Doubt, Role, TurnKind
from schemas.records.transcribed import (
    Hearing,
    Interruption,
    Loudness,
    Measures,
    RaisedVoice,
    Silence,
    SpeechInterval,
    SystemStretch,
)

DEFINITION_VERSION = "2026.2"
"""Version of the metric definitions (ARCHITECTURE.md, measures) that ``Measures`` of this release follow."""


class DraftWord(Struct, frozen=True, kw_only=True):
    """A recognised word at ``[start, end)`` of the turn's raw text, with its times and probability."""

    start: int
    end: int
    start_ms: int
    end_ms: int
    probability: float = 1.0


class DraftTurn(Struct, frozen=True, kw_only=True):
    """``Turn`` before redaction: ``text`` is raw, ``words`` count in it, there is no leg yet."""

    party: Role
    speaker_id: str = ""
    kind: TurnKind = TurnKind.SPEECH
    channel: int = -1
    start_ms: int
    end_ms: int
    text: str
    confidence: float = 1.0
    units_per_minute: float = 0.0
    automatic: bool = False
    recalled: bool = False
    words: tuple[DraftWord, ...] = ()


class TranscriptDraft(Struct, frozen=True, kw_only=True):
    """Everything ``assemble`` needs.

    ``zero_at`` is the epoch ms of the transcript's time 0 (begin of the first recording, or of the
    interaction), against which the legs' ``joined_at`` and ``left_at`` count.
    """

    hearing_key: str
    hearing: Hearing
    language: str
    zero_at: int
    turns: tuple[DraftTurn, ...]
    measures: Measures
    agents: tuple[AgentLeg, ...] = ()
    intervals: tuple[SpeechInterval, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
    silences: tuple[Silence, ...] = ()
    system: tuple[SystemStretch, ...] = ()
    raised: tuple[RaisedVoice, ...] = ()
    loudness: tuple[Loudness, ...] = ()
    doubts: tuple[Doubt, ...] = ()
