"""Rows into ClickHouse over HTTP: every setting explicit, every error told apart by who is to act on it."""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable
from typing import Any

from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError, DataError

from sinks.sink import SinkOverloaded, SinkRejected, SinkUnavailable
from sinks.tables import TABLES, Row, Rows, Table

INSERT_SETTINGS = {
    # Defaults differ between server versions. Batches are formed here, so the server must not form its own.
    "async_insert": 0,
    "wait_for_async_insert": 1,
    # The answer comes when the insert is done, not when it is accepted.
    "wait_end_of_query": 1,
    # Block deduplication would silently drop rows that were erased and are replayed; keys do that work.
    "insert_deduplicate": 0,
    "deduplicate_blocks_in_dependent_materialized_views": 0,
    "optimize_on_insert": 1,
}
NEWER_INSERT_SETTINGS = {
    # Supersedes insert_deduplicate where the server has it, and is on by default.
    "deduplicate_insert": "disable",
}
"""Settings that not every supported server knows: sent only to one that does."""

OVERLOAD_CODES = frozenset(
    {
        158,  # TOO_MANY_ROWS
        241,  # MEMORY_LIMIT_EXCEEDED
        307,  # TOO_MANY_BYTES
        396,  # TOO_MANY_ROWS_OR_BYTES
    }
)
"""Fewer rows at once may pass. TOO_MANY_PARTS (252) is not among them: smaller inserts make more parts."""

REJECTION_CODES = frozenset(
    {
        6,  # CANNOT_PARSE_TEXT
        26,  # CANNOT_PARSE_QUOTED_STRING
        27,  # CANNOT_PARSE_INPUT_ASSERTION_FAILED
        38,  # CANNOT_PARSE_DATE
        41,  # CANNOT_PARSE_DATETIME
        53,  # TYPE_MISMATCH
        69,  # ARGUMENT_OUT_OF_BOUND
        70,  # CANNOT_CONVERT_TYPE
        72,  # CANNOT_PARSE_NUMBER
        117,  # INCORRECT_DATA
        128,  # TOO_LARGE_ARRAY_SIZE
        131,  # TOO_LARGE_STRING_SIZE
        190,  # SIZES_OF_ARRAYS_DONT_MATCH
        321,  # VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
        349,  # CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
        469,  # VIOLATED_CONSTRAINT
    }
)
"""The rows are at fault. Every other code, known or not, is waited out: nothing is lost by waiting."""

# A value that the client cannot encode. Its ProgrammingError is not here: it speaks of columns and settings.
_CLIENT_REJECTIONS = (DataError, ValueError, TypeError, OverflowError, struct.error)


class ClickHouseSink:
    """Writes through one clickhouse-connect client a thread, each made by ``connect``.

    ``connect`` must make clients with ``autogenerate_session_id=False``: with session ids a client refuses a
    second query beside the first.
    """

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._local = threading.local()
        self._clients: list[Any] = []
        self._types: dict[str, Any] = {}
        self._lock = threading.Lock()

    def write(self, rows: Rows) -> None:
        """See ``Sink.write``."""
        unknown = [name for name in rows if name not in TABLES]
        if unknown:
            raise SinkRejected(f"{unknown[0]}: no such table")
        for table in TABLES.values():
            if rows.get(table.name):
                self._insert(table, rows[table.name])

    def close(self) -> None:
        """Closes the clients of all threads."""
        with self._lock:
            clients, self._clients = self._clients, []
            self._local = threading.local()
        for client in clients:
            client.close()

    def _insert(self, table: Table, rows: list[Row]) -> None:
        if any(len(row) != len(table.columns) for row in rows):
            raise SinkRejected(f"{table.name}: a row does not have {len(table.columns)} values")
        try:
            client = self._client()
            context = client.create_insert_context(
                table.name,
                table.columns,
                column_types=self._types.get(table.name),
                data=rows,
                settings=_settings(client),
            )
            client.insert(context=context)
            self._types[table.name] = context.column_types
        except (ClickHouseError, OSError, *_CLIENT_REJECTIONS) as error:
            # Kept types may be those of a table that a migration has changed meanwhile.
            self._types.pop(table.name, None)
            # Not chained: the server repeats values in its messages, and they may be personal.
            raise _verdict(table.name, error) from None

    def _client(self) -> Any:
        client = getattr(self._local, "client", None)
        if client is None:
            client = self._local.client = self._connect()
            with self._lock:
                self._clients.append(client)
        return client


def _settings(client: Any) -> dict[str, Any]:
    known = {name: value for name, value in NEWER_INSERT_SETTINGS.items() if name in client.server_settings}
    return {**INSERT_SETTINGS, **known}


def _verdict(table: str, error: BaseException) -> Exception:
    code = error.code if isinstance(error, DatabaseError) else None
    text = f"{table}: {type(error).__name__}" + (f" code {code}" if code else "")
    if code in OVERLOAD_CODES:
        return SinkOverloaded(text)
    if code in REJECTION_CODES:
        return SinkRejected(text)
    # Without a code the server has said nothing: an encoding error of the client, or a broken connection.
    if not code and isinstance(error, _CLIENT_REJECTIONS):
        return SinkRejected(text)
    return SinkUnavailable(text)
