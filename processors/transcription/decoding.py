"""Decoding of one window: what makes a decoding fail, what is tried then, and which attempt is kept.

Whisper's usual fall-back samples at rising temperature, so that one recording gives other words every time.
Here a window that fails is decoded again by beam search or greedily under other, deterministic options.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from msgspec import Struct

_MAX_COMPRESSION = 2.4
_MIN_LOGPROB = -1.0
_NO_SPEECH = 0.6
_SPEECH_NEEDS_TEXT_MS = 1_000
_NO_LETTERS = re.compile(r"[\W_]+")
_DOUBLED = re.compile(r"([^\x00-\x7f]{5,}|.{12,})\1", re.IGNORECASE)
_NUMERALS = re.compile(r"[\d零〇一幺二两三四五六七八九十百]+")


class Attempt(Struct, frozen=True, kw_only=True):
    """One way to decode a window; ``full_window`` fills the encoder's input up to Whisper's 30 s."""

    name: str
    hot_words: bool = True
    beam_size: int = 5
    repetition_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    full_window: bool = False


FIRST = Attempt(name="first")
AGAIN = (
    Attempt(name="in a full window", full_window=True),
    Attempt(name="without hot words", hot_words=False, full_window=True),
    Attempt(name="greedily", hot_words=False, beam_size=1, full_window=True),
    Attempt(
        name="without repetition",
        hot_words=False,
        repetition_penalty=1.2,
        no_repeat_ngram_size=4,
        full_window=True,
    ),
)


class Decoding(Struct, frozen=True, kw_only=True):
    """Tokens of one window. ``logprob`` is the mean natural log probability of a token.

    ``no_speech`` is the model's probability that nobody speaks in the window.
    """

    attempt: Attempt
    tokens: tuple[int, ...]
    text: str
    logprob: float
    no_speech: float = 0.0

    @property
    def compression(self) -> float:
        """Ratio of plain to deflated UTF-8 size; repetition drives it up."""
        plain = self.text.encode()
        return len(plain) / len(zlib.compress(plain)) if plain else 0.0


def failure(decoding: Decoding, speech_ms: int) -> str | None:
    """Why a decoding cannot stand, or None.

    The limits are Whisper's own: a compression ratio above 2.4 means repetition, a mean log probability
    below -1.0 a guess. More than a second of speech without any letter is a loss. A sentence said twice in
    a row stands only if it is also heard in a full window, since Whisper doubles sentences in short ones.
    """
    if not any(character.isalnum() for character in decoding.text):
        return "no text" if speech_ms > _SPEECH_NEEDS_TEXT_MS else None
    if decoding.compression > _MAX_COMPRESSION:
        return "repetition"
    if decoding.logprob < _MIN_LOGPROB:
        return "improbable"
    if not decoding.attempt.full_window and _doubled(decoding.text):
        return "doubled"
    return None


def _doubled(text: str) -> bool:
    """Whether five Han or twelve other letters come twice in a row; numbers often do and do not count."""
    found = _DOUBLED.finditer(_NO_LETTERS.sub("", text))
    return any(_NUMERALS.fullmatch(match.group(1)) is None for match in found)


def best(attempts: Sequence[Decoding], speech_ms: int) -> Decoding:
    """The first attempt that stands; if none does, the most probable of those that do not repeat themselves.

    Where every attempt repeats itself or is empty, the most probable of all.
    """
    for decoding in attempts:
        if failure(decoding, speech_ms) is None:
            return decoding
    honest = [d for d in attempts if failure(d, speech_ms) in ("improbable", "doubled")]
    return max(honest or attempts, key=lambda decoding: decoding.logprob)


def no_speech(first: Decoding, kept: Decoding) -> bool:
    """Whether a window is silence that was written full: Whisper's own rule.

    The model says in its first step that nobody speaks (0.6 or more), and what is kept after all attempts is
    improbable too.
    """
    return first.no_speech >= _NO_SPEECH and kept.logprob < _MIN_LOGPROB
