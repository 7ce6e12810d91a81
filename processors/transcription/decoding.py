"""Decoding of one window: what makes a decoding fail, what is tried then, and which attempt is kept.

Whisper's usual fall-back samples at rising temperature, so that one recording gives other words every time.
Here a window that fails is decoded again by beam search or greedily under other, deterministic options.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from msgspec import Struct

_MAX_COMPRESSION = 2.4
_MIN_LOGPROB = -1.0
_SPEECH_NEEDS_TEXT_MS = 1_000


class Attempt(Struct, frozen=True, kw_only=True):
    """One way to decode a window."""

    name: str
    hot_words: bool = True
    beam_size: int = 5
    repetition_penalty: float = 1.0
    no_repeat_ngram_size: int = 0


FIRST = Attempt(name="first")
AGAIN = (
    Attempt(name="without hot words", hot_words=False),
    Attempt(name="greedily", hot_words=False, beam_size=1),
    Attempt(name="without repetition", hot_words=False, repetition_penalty=1.2, no_repeat_ngram_size=4),
)


class Decoding(Struct, frozen=True, kw_only=True):
    """Tokens of one window. ``logprob`` is the mean natural log probability of a token."""

    attempt: Attempt
    tokens: tuple[int, ...]
    text: str
    logprob: float

    @property
    def compression(self) -> float:
        """Ratio of plain to deflated UTF-8 size; repetition drives it up."""
        plain = self.text.encode()
        return len(plain) / len(zlib.compress(plain)) if plain else 0.0


def failure(decoding: Decoding, speech_ms: int) -> str | None:
    """Why a decoding cannot stand, or None.

    The limits are Whisper's own: a compression ratio above 2.4 means repetition, a mean log probability
    below -1.0 a guess. More than a second of speech without any letter is a loss.
    """
    if not any(character.isalnum() for character in decoding.text):
        return "no text" if speech_ms > _SPEECH_NEEDS_TEXT_MS else None
    if decoding.compression > _MAX_COMPRESSION:
        return "repetition"
    if decoding.logprob < _MIN_LOGPROB:
        return "improbable"
    return None


def best(attempts: Sequence[Decoding], speech_ms: int) -> Decoding:
    """The first attempt that stands; if none does, the most probable of those that do not repeat themselves.

    Where every attempt repeats itself or is empty, the most probable of all.
    """
    for decoding in attempts:
        if failure(decoding, speech_ms) is None:
            return decoding
    honest = [decoding for decoding in attempts if failure(decoding, speech_ms) == "improbable"]
    return max(honest or attempts, key=lambda decoding: decoding.logprob)
