"""When the masked words of a transcript were spoken."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.records.transcribed import Transcript
from streams.recordings.masking import Stretch

PADDING_MS = 300
"""Added before and after masked words: recognised word borders lie within 0.3 s of the truth."""


def masked_stretches(transcript: Transcript, padding_ms: int = PADDING_MS) -> list[Stretch]:
    """Start and end of each masked place on the transcript's time line, in ms; not joined, not cut at 0.

    A place whose words have no times takes its whole turn.
    """
    turns = list(transcript.turns())
    words = list(transcript.words())
    stretches = []
    for place in transcript.redactions():
        times = [
            (word.start_ms, word.end_ms)
            for word in words
            if word.turn == place.turn and word.start < place.end and place.start < word.end
        ] or [(turns[place.turn].start_ms, turns[place.turn].end_ms)]
        stretches += [(start - padding_ms, end + padding_ms) for start, end in times]
    return stretches


def masked_by_recording(transcript: Transcript, offsets_ms: Sequence[int]) -> list[list[Stretch]]:
    """The same on each recording's own time line; ``offsets_ms`` is where it begins on the transcript's."""
    stretches = masked_stretches(transcript)
    return [[(start - offset, end - offset) for start, end in stretches] for offset in offsets_ms]
