"""A connection to the engine, and what a request does to it and undoes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streams.local.store_server.order import ExternalTable, Order, assignments, identifier, literal

_PIECE_BYTES = 1 << 20
# chDB gives its queries ids of its own; the client's travels here, so that the query can be found and killed.
_MARK = "log_comment"
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "a": "\a", "v": "\v"}


class Handle:
    """A connection with its own current database, settings and temporary tables; one request at a time.

    chDB runs the handles of one process side by side, and opening one takes 0.2 ms.
    """

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._database = "default"
        self._client_used_set = False
        self._kept: Mapping[str, str] = {}

    def query(
        self, sql: str | bytes, output: str = "TabSeparated", bound: Mapping[str, str] | None = None
    ) -> Any:
        """Run one statement to its end. Raises chDB's RuntimeError."""
        return self.connection.query(sql, output, params=dict(bound or {}))

    def set_up(self, order: Order) -> None:
        """Give the handle the settings, database and external tables of ``order``."""
        parameters = order.parameters
        settings = {_MARK: parameters.query_id, **parameters.settings}
        if self._client_used_set:
            self._kept = self._changed(settings)
        self.query(f"SET {assignments(settings)}")
        if parameters.database:
            self.query(f"USE {identifier(parameters.database)}")
        for table in order.external:
            self._load(table)

    def insert(self, order: Order) -> dict[str, str]:
        """Insert the data of ``order`` as its client encoded it; returns the summary.

        All or nothing as far as ClickHouse goes: one block of up to a million rows is one part.
        """
        bound = order.parameters.bound
        if bound:
            self.query(
                f"SET {assignments({f'param_{name}': unescaped(value) for name, value in bound.items()})}"
            )
        assert order.data is not None
        return self._feed(order.statement.head.decode(), order.statement.format or "Values", order.data)

    def kill(self, query_id: str) -> None:
        """Cancel the query that another handle runs under ``query_id``; does not wait for its end."""
        self.query(f"KILL QUERY WHERE Settings[{literal(_MARK)}] = {literal(query_id)} ASYNC")

    def note(self, order: Order) -> None:
        """Remember what a client changed for the rest of its session by SET and USE."""
        if order.statement.kind == "SET":
            self._client_used_set = True
        elif order.statement.kind == "USE":
            self._database = (
                self.query("SELECT currentDatabase() FORMAT TSVRaw").bytes().decode().rstrip("\n")
            )

    def clean_up(self, order: Order) -> None:
        """Undo :meth:`set_up`, for a handle that lives on in a session."""
        parameters = order.parameters
        for table in order.external:
            self._try(f"DROP TEMPORARY TABLE IF EXISTS {identifier(table.name)}")
        for name in (_MARK, *parameters.settings):
            self._try(f"SET {name} = {self._kept.get(name, 'DEFAULT')}")
        self._kept = {}
        if parameters.database and order.statement.kind != "USE":
            self._try(f"USE {identifier(self._database)}")

    def close(self) -> None:
        """Give the connection back to the engine."""
        self.connection.close()

    def _try(self, sql: str) -> bool:
        """Whether there was something to undo: a setting may be unknown, a database dropped."""
        try:
            self.query(sql)
        except RuntimeError:
            return False
        return True

    def _changed(self, names: Mapping[str, str]) -> dict[str, str]:
        wanted = ", ".join(literal(name) for name in names)
        sql = f"SELECT name, value FROM system.settings WHERE changed AND name IN ({wanted}) FORMAT TSVRaw"  # noqa: S608
        rows = self.query(sql).bytes().decode().splitlines()
        return {name: literal(value) for name, _, value in (row.partition("\t") for row in rows)}

    def _load(self, table: ExternalTable) -> None:
        name = identifier(table.name)
        self.query(f"CREATE TEMPORARY TABLE {name} ({table.structure}) ENGINE = Memory")
        self._feed(f"INSERT INTO {name}", table.format, iter(lambda: table.body.read(_PIECE_BYTES), b""))

    def _feed(self, head: str, encoding: str, pieces: Iterator[bytes]) -> dict[str, str]:
        with self.connection.send_insert(head, encoding) as inserter:
            for piece in pieces:
                inserter.append(piece)
            result = inserter.finish()
        return {
            "written_rows": str(result.rows_written),
            "written_bytes": str(result.bytes_written),
            "elapsed_ns": str(int(result.elapsed * 1e9)),
        }


def unescaped(value: str) -> str:
    """A parameter as plain text; over HTTP it comes escaped as in TabSeparated."""
    text, position = "", 0
    while (mark := value.find("\\", position)) >= 0 and mark + 1 < len(value):
        text += value[position:mark] + _ESCAPES.get(value[mark + 1], value[mark + 1])
        position = mark + 2
    return text + value[position:]
