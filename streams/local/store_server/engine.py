"""chDB as a server's engine: many requests at once, each on its own handle, none on the event loop."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from streams.local.store_server.directory import StoreDirectory
from streams.local.store_server.faults import engine_fault
from streams.local.store_server.handle import Handle
from streams.local.store_server.order import Order
from streams.local.store_server.sessions import Sessions

# chDB hands these out block by block, and the blocks together are the whole; others have a head or a foot.
_STREAMED_FORMATS = frozenset(
    {"Native", "TabSeparated", "TSV", "CSV", "RowBinary", "JSONEachRow", "JSONCompactEachRow"}
)
# A result up to this size is answered in one piece, with its summary and with any error as an HTTP status.
_WHOLE_BYTES = 8 << 20


class EngineFacts(Struct, frozen=True):
    """What the engine says about itself."""

    version: str
    timezone: str
    display_name: str


class Answer:
    """A result, whole or still being read. Always :meth:`close` it."""

    def __init__(self, order: Order, give_back: Callable[[], None]) -> None:
        self.format = order.result_format
        self.first = b""
        self.summary: dict[str, str] = {}
        self._stream: Any = None
        self._reading = threading.Lock()
        self._give_back: Callable[[], None] | None = give_back

    @property
    def is_whole(self) -> bool:
        """Whether ``first`` is all of it."""
        return self._stream is None

    def take_whole(self, body: bytes, summary: dict[str, str]) -> None:
        """The result is ``body``."""
        self.first, self.summary = body, summary

    def take_stream(self, stream: Any) -> None:
        """The result comes block by block; a small one is read to its end at once."""
        pieces: list[bytes] = []
        counted = {"read_rows": 0, "read_bytes": 0, "result_rows": 0}
        self._stream = stream
        while (block := stream.fetch()) is not None:
            pieces.append(block.bytes())
            counted["read_rows"] += block.storage_rows_read()
            counted["read_bytes"] += block.storage_bytes_read()
            counted["result_rows"] += block.rows_read()
            if sum(map(len, pieces)) >= _WHOLE_BYTES:
                break
        else:
            self._stream = None
            self.summary = {name: str(count) for name, count in counted.items()}
        self.first = b"".join(pieces)

    def read(self) -> bytes | None:
        """The next block, None at the end or once closed. Raises :class:`Fault`."""
        with self._reading:
            if self._stream is None:
                return None
            try:
                block = self._stream.fetch()
            except RuntimeError as error:
                raise engine_fault(error) from None
            return None if block is None else block.bytes()

    def close(self) -> None:
        """Stop reading, after a read in another thread, and give the handle back; again: does nothing."""
        with self._reading:
            stream, self._stream = self._stream, None
            give_back, self._give_back = self._give_back, None
            try:
                if stream is not None:
                    stream.close()
            finally:
                if give_back is not None:
                    give_back()


class Engine:
    """The store of one directory. Every method blocks; call them from worker threads."""

    def __init__(self, directory: StoreDirectory) -> None:
        """Open the store. Its process changes to the directory, which chDB then names relatively."""
        import chdb

        def connect() -> Handle:
            return Handle(chdb.connect(directory.connection_string))

        os.chdir(directory.path)
        self._root = connect()
        self._replace_default_database(directory)
        self._sessions = Sessions(connect, time.monotonic)
        facts = self._root.query("SELECT version(), timezone(), displayName() FORMAT TSVRaw").bytes().decode()
        self.facts = EngineFacts(*facts.rstrip("\n").split("\t"))

    def run(self, order: Order) -> Answer:
        """Run ``order``; the answer may still be read from the engine. Raises :class:`Fault`."""
        handle = self._sessions.take(order.parameters.session)
        answer = Answer(order, lambda: self._leave(order, handle))
        try:
            handle.set_up(order)
            _execute(handle, order, answer)
            handle.note(order)
        except RuntimeError as error:
            answer.close()
            raise engine_fault(error) from None
        except BaseException:
            answer.close()
            raise
        return answer

    def cancel(self, order: Order) -> None:
        """Cancel ``order``, which runs in another thread."""
        handle = self._sessions.take(None)
        try:
            handle.kill(order.parameters.query_id)
        except RuntimeError as error:
            raise engine_fault(error) from None
        finally:
            self._sessions.leave(None, handle)

    def close(self) -> None:
        """Close the sessions and the engine."""
        self._sessions.close()
        self._root.close()

    def _replace_default_database(self, directory: StoreDirectory) -> None:
        """Make ``default`` a plain database; chDB's own looks unknown tables up among files."""
        known = directory.has_default_database
        self._root.query("DETACH DATABASE default")
        self._root.query("ATTACH DATABASE default" if known else "CREATE DATABASE default ENGINE = Atomic")

    def _leave(self, order: Order, handle: Handle) -> None:
        key = order.parameters.session
        try:
            if key is not None:
                handle.clean_up(order)
        finally:
            self._sessions.leave(key, handle)


def _execute(handle: Handle, order: Order, answer: Answer) -> None:
    statement, bound = order.statement, dict(order.parameters.bound)
    output = order.result_format or "TabSeparated"
    if order.data is not None:
        answer.take_whole(b"", handle.insert(order))
    elif statement.kind == "SELECT" and output in _STREAMED_FORMATS:
        answer.take_stream(handle.connection.send_query(statement.head, output, params=bound))
    else:
        result = handle.query(statement.head, output, bound)
        answer.take_whole(result.bytes() or b"", _summary(result, wrote=statement.kind == "INSERT"))


def _summary(result: Any, wrote: bool) -> dict[str, str]:
    counted = {"elapsed_ns": str(int(result.elapsed() * 1e9))}
    if wrote:
        return counted | {"written_rows": str(result.rows_read()), "written_bytes": str(result.bytes_read())}
    return counted | {
        "read_rows": str(result.storage_rows_read()),
        "read_bytes": str(result.storage_bytes_read()),
        "result_rows": str(result.rows_read()),
    }
