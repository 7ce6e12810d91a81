"""A TCP proxy that misbehaves on request: put it between a client and Kafka or ClickHouse.

    with ChaosProxy(("127.0.0.1", 8123), TextConversation) as proxy:
        client = connect(f"http://127.0.0.1:{proxy.port}")
        with proxy.fault(Mode.BLACKHOLE):
            ...
        proxy.cut(b"INSERT", Moment.BEFORE_ANSWER)

Kafka tells its clients where to come back to, so it must know of the proxy:
``EmbeddedKafka(proxy_port=...)``, and its ``proxied_port`` is then the target.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from types import TracebackType

from streams.chaos.cuts import Conversation, CutOrders, Moment, TextConversation
from streams.local.ports import free_port

_CHUNK_BYTES = 64 << 10
_CHUNKS_HELD = 64
_ANSWER_SECONDS = 10.0
_END_SECONDS = 2.0
_POLL_SECONDS = 0.02


class Mode(StrEnum):
    """What becomes of bytes and connections.

    LATENCY: each chunk arrives later, in both directions. BLACKHOLE: connections are taken and bytes
    vanish; such a connection is reset when the fault ends, since what was lost does not come back.
    HALF_OPEN: requests arrive, answers do not; they come late when the fault ends. RESET: every open and
    every new connection is reset (RST, no FIN). REFUSE: nobody listens, and open connections are reset.
    """

    PASS = "pass"  # noqa: S105 not a password
    LATENCY = "latency"
    BLACKHOLE = "blackhole"
    HALF_OPEN = "half-open"
    RESET = "reset"
    REFUSE = "refuse"


class ChaosProxy:
    """Listens on ``port`` of the loopback interface and forwards to ``target``, from a thread of its own.

    Use as a context manager. All methods may be called from any thread, also from a running event loop:
    each returns as soon as the change is made. ``target`` may be set or changed at any time; while it is
    None or does not answer, connections are reset.
    """

    def __init__(
        self,
        target: tuple[str, int] | None = None,
        conversation: Callable[[CutOrders], Conversation] = TextConversation,
        port: int = 0,
    ) -> None:
        self.port = port or free_port()
        self.target = target
        self._conversation = conversation
        self._orders = CutOrders()
        self._mode = Mode.PASS
        self._latency = 0.0
        self._links: set[_Link] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._changed = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chaos-proxy", daemon=True)

    @property
    def mode(self) -> Mode:
        """What becomes of bytes now."""
        return self._mode

    @property
    def cuts(self) -> int:
        """How many connections were cut by order so far."""
        return self._orders.done

    def set_mode(self, mode: Mode, *, latency_seconds: float = 0.0) -> None:
        """Change what becomes of bytes and connections from now on."""
        asyncio.run_coroutine_threadsafe(self._set_mode(mode, latency_seconds), self._loop).result(
            _ANSWER_SECONDS
        )

    def reset_once(self) -> None:
        """Reset every open connection; new ones are served."""
        self._loop.call_soon_threadsafe(self._reset_links, lambda link: True)

    @contextlib.contextmanager
    def fault(self, mode: Mode, *, latency_seconds: float = 0.0) -> Iterator[None]:
        """``mode`` for as long as the block runs, and then PASS again."""
        self.set_mode(mode, latency_seconds=latency_seconds)
        try:
            yield
        finally:
            self.set_mode(Mode.PASS)

    def cut(self, request: int | bytes, moment: Moment, times: int = 1) -> None:
        """Reset the connection of the next ``times`` requests of a kind.

        ``request`` is a Kafka api key (``KafkaApi``) where the proxy was made with ``KafkaConversation``,
        and bytes that the request holds where it was made with ``TextConversation``.
        """
        self._loop.call_soon_threadsafe(self._orders.order, moment, request, times)

    def withdraw_cuts(self) -> None:
        """Forget what was ordered and has not been cut yet."""
        self._loop.call_soon_threadsafe(self._orders.clear)

    def await_cuts(self, count: int, deadline_seconds: float) -> bool:
        """Whether ``count`` cuts were made in all before the deadline."""
        deadline = time.monotonic() + deadline_seconds
        while self.cuts < count and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        return self.cuts >= count

    def __enter__(self) -> ChaosProxy:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(_ANSWER_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(_ANSWER_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_ANSWER_SECONDS)
        self._loop.close()

    async def passable(self, *, answer: bool) -> bool:
        """For the links: wait until bytes may go this way; False where they are to vanish."""
        while self._mode is Mode.HALF_OPEN and answer:
            await self._changed.wait()
        return self._mode is not Mode.BLACKHOLE

    @property
    def latency(self) -> float:
        """For the links: seconds that a chunk takes now."""
        return self._latency

    def note_cut(self) -> None:
        """For the links: a connection was cut by order."""
        self._orders.done += 1

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode is Mode.RESET:
            _reset(writer)
            return
        link = _Link(self, reader, writer, self._conversation(self._orders))
        self._links.add(link)
        try:
            await link.run(self.target)
        finally:
            self._links.discard(link)

    async def _set_mode(self, mode: Mode, latency_seconds: float) -> None:
        before, self._mode = self._mode, mode
        self._latency = latency_seconds if mode is Mode.LATENCY else 0.0
        self._changed.set()
        self._changed = asyncio.Event()
        if mode is Mode.REFUSE and self._server is not None:
            self._server.close()
            self._server = None
        elif before is Mode.REFUSE and self._server is None:
            await self._listen()
        if mode in (Mode.RESET, Mode.REFUSE):
            self._reset_links(lambda link: True)
        elif mode is not Mode.BLACKHOLE:
            self._reset_links(lambda link: link.lossy)

    def _reset_links(self, chosen: Callable[[_Link], bool]) -> None:
        for link in [link for link in self._links if chosen(link)]:
            link.reset()

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
        self._reset_links(lambda link: True)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        # Links that were reset end by themselves; a cancelled one would be told as an error by asyncio.
        _, late = await asyncio.wait(others, timeout=_END_SECONDS) if others else (set(), set())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


class _Link:
    """One connection through the proxy: two streams, each read, kept back if need be, and written."""

    def __init__(
        self,
        proxy: ChaosProxy,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        conversation: Conversation,
    ) -> None:
        self._proxy = proxy
        self._client = (reader, writer)
        self._conversation = conversation
        self._writers = [writer]
        self._pumps: list[asyncio.Task[None]] = []
        self.lossy = False

    async def run(self, target: tuple[str, int] | None) -> None:
        """Forward until both sides are done or one of them fails."""
        reader, writer = self._client
        try:
            if target is None:
                raise ConnectionRefusedError
            server_reader, server_writer = await asyncio.open_connection(*target)
        except OSError:
            self.reset()
            return
        self._writers.append(server_writer)
        loop = asyncio.get_running_loop()
        self._pumps = [
            loop.create_task(self._pump(reader, server_writer, answer=False)),
            loop.create_task(self._pump(server_reader, writer, answer=True)),
        ]
        ended, _ = await asyncio.wait(self._pumps, return_when=asyncio.FIRST_EXCEPTION)
        if any(pump.cancelled() or pump.exception() is not None for pump in ended):
            self.reset()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        for each in self._writers:
            each.close()

    def reset(self) -> None:
        """End both sides with RST, as a machine does that knows nothing of the connection."""
        for pump in self._pumps:
            pump.cancel()
        for writer in self._writers:
            _reset(writer)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answer: bool
    ) -> None:
        """Chunks wait in a queue for their time, so that a delay costs no throughput."""
        chunks: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_CHUNKS_HELD)
        writing = asyncio.get_running_loop().create_task(self._write(chunks, writer, answer=answer))
        try:
            while True:
                reading = asyncio.ensure_future(reader.read(_CHUNK_BYTES))
                await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
                if writing.done():
                    reading.cancel()
                    break
                chunk = reading.result()
                await chunks.put((time.monotonic() + self._proxy.latency, chunk))
                if not chunk:
                    break
            await writing
        finally:
            writing.cancel()

    async def _write(
        self, chunks: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter, *, answer: bool
    ) -> None:
        while True:
            due, chunk = await chunks.get()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if not await self._proxy.passable(answer=answer):
                self.lossy = True
                continue
            if not chunk:
                writer.write_eof()
                return
            watched = self._conversation.answer if answer else self._conversation.request
            passage = watched(chunk)
            writer.write(passage.data)
            await writer.drain()
            if passage.cut:
                self._proxy.note_cut()
                raise ConnectionResetError("cut by order")


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST: with a linger time of zero nothing unsent is kept."""
    connection: socket.socket | None = writer.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):  # closed already
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
