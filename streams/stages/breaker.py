"""A bad deployment fails everything: better to stop than to drain a topic into dead letters."""

from __future__ import annotations

from streams.stages.attempts import AttemptJournal

_NAME = "dead-letters-in-a-row"


class TooManyDeadLetters(Exception):
    """So many records in a row were set aside that something else must be wrong."""


class Breaker:
    """Counts dead letters since the last record that passed, also across restarts.

    A worker that was stopped may set aside one record more before it is stopped again, so that a stretch
    of bad records passes slowly instead of never, and a bad release does little harm until somebody looks.
    """

    def __init__(self, limit: int, journal: AttemptJournal) -> None:
        self._limit = limit
        self._journal = journal
        self._in_a_row = min(journal.remembered(_NAME), limit - 1)

    def set_aside(self) -> None:
        """One dead letter is about to be written. Raises TooManyDeadLetters instead, beyond the limit."""
        self._in_a_row += 1
        self._journal.remember(_NAME, self._in_a_row)
        if self._in_a_row > self._limit:
            raise TooManyDeadLetters(f"{self._in_a_row} dead letters in a row")

    def passed(self) -> None:
        """A record had an outcome of its own."""
        if self._in_a_row:
            self._in_a_row = 0
            self._journal.remember(_NAME, 0)
