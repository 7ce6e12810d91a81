"""Option ``within``: a part of the conversation, by turns, by time or by share of its time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from processors.classification.source import Cursor
from processors.classification.view import View

WITHIN_KEYS = (
    "first_turns",
    "last_turns",
    "first_ms",
    "last_ms",
    "first_percent",
    "last_percent",
)


@dataclass(frozen=True)
class Within:
    """First or last turns of the parties; milliseconds or percent of the conversation by word times.

    The conversation reaches from the first word to the last (metrics 3.3).
    """

    first_turns: int | None = None
    last_turns: int | None = None
    first_ms: int | None = None
    last_ms: int | None = None
    first_percent: float | None = None
    last_percent: float | None = None

    @cached_property
    def whole(self) -> bool:
        """Whether nothing is cut off."""
        return self == Within()

    @cached_property
    def by_number(self) -> bool:
        """Whether turns are counted off."""
        return self.first_turns is not None or self.last_turns is not None

    def cut(self, turns: list[int]) -> list[int]:
        """The turns that are inside by number."""
        if self.first_turns is not None:
            turns = turns[: self.first_turns]
        return turns[-self.last_turns :] if self.last_turns is not None else turns

    def holds(self, view: View, start_ms: int) -> bool:
        """Whether words said at ``start_ms`` are inside by time."""
        if self.whole:
            return True
        begin, end = view.conversation.begin_ms, view.conversation.end_ms
        share = (end - begin) / 100
        return (
            (self.first_ms is None or start_ms < begin + self.first_ms)
            and (self.last_ms is None or start_ms >= end - self.last_ms)
            and (self.first_percent is None or start_ms < begin + self.first_percent * share)
            and (self.last_percent is None or start_ms >= end - self.last_percent * share)
        )


def parse_within(cursor: Cursor | None) -> Within:
    """``within: {first_turns: 3}``, ``{last_ms: 30000}``, ``{first_percent: 25}`` and their like."""
    if cursor is None:
        return Within()
    cursor.mapping(WITHIN_KEYS)
    limits: dict[str, float] = {}
    for key, value in cursor.entries():
        if not key.endswith("_percent"):
            limits[key] = value.whole(1)
            continue
        limits[key] = value.number()
        if not 0 < limits[key] < 100:
            value.fail("a percentage lies between 0 and 100; leave the option out for the whole")
    return Within(**limits)  # type: ignore[arg-type]
