"""The one error of the contract: an event that does not keep to it."""

from __future__ import annotations

from schemas.records.terms import DeadLetterReason

DETAIL_LIMIT = 512


class SchemaViolation(Exception):
    """An event breaks the contract; the same bytes would break it again.

    ``reason`` goes into the header of the dead letter. ``detail`` tells upstream which field is wrong
    and what to send instead, in at most 512 bytes of ASCII, and never repeats content of class P3 or P4.
    """

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        self.reason = reason
        self.detail = ascii_within(detail, DETAIL_LIMIT)
        super().__init__(f"{reason.value}: {self.detail}")


def ascii_within(text: str, limit: int) -> str:
    """``text`` in printable ASCII of at most ``limit`` bytes, other characters escaped."""
    escaped = text.encode("ascii", "backslashreplace").decode("ascii")
    return "".join(char if char.isprintable() else " " for char in escaped)[:limit]
