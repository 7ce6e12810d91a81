"""A sink in memory with the same rules of replacement as the tables in ClickHouse."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any

from sinks.sink import SinkRejected
from sinks.tables import TABLES, Row, Rows, Table


class MemorySink:
    """Keeps every row ever written; ``rows_of`` reads them as FINAL would. Safe for several threads."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._lock = threading.Lock()

    def write(self, rows: Rows) -> None:
        """Raises ``SinkRejected`` for an unknown table, a row of the wrong width or text not Unicode."""
        for name in rows:
            if name not in TABLES:
                raise SinkRejected(f"{name}: no such table")
        with self._lock:
            for table in TABLES.values():
                for row in rows.get(table.name, ()):
                    _check(table, row)
                    self._rows[table.name].append(row)

    def rows_of(self, name: str) -> list[Row]:
        """Rows of one table after replacement, in the order of their keys."""
        table = TABLES[name]
        key = _picker(table, table.key)
        version = _picker(table, (table.version,) if table.version else ())
        current: dict[tuple[Any, ...], Row] = {}
        with self._lock:
            for row in self._rows[name]:
                held = current.get(key(row))
                if held is None or version(row) >= version(held):
                    current[key(row)] = row
        return [current[each] for each in sorted(current)]

    def written(self, name: str) -> int:
        """Rows written to a table, repeats included."""
        with self._lock:
            return len(self._rows[name])


def _picker(table: Table, columns: tuple[str, ...]) -> Any:
    places = [table.columns.index(column) for column in columns]
    return lambda row: tuple(row[place] for place in places)


def _check(table: Table, row: Row) -> None:
    if len(row) != len(table.columns):
        raise SinkRejected(f"{table.name}: a row has {len(row)} values for {len(table.columns)} columns")
    for column, value in zip(table.columns, row, strict=True):
        if isinstance(value, str) and not _is_unicode(value):
            raise SinkRejected(f"{table.name}: {column} is not valid Unicode text")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
