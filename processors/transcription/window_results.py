"""What the recogniser gave for each window, put together to what was heard on a channel and of a call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from processors.transcription.engine import HeardChannel, HeardWord, SpokenLanguage
from processors.transcription.windows import Window

_TOLD_LANGUAGES = 5


class WindowResult(Struct):
    """What one window gave, a note if it took more than one attempt, and what language it may be in."""

    words: list[HeardWord]
    note: str | None = None
    spoken: Mapping[str, float] = {}


def found_alone(window: Window, result: WindowResult) -> WindowResult:
    """The result of a piece that its window lost, with a note that says so."""
    piece = window.pieces[0]
    found = "heard alone" if result.words else "no words"
    note = f"channel {window.channel} {piece.start_ms}-{piece.end_ms} ms: lost in its window, {found}"
    return WindowResult(result.words, note, result.spoken)


def spoken_languages(
    windows: Sequence[Window], results: Sequence[WindowResult]
) -> tuple[SpokenLanguage, ...]:
    """The likeliest languages of the call: the mean over its windows, weighted by their speech."""
    total_ms = sum(window.speech_ms for window in windows)
    shares: dict[str, float] = defaultdict(float)
    for window, result in zip(windows, results, strict=True):
        for language, probability in result.spoken.items():
            shares[language] += probability * window.speech_ms / max(total_ms, 1)
    likeliest = sorted(shares, key=lambda language: -shares[language])[:_TOLD_LANGUAGES]
    return tuple(
        SpokenLanguage(language=language, probability=round(shares[language], 3)) for language in likeliest
    )


def of_channel(number: int, windows: Sequence[Window], results: Sequence[WindowResult]) -> HeardChannel:
    """What all windows of one channel gave, in time order."""
    own = [result for window, result in zip(windows, results, strict=True) if window.channel == number]
    words = [word for result in own for word in result.words]
    return HeardChannel(
        words=tuple(sorted(words, key=lambda word: word.start_ms)),
        notes=tuple(result.note for result in own if result.note),
    )


def window_words(window: Window, aligned: Sequence[dict[str, Any]]) -> list[HeardWord]:
    """Words as faster-whisper aligned them, with times of the recording."""
    return [_word(window, word) for word in aligned if word["word"].strip()]


def _word(window: Window, word: dict[str, Any]) -> HeardWord:
    span = window.recording_span(float(word["start"]) * 1000, float(word["end"]) * 1000)
    return HeardWord(
        text=word["word"],
        start_ms=span.start_ms,
        end_ms=span.end_ms,
        probability=round(float(word["probability"]), 4),
    )
