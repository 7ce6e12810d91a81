"""One worker process: a Faust application that feeds one harness, with drain, watchdog and exit codes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import faust
import structlog
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError
from faust.exceptions import ProducerSendError

from schemas.records.terms import DeadLetterReason
from streams.stages.acker import Event, OrderedAcker
from streams.stages.app import AppOptions, create_app, raw_topic
from streams.stages.attempts import AttemptJournal
from streams.stages.breaker import TooManyDeadLetters
from streams.stages.crashpoints import CrashPoint, Reached, nowhere
from streams.stages.harness import FATAL, Harness, HarnessOptions, Shell
from streams.stages.metrics import StageMetrics
from streams.stages.outcome import Incoming, Output, StageSteps, Unavailable, Unprocessable
from streams.stages.watchdog import Patience, Watchdog

log = structlog.get_logger()

_END_SECONDS = 5.0


class _QuietWorker(faust.Worker):  # type: ignore[misc]  # Faust is untyped
    """Faust's process runner without its own logging set-up, which would replace callqa's.

    What goes on ``beside`` the application begins before it: Faust's own tasks begin when the application
    has started, and it may hang at its start.
    """

    def __init__(self, app: faust.App, *beside: Callable[[], Awaitable[None]]) -> None:
        super().__init__(app, quiet=True, redirect_stdouts=False)
        self._beside = beside

    async def on_first_start(self) -> None:
        """See ``faust.Worker``."""
        await super().on_first_start()
        for each in self._beside:
            self.add_future(each())

    def _setup_logging(self) -> None:
        return


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """``drain_seconds``: how long SIGTERM waits for interactions in work. ``stuck_seconds``: no outcome
    for so long while there is something to do ends the process with code 70; so does being outside the
    consumer group for ``outside_seconds``. ``reached`` is told of each pass through a crash point."""

    drain_seconds: float
    stuck_seconds: float
    reached: Reached = nowhere
    outside_seconds: float = 300.0


class StageWorker:
    """Wires Faust events to a harness and ends the process when it must not go on."""

    def __init__(
        self,
        steps: StageSteps,
        journal: AttemptJournal,
        app_options: AppOptions,
        harness_options: HarnessOptions,
        options: WorkerOptions,
    ) -> None:
        acker = OrderedAcker(lambda: int(self._app.consumer_generation_id))
        self._app = create_app(app_options, acker.smallest_unfinished)
        self._options = options
        self._topics: dict[str, Any] = {}
        self._ending: asyncio.Task[None] | None = None
        self._harness = Harness(
            steps,
            Shell(
                send=self._send,
                acker=acker,
                journal=journal,
                metrics=StageMetrics(steps.stage),
                clock_ms=lambda: time.time_ns() // 1_000_000,
                stop=self._stop,
                reached=options.reached,
            ),
            harness_options,
        )
        for topic in steps.inputs:
            self._subscribe(topic)
        patience = Patience(options.stuck_seconds, options.outside_seconds)
        self._watchdog = Watchdog(self._app, self._harness, acker.acknowledged, patience, _stuck)

    def run(self) -> int:
        """Run until stopped; the exit code of the process."""
        worker = _QuietWorker(self._app, self._drain_on_terminate, self._watchdog.run)
        try:
            worker.execute_from_commandline()
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    def _subscribe(self, topic: str) -> None:
        async def receive(stream: Any) -> None:
            async for event in stream.noack().events():
                await self._harness.receive(event, _incoming(event))

        self._app.agent(raw_topic(self._app, topic), name=f"{topic}.agent", concurrency=1)(receive)

    async def _send(self, output: Output) -> None:
        topic = self._topics.get(output.topic)
        if topic is None:
            topic = self._topics[output.topic] = raw_topic(self._app, output.topic)
        try:
            pending = await topic.send(key=output.key, value=output.value, headers=list(output.headers))
            await pending
        except (KafkaError, ProducerSendError) as error:
            raise send_failure(error) from error

    async def _drain_on_terminate(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: loop.create_task(self._drain_and_exit()))

    def _stop(self, code: int, reason: str) -> None:
        """End because of a failure. After too many dead letters those on their way are still confirmed and
        committed: otherwise the next process would begin with the same ones, and so on for ever.
        """
        if reason != TooManyDeadLetters.__name__:
            _exit_now(code, reason)
        elif self._ending is None:
            log.error("worker.exit", code=code, reason=reason)
            self._ending = asyncio.get_running_loop().create_task(self._drain_and_exit(code))

    async def _drain_and_exit(self, code: int = 0) -> None:
        try:
            complete = await self._harness.drain(self._options.drain_seconds)
            self._options.reached(CrashPoint.DRAINED)
            log.info("worker.stopped", complete=complete, left=self._harness.in_work)
            # A broker that is away would keep the last commit for ever.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._end(complete), _END_SECONDS)
        except Exception as error:  # whatever it is, the process must end; what is not durable comes again
            log.error("worker.unclean_end", error=type(error).__name__)
        finally:
            sys.stdout.flush()
            os._exit(code)

    async def _end(self, complete: bool) -> None:
        await self._app.consumer.commit()
        if complete:
            # What is left in work would fail for want of what it works with, and the record be blamed for it.
            await self._harness.close()
            await self._app.stop()


def send_failure(error: Exception) -> Exception:
    """Who is to blame for a failed send: the record alone where it is too large, else the world outside.

    Faust wraps some of Kafka's errors. Those that are not retriable (a topic that is missing or forbidden)
    are waited out as well: no record becomes a dead letter for them, and the watchdog ends the worker.
    """
    cause = error.__cause__ if isinstance(error, ProducerSendError) else error
    if isinstance(cause, MessageSizeTooLargeError | RecordListTooLargeError):
        return Unprocessable(DeadLetterReason.OVERSIZE, "what came of it is larger than its topic takes")
    return Unavailable(type(cause or error).__name__)


def _incoming(event: Event) -> Incoming:
    message: Any = event.message
    return Incoming(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp_ms=round(message.timestamp * 1000) if message.timestamp else 0,
        key=message.key,
        value=message.value,
        headers=tuple(_pairs(message.headers)),
    )


def _pairs(headers: Any) -> list[tuple[str, bytes]]:
    if not headers:
        return []
    items = headers.items() if hasattr(headers, "items") else headers
    return [(str(name), bytes(value)) for name, value in items if value is not None]


def _stuck(reason: str) -> None:
    _exit_now(FATAL, f"stuck: {reason}")


def _exit_now(code: int, reason: str) -> None:
    """End at once, without a clean-up that could commit: what is not durable comes again."""
    log.error("worker.exit", code=code, reason=reason)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
