"""Attempt journal: how often a record has broken its worker, remembered across ``kill -9``.

A record that breaks its worker leaves no trace in Kafka, so it would be redelivered for ever. Each failed
attempt is appended with its reason and fsynced before the next; a record that reached its outcome is cleared.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from schemas.records.terms import DeadLetterReason
from streams.stages.outcome import Incoming, ResourceFailure

_COMPACT_AFTER = 10_000


@dataclass(frozen=True, slots=True)
class LastFailure:
    """Why the last attempt failed: ``detail`` is ASCII without content, as in a dead letter."""

    reason: DeadLetterReason
    detail: str

    def as_failure(self) -> ResourceFailure:
        """What the dead letter of a record without attempts left is made from."""
        return ResourceFailure(self.reason, self.detail)


STOPPED = LastFailure(DeadLetterReason.REPEATED_FAILURE, "stopped its worker each time")
"""The work ended its worker by a failure that nobody thought of."""


class AttemptJournal:
    """Counts attempts by coordinates (topic, partition, offset) in one append-only file, which is written
    anew after ``compact_after`` lines.
    """

    def __init__(self, path: Path, compact_after: int = _COMPACT_AFTER) -> None:
        self._path = path
        self._compact_after = compact_after
        path.parent.mkdir(parents=True, exist_ok=True)
        self._counts: Counter[str] = Counter()
        self._failures: dict[str, LastFailure] = {}
        for line in _lines(path):
            self._read(line)
        self._file = self._rewritten()
        self._lines = 0

    def attempts(self, record: Incoming) -> int:
        """How many attempts were noted for this record and not cleared."""
        return self._counts[_key(record)]

    def last_failure(self, record: Incoming) -> LastFailure:
        """Why the last noted attempt failed."""
        return self._failures.get(_key(record), STOPPED)

    def note(self, record: Incoming, failure: LastFailure = STOPPED) -> int:
        """Count one more failed attempt, durably, and return the new number."""
        key = _key(record)
        self._counts[key] += 1
        self._failures[key] = failure
        self._append(self._line(key), durable=True)
        return self._counts[key]

    def clear(self, record: Incoming) -> None:
        """The record has an outcome: forget it. Costs nothing for a record never noted."""
        self._failures.pop(_key(record), None)
        if self._counts.pop(_key(record), 0):
            self._append({"key": _key(record), "n": 0}, durable=False)

    def remembered(self, name: str) -> int:
        """What ``remember`` was last told under this name, by this process or one before it; else 0."""
        return self._counts[name]

    def remember(self, name: str, count: int) -> None:
        """Keep a number for the next process; it survives ``kill -9``, not a power cut."""
        self._counts[name] = count
        self._append({"key": name, "n": count}, durable=False)

    def close(self) -> None:
        """Close the file; counts stay on disk."""
        self._file.close()

    def _append(self, line: dict[str, object], *, durable: bool) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        if durable:
            os.fsync(self._file.fileno())
        self._lines += 1
        if self._lines > self._compact_after:
            self._file.close()
            self._file = self._rewritten()
            self._lines = 0

    def _rewritten(self) -> TextIO:
        """The file with one line a record that still counts; also drops a line torn by a crash."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="ascii") as file:
            file.writelines(json.dumps(self._line(key)) + "\n" for key, n in self._counts.items() if n)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        return self._path.open("a", encoding="ascii")

    def _line(self, key: str) -> dict[str, object]:
        line: dict[str, object] = {"key": key, "n": self._counts[key]}
        failure = self._failures.get(key)
        return line if failure is None else {**line, "reason": failure.reason, "detail": failure.detail}

    def _read(self, line: dict[str, Any]) -> None:
        key = line["key"]
        self._counts[key] = line["n"]
        self._failures.pop(key, None)
        if line["n"] and "failure" in line:
            self._failures[key] = line["failure"]


def _key(record: Incoming) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """What was noted, oldest first; a last line torn by a crash, and bytes gone bad, cost only themselves."""
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            entry = json.loads(line)
            if "reason" in entry:
                entry["failure"] = LastFailure(DeadLetterReason(entry["reason"]), str(entry["detail"]))
            if isinstance(entry["key"], str) and isinstance(entry["n"], int):
                yield entry
        except (ValueError, TypeError, KeyError):
            continue
