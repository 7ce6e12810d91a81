"""Calls that wait are heard together, so that a GPU's batches are full.

A crash, a deadline or an error with several calls in work says nothing of any of them: each is heard alone
then, and only what happens alone is told to its caller, who counts it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from schemas.records.transcribed import InteractionTranscribed
from streams.asr_child.messages import HearJob
from streams.asr_child.parent import AsrChild, AsrCrashed, AsrTimeout
from streams.recordings import FetchedRecording

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Waiting:
    """A call whose caller waits; ``work`` is the attempt it is part of."""

    job: HearJob
    files: Sequence[FetchedRecording]
    on_decoded: Callable[[int], None] | None
    answer: asyncio.Future[InteractionTranscribed] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    work: asyncio.Task[None] | None = None

    def settle(self, outcome: InteractionTranscribed | BaseException) -> None:
        """Answer a caller who still waits."""
        if self.answer.done():
            return
        if isinstance(outcome, BaseException):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


class CallBatches:
    """Gives each of ``children`` that is free up to ``most`` of the calls that wait, the oldest first."""

    def __init__(self, children: Sequence[AsrChild], most: int) -> None:
        self._free = list(children)
        self._most = most
        self._waiting: deque[_Waiting] = deque()
        self._runs: set[asyncio.Task[None]] = set()

    async def hear(
        self,
        job: HearJob,
        files: Sequence[FetchedRecording],
        on_decoded: Callable[[int], None] | None = None,
    ) -> InteractionTranscribed:
        """As ``AsrChild.hear``; ``on_decoded`` is told nothing of a call that is heard with others.

        Cancelling ends the attempt that the call is part of; the others of it are heard anew.
        """
        one = _Waiting(job, files, on_decoded)
        self._waiting.append(one)
        if self._free:
            run = asyncio.create_task(self._run(self._free.pop()))
            self._runs.add(run)
            run.add_done_callback(self._runs.discard)
        try:
            return await one.answer
        except asyncio.CancelledError:
            await self._withdraw(one)
            raise

    async def _withdraw(self, one: _Waiting) -> None:
        if one in self._waiting:
            self._waiting.remove(one)
        elif one.work is not None and not one.work.done():
            one.work.cancel()
            # The caller closes its files now; nobody may be reading them.
            await asyncio.wait([one.work])

    async def _run(self, child: AsrChild) -> None:
        try:
            while batch := self._next():
                for attempt in (batch, *([one] for one in batch)):
                    await self._attempt(child, [one for one in attempt if not one.answer.done()])
        finally:
            self._free.append(child)

    def _next(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < self._most:
            one = self._waiting.popleft()
            if not one.answer.done():
                batch.append(one)
        return batch

    async def _attempt(self, child: AsrChild, calls: Sequence[_Waiting]) -> None:
        if not calls:
            return
        work = asyncio.create_task(_heard(child, calls))
        for one in calls:
            one.work = work
        await asyncio.wait([work])
        error = None if work.cancelled() else work.exception()
        if error is not None:
            for one in calls:
                one.settle(error)


async def _heard(child: AsrChild, calls: Sequence[_Waiting]) -> None:
    """Answer all of ``calls``, or none where several failed together."""
    if len(calls) == 1:
        (one,) = calls
        one.settle(await child.hear(one.job, one.files, one.on_decoded))
        return
    try:
        answers = await child.hear_together([(one.job, one.files) for one in calls])
    except (AsrCrashed, AsrTimeout) as error:
        log.warning("transcription.batch_failed", calls=len(calls), error=type(error).__name__)
        return
    for one, answer in zip(calls, answers, strict=True):
        one.settle(answer)
