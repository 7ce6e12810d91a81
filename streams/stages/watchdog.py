"""Progress or exit: a worker that has something to do and does not get on ends, to be started again.

Faust and aiokafka can stop in several ways without an error: a consumer that nobody feeds any more, a list
of acknowledged offsets that is never committed, a group that is left and not entered again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

log = structlog.get_logger()

_ANSWER_SECONDS = 30.0
_LOOK_SECONDS = 5.0


class Work(Protocol):
    """What the watchdog asks the harness."""

    finished_count: int

    @property
    def in_work(self) -> int:
        """Records whose outcome is not durable yet."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long there may be no outcome, or no commit of what is acknowledged (``stuck_seconds``), and how
    long a worker may be without its group or get ready to read (``outside_seconds``): a rebalance waits for
    the slowest member.
    """

    stuck_seconds: float
    outside_seconds: float


class Stall:
    """Something that has to move while it is waited for. ``clock`` is a monotonic clock in seconds."""

    def __init__(self, longest_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest_seconds = longest_seconds
        self._clock = clock
        self._state: Hashable = None
        self._since = clock()

    def over(self, state: Hashable, *, waiting: bool) -> bool:
        """Whether it has been waited for, and stood at ``state``, for too long."""
        now = self._clock()
        if not waiting or state != self._state:
            self._state, self._since = state, now
        return now - self._since > self._longest_seconds


class Watchdog:
    """Watches one worker. ``acknowledged`` gives, by partition, the offset after the last acknowledged one;
    ``stop`` is told why the worker must end, and does not return.
    """

    def __init__(
        self,
        app: Any,
        work: Work,
        acknowledged: Callable[[], Mapping[Any, int]],
        patience: Patience,
        stop: Callable[[str], None],
    ) -> None:
        self._app = app
        self._work = work
        self._acknowledged = acknowledged
        self._stop = stop
        self._pause = min(_LOOK_SECONDS, patience.stuck_seconds / 4, patience.outside_seconds / 4)
        self._outcomes = Stall(patience.stuck_seconds)
        self._commits = Stall(patience.stuck_seconds)
        self._group = Stall(patience.outside_seconds)

    async def run(self) -> None:
        """Look again and again, from before the application starts (it may hang there) until it stops."""
        while not self._app.should_stop:
            await asyncio.sleep(self._pause)
            reason = await self._stuck()
            if reason is not None:
                log.error("worker.stuck", reason=reason, in_work=self._work.in_work)
                self._stop(reason)

    async def _stuck(self) -> str | None:
        if self._outcomes.over(self._work.finished_count, waiting=await self._has_work()):
            return "no outcome"
        uncommitted = self._app.consumer.uncommitted(self._acknowledged())
        if self._commits.over(frozenset(uncommitted.items()), waiting=bool(uncommitted)):
            return "no commit"
        if self._group.over(None, waiting=not self._app.consumer.settled):
            return "outside its group"
        return None

    async def _has_work(self) -> bool:
        """Whether a record is in work or unread. Markers of transactions are passed over, not read."""
        if self._work.in_work:
            return True
        consumer = self._app.consumer
        for place in consumer.places:
            try:
                position = await asyncio.wait_for(consumer.position(place), _ANSWER_SECONDS)
            except TimeoutError:
                return True
            if (consumer.highwater(place) or 0) > (position or 0):
                return True
        return False
