"""What a speech recogniser is to the rest of callqa: speech of one call in, words with times out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from schemas.records.terms import DeadLetterReason

SAMPLE_RATE_HZ = 16_000

Samples = NDArray[np.float32]


class Span(Struct, frozen=True, order=True):
    """``[start_ms, end_ms)`` of a recording."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """Duration in milliseconds."""
        return self.end_ms - self.start_ms


class ChannelSpeech(Struct, frozen=True, kw_only=True):
    """One channel at 16 kHz and the stretches of it in which somebody speaks, without padding."""

    samples: Samples
    speech: tuple[Span, ...]


class CallSpeech(Struct, frozen=True, kw_only=True):
    """What an engine is given of one call: the arguments of ``Engine.hear``."""

    channels: tuple[ChannelSpeech, ...]
    language: str | None
    hot_words: str


class HeardWord(Struct, frozen=True, kw_only=True):
    """A recognised word with its times in the recording.

    ``text`` is as the recogniser wrote it: words of spaced languages begin with a space, a mark of
    punctuation is a word of its own.
    """

    text: str
    start_ms: int
    end_ms: int
    probability: float


class HeardChannel(Struct, frozen=True, kw_only=True):
    """What was heard on one channel, in time order. ``notes`` say what was decoded again and why."""

    words: tuple[HeardWord, ...] = ()
    notes: tuple[str, ...] = ()


class SpokenLanguage(Struct, frozen=True, kw_only=True):
    """How probable it is, over a whole call, that this language is spoken (ISO 639-1)."""

    language: str
    probability: float


class Heard(Struct, frozen=True, kw_only=True):
    """What was heard on all channels; ``language`` is the one given or, without one, detected (ISO 639-1).

    ``spoken`` are the languages that the engine takes the speech for, empty where it does not say.
    """

    language: str
    channels: tuple[HeardChannel, ...]
    spoken: tuple[SpokenLanguage, ...] = ()


class EngineInfo(Struct, frozen=True, kw_only=True):
    """Identity of an engine. Everything that can change a word stands in one of these fields.

    ``languages`` are the ISO 639-1 codes that the model knows.
    """

    name: str
    version: str
    model: str
    model_sha256: str
    options: str
    languages: tuple[str, ...] = ()


class EngineUnavailable(Exception):
    """The engine cannot hear anything at the moment, whatever the audio: worth waiting for.

    The text is ASCII and holds no content.
    """


class AudioRefused(Exception):
    """The engine will never take this audio. ``detail`` is ASCII and names no content."""

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class SpeechDetector(Protocol):
    """Finds speech in one channel."""

    def intervals(self, samples: Samples) -> tuple[Span, ...]:
        """Stretches of speech in order, without padding, gaps up to 600 ms joined."""


class Engine(Protocol):
    """A recogniser with its model loaded. The same input gives the same words."""

    @property
    def info(self) -> EngineInfo:
        """Who is hearing."""

    def hear(self, channels: Sequence[ChannelSpeech], language: str | None, hot_words: str) -> Heard:
        """Recognise the speech of all channels of one recording.

        ``hot_words`` is one sentence of the words that are likely, with half-width commas. A channel
        without speech comes back empty. Words are in time order, inside the audio, with ``start_ms`` not
        after ``end_ms``. Raises ``EngineUnavailable`` and ``AudioRefused``; any other exception counts
        against the audio after a few attempts.
        """


@runtime_checkable
class BatchEngine(Engine, Protocol):
    """An engine that can hear several calls in one pass, which fills the batches of a GPU."""

    def hear_together(self, calls: Sequence[CallSpeech]) -> list[Heard]:
        """What ``hear`` gives for each call, in their order. Raises as ``hear`` does, for all at once."""
