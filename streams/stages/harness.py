"""The loop every stage runs in: admit, work, confirm, and only then let the acknowledgement go.

Contract (see ARCHITECTURE.md, "Nothing lost"): an input is acknowledged only after its outcome (outputs
or a dead letter) is confirmed by its destination, in offset order per partition; what cannot be made
durable stops the worker, and the record comes again.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from schemas.codec import SchemaViolation
from schemas.topics import dead_letter_topic, lane_topic
from streams.stages.acker import Delivery, Event, OrderedAcker
from streams.stages.attempts import AttemptJournal, LastFailure
from streams.stages.breaker import Breaker, TooManyDeadLetters
from streams.stages.crashpoints import CrashPoint, Reached, nowhere
from streams.stages.dead_letter import Failed, Failure, dead_letter
from streams.stages.metrics import StageMetrics
from streams.stages.outcome import (
    Incoming,
    Output,
    ResourceFailure,
    StageSteps,
    Unprocessable,
    Work,
)
from streams.stages.patience import patiently

log = structlog.get_logger()

Answer = TypeVar("Answer")

Send = Callable[[Output], Awaitable[None]]
"""Sends one record and returns once the broker has confirmed it. Raises Unavailable while it cannot."""

FATAL = 70
"""Exit code of a worker that stopped itself (EX_SOFTWARE); whatever started it may start it again."""


@dataclass(frozen=True, slots=True)
class HarnessOptions:
    """Limits of one worker.

    ``window`` records are in work at once; ``backlog`` more may lie, done or put off, behind one that is
    not done. ``until`` gives, for each live topic that a replay reads, the offset at which each partition
    ends; ``only`` names the interactions it is limited to. Both are None outside a replay.
    """

    window: int
    group: str
    version: str
    lane: str | None = None
    backlog: int = 10_000
    attempts: int = 3
    dead_letters_in_a_row: int = 50
    longest_wait_seconds: float = 30.0
    largest_value: int = 4 << 20
    until: Mapping[str, Mapping[int, int]] | None = None
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Shell:
    """What the harness needs of the outside world.

    ``clock_ms`` gives epoch milliseconds. ``stop`` is called with an exit code and a reason when the
    worker must not go on. ``reached`` is told of each pass through a crash point.
    """

    send: Send
    acker: OrderedAcker
    journal: AttemptJournal
    metrics: StageMetrics
    clock_ms: Callable[[], int]
    stop: Callable[[int, str], None]
    reached: Reached = nowhere


class Harness:
    """Drives one stage. Faust hands it events one by one; many interactions are then in work at once,
    at most one of each key.
    """

    def __init__(self, steps: StageSteps, shell: Shell, options: HarnessOptions) -> None:
        self._steps = steps
        self._shell = shell
        self._options = options
        self._window = asyncio.Semaphore(options.window)
        self._last_of_key: dict[bytes, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._put_off: set[asyncio.Task[None]] = set()
        self._released = asyncio.Event()
        self._breaker = Breaker(options.dead_letters_in_a_row, shell.journal)
        self._draining = False
        self._opening: asyncio.Task[None] | None = None
        self.finished_count = 0

    @property
    def in_work(self) -> int:
        """Records taken from Kafka whose outcome is not durable yet."""
        return len(self._tasks)

    async def receive(self, event: Event, record: Incoming) -> None:
        """Take one delivered event; returns when there is room for the next."""
        if self._draining or self._beyond_replay(record):
            return
        await self._room()
        delivery = self._shell.acker.take(event)
        self._shell.reached(CrashPoint.IN_RECEIVED)
        try:
            work = self._steps.admit(record)
        except (SchemaViolation, Unprocessable) as violation:
            await self._start(delivery, record, self._set_aside(record, violation))
            return
        except Exception as error:  # unknown, as in work: the record stops its worker, a few times
            await self._start(delivery, record, self._unadmitted(record, error))
            return
        self._shell.reached(CrashPoint.IN_ADMITTED)
        if work is None or not self._selected(work):
            self._shell.metrics.skipped.inc()
            self._finish(delivery, record)
        elif work.not_before_ms > self._shell.clock_ms():
            # Not awaited here: Faust feeds all topics from one loop, and a full buffer would stop them all.
            task = asyncio.create_task(self._when_due(delivery, record, work))
            self._put_off.add(task)
            task.add_done_callback(self._put_off.discard)
        else:
            await self._start(delivery, record, self._outcome(record, work))

    async def drain(self, deadline_seconds: float) -> bool:
        """Take nothing more and wait for the records in work; False when the deadline came first."""
        self._draining = True
        late = (await asyncio.wait(self._tasks, timeout=deadline_seconds))[1] if self._tasks else set()
        return not late

    async def close(self) -> None:
        """Let go of what the stage opened."""
        if self._opening is not None:
            await self._steps.close()

    async def _room(self) -> None:
        while self._shell.acker.unfinished() >= self._options.backlog:
            self._released.clear()
            await self._released.wait()

    async def _when_due(self, delivery: Delivery, record: Incoming, work: Work) -> None:
        await asyncio.sleep((work.not_before_ms - self._shell.clock_ms()) / 1000)
        if not self._draining:
            await self._start(delivery, record, self._outcome(record, work))

    def _beyond_replay(self, record: Incoming) -> bool:
        ends = (self._options.until or {}).get(record.topic)
        return ends is not None and record.offset >= ends.get(record.partition, 0)

    def _selected(self, work: Work) -> bool:
        return self._options.only is None or work.interaction_id in self._options.only

    async def _start(self, delivery: Delivery, record: Incoming, outcome: Coroutine[Any, Any, None]) -> None:
        await self._window.acquire()
        before = self._last_of_key.get(record.key) if record.key is not None else None
        task = asyncio.create_task(self._run(delivery, record, outcome, before))
        self._tasks.add(task)
        self._shell.metrics.in_work.set(len(self._tasks))
        if record.key is not None:
            self._last_of_key[record.key] = task
        task.add_done_callback(lambda done: self._ended(done, record.key))

    def _ended(self, task: asyncio.Task[None], key: bytes | None) -> None:
        self._tasks.discard(task)
        self._shell.metrics.in_work.set(len(self._tasks))
        self._window.release()
        if key is not None and self._last_of_key.get(key) is task:
            del self._last_of_key[key]

    async def _run(
        self,
        delivery: Delivery,
        record: Incoming,
        outcome: Coroutine[Any, Any, None],
        before: asyncio.Task[None] | None,
    ) -> None:
        try:
            if before is not None:
                await asyncio.wait([before])
            with self._shell.metrics.duration.time():
                await outcome
            self._finish(delivery, record)
            self._shell.metrics.done.inc()
        except Exception as error:  # an unknown failure: nothing after it may be acknowledged
            outcome.close()
            self._fail(record, error)

    def _finish(self, delivery: Delivery, record: Incoming) -> None:
        self._shell.journal.clear(record)
        self._shell.acker.finish(delivery)
        self.finished_count += 1
        self._released.set()
        self._shell.reached(CrashPoint.ACKED)

    def _fail(self, record: Incoming, error: Exception) -> None:
        """Stop the worker. Frames only are logged: an exception's text may quote what a person said."""
        blamed = not isinstance(error, TooManyDeadLetters)
        self._draining = self._draining or not blamed
        log.error(
            "stage.failed",
            error=type(error).__name__,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            attempts=self._shell.journal.note(record) if blamed else 0,
            frames=traceback.format_tb(error.__traceback__),
        )
        self._shell.stop(FATAL, type(error).__name__)

    async def _outcome(self, record: Incoming, work: Work) -> None:
        """Confirm the outputs of the work, or the one dead letter that stands for it."""
        if self._worn_out(record):
            return await self._set_aside(record, self._last_failure(record), work)
        await self._opened()
        while True:
            try:
                outputs = await self._patiently(lambda: self._steps.work(record, work))
                self._shell.reached(CrashPoint.WORK_DONE)
                for output in outputs:
                    await self._confirm(output)
            except (SchemaViolation, Unprocessable) as violation:
                return await self._set_aside(record, violation, work)
            except ResourceFailure as failure:
                noted = LastFailure(failure.reason, failure.detail)
                attempts = self._shell.journal.note(record, noted)
                self._shell.reached(CrashPoint.ATTEMPT_NOTED)
                log.warning(
                    "stage.attempt_failed",
                    reason=failure.reason.value,
                    detail=failure.detail,
                    attempts=attempts,
                )
                if attempts >= self._options.attempts:
                    return await self._set_aside(record, failure, work)
            else:
                return self._breaker.passed()

    async def _unadmitted(self, record: Incoming, error: Exception) -> None:
        if not self._worn_out(record):
            raise error
        await self._set_aside(record, self._last_failure(record))

    def _worn_out(self, record: Incoming) -> bool:
        return self._shell.journal.attempts(record) >= self._options.attempts

    def _last_failure(self, record: Incoming) -> ResourceFailure:
        return self._shell.journal.last_failure(record).as_failure()

    async def _opened(self) -> None:
        if self._opening is None:
            self._opening = asyncio.create_task(self._patiently(self._steps.open))
        await asyncio.shield(self._opening)

    async def _set_aside(self, record: Incoming, failure: Failure, work: Work | None = None) -> None:
        """Write the dead letter and have it confirmed."""
        self._breaker.set_aside()
        self._shell.metrics.dead_lettered(failure.reason.value)
        log.warning(
            "stage.dead_letter",
            reason=failure.reason.value,
            detail=failure.detail,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
        )
        failed = Failed(
            stage=self._steps.stage,
            group=self._options.group,
            version=self._options.version,
            attempts=max(1, self._shell.journal.attempts(record)),
            now_ms=self._shell.clock_ms(),
            largest_value=self._options.largest_value,
        )
        letter = dead_letter(record, failure, work, failed)
        self._shell.reached(CrashPoint.WORK_DONE)
        await self._confirm(letter)

    async def _confirm(self, output: Output) -> None:
        named = Output(lane_topic(output.topic, self._options.lane), output.key, output.value, output.headers)
        await self._patiently(lambda: self._shell.send(named))
        set_aside = output.topic == dead_letter_topic(self._steps.stage)
        self._shell.reached(CrashPoint.DEAD_LETTER_CONFIRMED if set_aside else CrashPoint.OUT_CONFIRMED)

    async def _patiently(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        return await patiently(call, self._options.longest_wait_seconds)
