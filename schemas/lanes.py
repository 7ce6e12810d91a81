"""Which of the two lanes over the completed topic an interaction takes."""

from __future__ import annotations

from enum import StrEnum

from schemas.records.completed import InteractionCompleted
from schemas.records.terms import Channel


class Lane(StrEnum):
    """VOICE goes to transcription, TEXT to normalization; each lane skips the other's events."""

    VOICE = "voice"
    TEXT = "text"


def lane_of(event: InteractionCompleted) -> Lane:
    """The lane of any event that can be decoded.

    A call without an upstream transcript needs speech recognition; everything else already has its words,
    or names a ``content_uri`` where they lie, which counts for a call that has no recording. What cannot be
    decoded, or is invalid, belongs to the text lane alone.
    """
    worded = event.transcript is not None or (event.content_uri is not None and not event.recordings)
    if event.channel is Channel.VOICE and not worded:
        return Lane.VOICE
    return Lane.TEXT
