"""What a transcript holds many of: each is a row of parallel arrays on the wire, with one prefix.

Offsets are code points of the turn's redacted text, times milliseconds of the transcript's time line.
"""

from __future__ import annotations

from msgspec import Struct

from schemas.records.terms import Entity, Role, SystemSound, TurnKind


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
    """A stretch of at least 2,000 ms in which neither party speaks (metrics 3.4).

    ``after`` spoke last before it, ``before`` first after it. ``announced``: the agent asked the customer to
    wait in the 10 s before it.
    """

    start_ms: int
    end_ms: int
    announced: bool = False
    after: Role = Role.UNKNOWN
    before: Role = Role.UNKNOWN


class SystemStretch(Struct, frozen=True, kw_only=True):
    """A stretch of a channel in which a machine is heard; MUSIC is the call on hold."""

    sound: SystemSound
    channel: int
    start_ms: int
    end_ms: int


class RaisedVoice(Struct, frozen=True, kw_only=True):
    """At least 3 s in which a party speaks at least 6 dB above its own median (metrics 3.8).

    ``above_db`` is the mean of these seconds over the median.
    """

    party: Role
    start_ms: int
    end_ms: int
    above_db: float


class Loudness(Struct, frozen=True, kw_only=True):
    """Level of one channel second by second: RMS in whole dBFS, 0 = full scale, -100 = digital silence.

    ``start_ms`` is the begin of the first second; the last second may be incomplete.
    """

    party: Role
    channel: int
    start_ms: int
    dbfs: tuple[int, ...]


class Reading(Struct, frozen=True, kw_only=True):
    """What words that make no sense may have been: a phrase of the domain that sounds like them.

    ``heard`` is the normalised writing of ``[start, end)`` of the turn's text, which stays as it was heard.
    ``confidence`` rises from 0.5, where the reading only just stands, towards 1.
    """

    turn: int
    start: int
    end: int
    heard: str
    phrase: str
    confidence: float
    reason: str
