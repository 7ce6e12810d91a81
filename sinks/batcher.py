"""Many small submissions to few large inserts, each submission told for itself when it is durable."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any

from msgspec import Struct
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from sinks.sink import Sink, SinkOverloaded, SinkRejected, SinkUnavailable
from sinks.tables import Row, Rows, merge

_PLAIN_VALUE_BYTES = 8


class BatchLimits(Struct, frozen=True, kw_only=True):
    """A batch is written when it holds so many rows or bytes, or its oldest rows have waited ``age_s``."""

    rows: int = 5_000
    bytes: int = 5_000_000
    age_s: float = 0.5
    longest_wait_s: float = 30.0


class _Submission:
    def __init__(self, rows: Rows, done: asyncio.Future[None]) -> None:
        self.rows = rows
        self.done = done
        self.row_count = sum(map(len, rows.values()))
        self.byte_count = sum(_row_bytes(row) for each in rows.values() for row in each)
        self.added_at = time.monotonic()

    def settle(self, error: BaseException | None = None) -> None:
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


class Batcher:
    """Gathers rows while the insert before is under way; one insert at a time, off the event loop.

    ``waiting(attempt, error)`` is called before each new try at a store that is unavailable. Use as an async
    context manager; leaving it writes nothing more, and submissions that are not durable are cancelled.
    """

    def __init__(
        self,
        sink: Sink,
        limits: BatchLimits,
        waiting: Callable[[int, BaseException], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._sink = sink
        self._limits = limits
        self._waiting = waiting
        self._sleep = sleep
        self._pending: list[_Submission] = []
        self._arrived = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Batcher:
        self._writer = asyncio.create_task(self._write_batches(), name="sink-writer")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is None:
            return
        self._writer.cancel()
        await asyncio.wait({self._writer})
        for submission in self._pending:
            submission.done.cancel()
        self._pending.clear()

    async def add(self, rows: Rows) -> None:
        """Returns when every row is durable, however long the store is away.

        Raises:
            SinkRejected: one of these rows can never be stored; rows of other submissions are not concerned.
            RuntimeError: the batcher is not running.
        """
        if not any(rows.values()):
            return
        if self._writer is None or self._writer.done():
            raise RuntimeError("the batcher is not running")
        submission = _Submission(rows, asyncio.get_running_loop().create_future())
        self._pending.append(submission)
        self._arrived.set()
        await submission.done

    async def _write_batches(self) -> None:
        while True:
            await self._enough()
            batch = self._take()
            try:
                await self._write(batch)
            except BaseException as error:
                for submission in (*batch, *self._pending):
                    if isinstance(error, Exception):
                        submission.settle(error)
                    else:
                        submission.done.cancel()
                self._pending.clear()
                if isinstance(error, Exception):
                    return
                raise

    async def _enough(self) -> None:
        """Waits until a batch is due."""
        while True:
            self._arrived.clear()
            if not self._pending:
                await self._arrived.wait()
                continue
            left = self._limits.age_s - (time.monotonic() - self._pending[0].added_at)
            if left <= 0 or self._due():
                return
            try:
                async with asyncio.timeout(left):
                    await self._arrived.wait()
            except TimeoutError:
                return

    def _due(self) -> bool:
        return (
            sum(each.row_count for each in self._pending) >= self._limits.rows
            or sum(each.byte_count for each in self._pending) >= self._limits.bytes
        )

    def _take(self) -> list[_Submission]:
        """The oldest submissions within the limits, at least one."""
        rows = size = taken = 0
        for submission in self._pending:
            rows, size = rows + submission.row_count, size + submission.byte_count
            if taken and (rows > self._limits.rows or size > self._limits.bytes):
                break
            taken += 1
        batch, self._pending = self._pending[:taken], self._pending[taken:]
        return batch

    async def _write(self, batch: Sequence[_Submission]) -> None:
        """Writes a batch in order; halves it where the store refuses it as a whole."""
        try:
            await self._insert(merge(each.rows for each in batch), alone=len(batch) == 1)
        except (SinkOverloaded, SinkRejected) as error:
            if len(batch) == 1:
                batch[0].settle(error)
                return
            middle = len(batch) // 2
            await self._write(batch[:middle])
            await self._write(batch[middle:])
            return
        for submission in batch:
            submission.settle()

    async def _insert(self, rows: Rows, *, alone: bool) -> None:
        """One insert, tried until the store answers. Rows of one submission are halved here if need be."""
        try:
            async for attempt in self._tries():
                with attempt:
                    await self._try(rows)
        except SinkOverloaded:
            if not alone:
                raise
            for half in _halves(rows):
                await self._insert(half, alone=True)

    async def _try(self, rows: Rows) -> None:
        try:
            await asyncio.to_thread(self._sink.write, rows)
        except SinkOverloaded as error:
            if sum(map(len, rows.values())) > 1:
                raise
            # A single row that is too much can only wait for better times.
            raise SinkUnavailable(str(error)) from None

    def _tries(self) -> AsyncRetrying:
        def before_sleep(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            if error is not None:
                self._waiting(state.attempt_number, error)

        return AsyncRetrying(
            retry=retry_if_exception_type(SinkUnavailable),
            wait=wait_random_exponential(multiplier=0.2, max=self._limits.longest_wait_s),
            before_sleep=before_sleep,
            sleep=self._sleep,
        )


def _halves(rows: Rows) -> tuple[Rows, Rows]:
    """Two parts of one submission: every table of the first part comes before those of the second."""
    stream: list[tuple[str, Row]] = [(name, row) for name, each in merge([rows]).items() for row in each]
    middle = (len(stream) + 1) // 2
    return _gathered(stream[:middle]), _gathered(stream[middle:])


def _gathered(stream: Sequence[tuple[str, Row]]) -> Rows:
    rows: Rows = {}
    for name, row in stream:
        rows.setdefault(name, []).append(row)
    return rows


def _row_bytes(row: Row) -> int:
    return sum(_value_bytes(value) for value in row)


def _value_bytes(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode(errors="surrogatepass"))
    if isinstance(value, (list, tuple)):
        return sum(map(_value_bytes, value))
    return _PLAIN_VALUE_BYTES
