"""What a store for rows must do, and the three ways in which it may say no."""

from __future__ import annotations

from typing import Protocol

from sinks.tables import Rows


class SinkUnavailable(Exception):
    """The store cannot take rows now: try the same rows again later, for as long as it takes.

    Also raised for errors that nobody knows to be the rows' fault (a missing table, a refused login): they
    stop delivery and are seen as lag, but lose nothing. The text names table and error code, never a value.
    """


class SinkOverloaded(Exception):
    """The store cannot take this many rows at once: try half of them. The text holds no value."""


class SinkRejected(Exception):
    """A row can never be stored as it is. The text names table and error code, never a value."""


class Sink(Protocol):
    """A store keyed by business id: writing the same rows again changes nothing a reader sees."""

    def write(self, rows: Rows) -> None:
        """Returns when every row is durable. Tables are written in the order of ``TABLES``.

        Not atomic: after an exception some tables may hold their rows, which a repeated write makes good.

        Raises:
            SinkUnavailable: the store does not answer or cannot serve now.
            SinkOverloaded: too many rows at once.
            SinkRejected: at least one row can never be stored.
        """
