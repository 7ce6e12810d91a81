"""The worker's side of a recognition child: start it, give it work, kill it when stuck, start it anew."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import send_handle
from typing import Any

import msgspec
import psutil
from msgspec import Struct

from processors.transcription.engine import EngineInfo
from schemas.records.transcribed import InteractionTranscribed
from streams.asr_child.child import serve
from streams.asr_child.messages import (
    Decoded,
    Done,
    DoneTogether,
    Failed,
    HearJob,
    HearTogether,
    Job,
    Ready,
    Refused,
    Reply,
    Setup,
    Unreachable,
    decode_reply,
    encode,
)
from streams.recordings import FetchedRecording, RecordingRejected

_POLL_SECONDS = 0.25
_LAST_WORDS_SECONDS = 5.0
_DIED = "died"


class AsrTimeout(Exception):
    """The child took longer than the audio warrants and was killed."""


class AsrCrashed(Exception):
    """The child died, was killed for eating too much memory, or failed in a way that blames no audio."""


class AsrUnavailable(Exception):
    """The engine cannot hear at the moment, as when a service is down; no recording is to blame."""


class ChildOptions(Struct, frozen=True, kw_only=True):
    """How to run a child.

    ``engine`` is ``module:factory``, called in the child with ``arguments`` (plain data) to give a
    ``Hearer``. A job may take ``floor_seconds`` plus ``seconds_per_audio_second`` for each second of each
    channel. ``max_rss_bytes`` 0 sets no limit to memory. ``AsrPool`` has up to ``batch_calls`` waiting calls
    heard in one pass.
    """

    engine: str
    arguments: Mapping[str, Any] = {}
    floor_seconds: float = 120.0
    seconds_per_audio_second: float = 2.0
    start_seconds: float = 120.0
    max_rss_bytes: int = 0
    batch_calls: int = 1


class AsrChild:
    """One child with one engine. Jobs are taken one at a time; a second caller waits for the first."""

    def __init__(self, options: ChildOptions) -> None:
        self._options = options
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._info: EngineInfo | None = None
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="asr-child")
        self._busy = asyncio.Lock()

    @property
    def info(self) -> EngineInfo:
        """The engine that hears; known once ``start`` has returned."""
        if self._info is None:
            raise RuntimeError("the child has not been started")
        return self._info

    @property
    def pid(self) -> int | None:
        """Process id of the running child."""
        return self._process.pid if self._process else None

    async def start(self) -> EngineInfo:
        """Start the child and load its engine. Raises ``AsrCrashed`` and ``AsrTimeout``."""
        async with self._busy:
            await self._run(self._ensure_started)
        return self.info

    async def hear(
        self,
        job: HearJob,
        files: Sequence[FetchedRecording],
        on_decoded: Callable[[int], None] | None = None,
    ) -> InteractionTranscribed:
        """Have one interaction heard.

        ``on_decoded`` is told, from another thread, how many milliseconds of audio all channels hold.
        Raises ``RecordingRejected`` for audio that is refused, ``AsrUnavailable`` while the engine cannot
        hear, ``AsrTimeout`` and ``AsrCrashed``. After either of the last two the next call gets a fresh
        child. Cancelling kills the child.
        """
        async with self._busy:
            reply: Reply = await self._run(self._converse, job, files, on_decoded)
        heard = _outcome(reply)
        if isinstance(heard, RecordingRejected):
            raise heard
        return heard

    async def hear_together(
        self, jobs: Sequence[tuple[HearJob, Sequence[FetchedRecording]]]
    ) -> list[InteractionTranscribed | RecordingRejected]:
        """Have several interactions heard in one pass; a call whose audio is refused leaves the others be.

        Raises as ``hear`` does, for all at once: which of them is to blame is not known.
        """
        together = HearTogether(jobs=tuple(job for job, _ in jobs))
        files = [file for _, own in jobs for file in own]
        async with self._busy:
            reply: Reply = await self._run(self._converse, together, files, None)
        if not isinstance(reply, DoneTogether):
            raise TypeError("the child answered several jobs as one")
        return [_outcome(answer) for answer in reply.answers]

    async def close(self) -> None:
        """Stop the child, at once if it is at work."""
        self._kill()
        self._threads.shutdown(wait=True)

    async def _run(self, work: Any, *arguments: Any) -> Any:
        cancelled = threading.Event()
        future = asyncio.get_running_loop().run_in_executor(self._threads, work, cancelled, *arguments)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            cancelled.set()
            await asyncio.wait([future])
            raise

    def _ensure_started(self, cancelled: threading.Event) -> None:
        if self._serving():
            return
        self._kill()
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe(duplex=True)
        self._process = context.Process(target=serve, args=(theirs, os.getpid()), daemon=True)
        self._process.start()
        theirs.close()
        setup = Setup(engine=self._options.engine, arguments=dict(self._options.arguments))
        self._send(encode(setup))
        reply = self._await_reply(cancelled, time.monotonic() + self._options.start_seconds)
        match reply:
            case Ready(info=info):
                self._info = info
            case Failed(error=error):
                raise self._broken(f"could not load its engine: {error}")
            case _:
                raise self._broken("answered out of turn")

    def _converse(
        self,
        cancelled: threading.Event,
        job: Job,
        files: Sequence[FetchedRecording],
        on_decoded: Callable[[int], None] | None,
    ) -> Done | Refused | DoneTogether:
        self._ensure_started(cancelled)
        self._send(encode(job), files)
        deadline = time.monotonic() + self._options.floor_seconds
        while True:
            match reply := self._await_reply(cancelled, deadline):
                case Decoded(audio_ms=audio_ms):
                    if on_decoded is not None:
                        on_decoded(audio_ms)
                    allowed = self._options.seconds_per_audio_second * audio_ms / 1000
                    deadline = time.monotonic() + self._options.floor_seconds + allowed
                case Done() | Refused() | DoneTogether():
                    return reply
                case Unreachable(detail=detail):
                    raise AsrUnavailable(detail)
                case Failed(error=error):
                    raise AsrCrashed(error)
                case _:
                    raise self._broken("answered out of turn")

    def _send(self, message: bytes, files: Sequence[FetchedRecording] = ()) -> None:
        connection, process = self._connection, self._process
        assert connection is not None
        assert process is not None
        try:
            connection.send_bytes(message)
            for file in files:
                send_handle(connection, file.file.fileno(), process.pid or 0)
        except OSError:
            raise self._broken(_DIED) from None

    def _await_reply(self, cancelled: threading.Event, deadline: float) -> Reply:
        connection = self._connection
        assert connection is not None
        while True:
            try:
                if connection.poll(_POLL_SECONDS):
                    return decode_reply(connection.recv_bytes())
            except (OSError, EOFError):
                raise self._broken(_DIED) from None
            except msgspec.DecodeError:
                raise self._broken("answered nonsense") from None
            if cancelled.is_set():
                raise self._broken("was cancelled")
            if time.monotonic() > deadline:
                self._kill()
                raise AsrTimeout("recognition took longer than its audio warrants")
            if self._too_large():
                raise self._broken("used too much memory")

    def _serving(self) -> bool:
        """Whether the child can take work. One that was killed stays a zombie until its last thread has
        ended, and until then the system does not call it dead.
        """
        if self._process is None or not self._process.is_alive():
            return False
        try:
            return bool(psutil.Process(self._process.pid).status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    def _too_large(self) -> bool:
        if not self._options.max_rss_bytes or self.pid is None:
            return False
        try:
            return bool(psutil.Process(self.pid).memory_info().rss > self._options.max_rss_bytes)
        except psutil.NoSuchProcess:
            return False

    def _broken(self, what: str) -> AsrCrashed:
        process = self._process
        if process is not None:
            # A process that hung up is about to end by itself; its own exit code tells more than ours.
            process.join(_LAST_WORDS_SECONDS if what == _DIED else 0)
        self._kill()
        code = process.exitcode if process else None
        return AsrCrashed(f"recognition process {what} (exit code {code})")

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _outcome(answer: Reply) -> InteractionTranscribed | RecordingRejected:
    match answer:
        case Done(transcribed=transcribed):
            return transcribed
        case Refused(reason=reason, detail=detail):
            return RecordingRejected(reason, detail)
        case _:
            raise TypeError("the child answered one job as several")
