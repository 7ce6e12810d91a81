"""Places in a worker at which it can be made to die, to prove that dying there loses nothing.

Test only: nothing is armed unless ``CALLQA_CRASH_AT`` is set, and a pass through an unarmed point costs a
call of an empty function.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from sinks.sink import Sink
from sinks.tables import Rows


class CrashPoint(StrEnum):
    """Just before or just after something became durable, or could have.

    IN_RECEIVED: an event is in hand, not decoded. IN_ADMITTED: decoded. WORK_DONE: outputs or rows exist
    (at delivery they are durable). OUT_CONFIRMED, DEAD_LETTER_CONFIRMED: the broker has one record more.
    ACKED: Faust was told, the offset is not committed. ATTEMPT_NOTED: a failed attempt is in the journal.
    TABLE_WRITTEN: one table of a batch has its rows, the next has not. DRAINED: nothing is in work after
    SIGTERM, and the last commit is to come.
    """

    IN_RECEIVED = "in.received"
    IN_ADMITTED = "in.admitted"
    WORK_DONE = "work.done"
    OUT_CONFIRMED = "out.confirmed"
    DEAD_LETTER_CONFIRMED = "dead_letter.confirmed"
    ACKED = "acked"
    ATTEMPT_NOTED = "attempt.noted"
    TABLE_WRITTEN = "sink.table_written"
    DRAINED = "drained"


Reached = Callable[[CrashPoint], None]
"""Told of each pass through a point; may not return."""


def nowhere(point: CrashPoint) -> None:
    """Lives on: what every worker has outside a test."""


class UnknownCrashPoint(ValueError):
    """``CALLQA_CRASH_AT`` names no point, or not how many passes to let by."""


class CrashPlan:
    """Kills this process, as ``kill -9`` does, at one point of a plan; each start takes the next one.

    ``text`` is ``name:n[,name:n...]``: die at the nth pass of that point. ``progress`` is a file that
    remembers, durably, which points have been died at. Raises UnknownCrashPoint.
    """

    def __init__(self, text: str, progress: Path) -> None:
        self._progress = progress
        plan = [_entry(part) for part in text.split(",") if part]
        done = len(progress.read_text(encoding="ascii").splitlines()) if progress.exists() else 0
        self._point: CrashPoint | None = None
        if done < len(plan):
            self._point, self._passes_left = plan[done]

    def reached(self, point: CrashPoint) -> None:
        """Count a pass, and die if it is the one."""
        if point is not self._point:
            return
        self._passes_left -= 1
        if self._passes_left == 0:
            self._progress.parent.mkdir(parents=True, exist_ok=True)
            with self._progress.open("a", encoding="ascii") as file:
                file.write(f"{point.value}\n")
                file.flush()
                os.fsync(file.fileno())
            os.kill(os.getpid(), signal.SIGKILL)


class CrashingSink:
    """A sink that passes TABLE_WRITTEN after each table. Tables are written in their usual order."""

    def __init__(self, sink: Sink, reached: Reached) -> None:
        self._sink = sink
        self._reached = reached

    def write(self, rows: Rows) -> None:
        """See ``Sink.write``."""
        for table, each in rows.items():
            self._sink.write({table: each})
            self._reached(CrashPoint.TABLE_WRITTEN)


def _entry(part: str) -> tuple[CrashPoint, int]:
    name, _, passes = part.partition(":")
    try:
        point, count = CrashPoint(name), int(passes)
    except ValueError:
        raise UnknownCrashPoint(f"{part!r}: write one of {', '.join(CrashPoint)} and a number") from None
    if count < 1:
        raise UnknownCrashPoint(f"{part!r}: the first pass is number 1")
    return point, count
