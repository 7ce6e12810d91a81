"""The two ways in which a recording cannot be had."""

from __future__ import annotations

from schemas.records.terms import DeadLetterReason


class RecordingMissing(Exception):
    """Nothing lies at the address yet. Recordings are often late: worth trying again."""


class RecordingRejected(Exception):
    """The recording will not be heard, now or later. ``detail`` is ASCII and names no content."""

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def denied(detail: str) -> RecordingRejected:
    """A refusal of the address itself, before anything was read from it."""
    return RecordingRejected(DeadLetterReason.RECORDING_DENIED, detail)
