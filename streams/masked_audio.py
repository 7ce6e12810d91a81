"""When the masked words of a transcript were spoken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from schemas.records.transcribed import Transcript
from streams.recordings.masking import Stretch

PADDING_MS = 300
"""Added before and after masked words: recognised word borders lie within 0.3 s of the truth."""


WordTimes = tuple[int, int, int, int]
"""First code point of a word in its turn, the end of it, and its start and end in ms."""


def place_stretches(
    place: tuple[int, int], words: Iterable[WordTimes], turn: Stretch, padding_ms: int = PADDING_MS
) -> list[Stretch]:
    """When a masked place ``[start, end)`` of a turn was spoken, in ms; not joined, not cut at 0.

    ``words`` are those of the turn that have times; without one in the place it takes the whole ``turn``.
    """
    low, high = place
    times = [(begin, end) for first, last, begin, end in words if first < high and low < last] or [turn]
    return [(begin - padding_ms, end + padding_ms) for begin, end in times]


def masked_stretches(transcript: Transcript, padding_ms: int = PADDING_MS) -> list[Stretch]:
    """Start and end of each masked place on the transcript's time line, in ms; not joined, not cut at 0.

    A place whose words have no times takes its whole turn.
    """
    turns = list(transcript.turns())
    words: dict[int, list[WordTimes]] = {}
    for word in transcript.words():
        words.setdefault(word.turn, []).append((word.start, word.end, word.start_ms, word.end_ms))
    stretches: list[Stretch] = []
    for place in transcript.redactions():
        turn = turns[place.turn]
        stretches += place_stretches(
            (place.start, place.end), words.get(place.turn, ()), (turn.start_ms, turn.end_ms), padding_ms
        )
    return stretches


def masked_by_recording(transcript: Transcript, offsets_ms: Sequence[int]) -> list[list[Stretch]]:
    """The same on each recording's own time line; ``offsets_ms`` is where it begins on the transcript's."""
    stretches = masked_stretches(transcript)
    return [[(start - offset, end - offset) for start, end in stretches] for offset in offsets_ms]
