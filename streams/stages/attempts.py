"""Attempt journal: how often a record has broken its worker, remembered across ``kill -9``.

A record that crashes the process leaves no trace in Kafka, so it would be redelivered for ever. Each
attempt is appended and fsynced before the risky work starts; a record that reached its outcome is cleared.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TextIO

from streams.stages.outcome import Incoming

_COMPACT_AFTER = 10_000


class AttemptJournal:
    """Counts attempts by coordinates (topic, partition, offset) in one append-only file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._counts: Counter[str] = Counter(_read(path))
        self._file = self._rewritten()
        self._lines = 0

    def attempts(self, record: Incoming) -> int:
        """How many attempts were noted for this record and not cleared."""
        return self._counts[_key(record)]

    def note(self, record: Incoming) -> int:
        """Count one more attempt, durably, and return the new number."""
        self._counts[_key(record)] += 1
        self._append({"key": _key(record), "n": self._counts[_key(record)]}, durable=True)
        return self._counts[_key(record)]

    def clear(self, record: Incoming) -> None:
        """The record has an outcome: forget it. Costs nothing for a record never noted."""
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
        if self._lines > _COMPACT_AFTER:
            self._file.close()
            self._file = self._rewritten()
            self._lines = 0

    def _rewritten(self) -> TextIO:
        """The file with one line a record that still counts; also drops a line torn by a crash."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="ascii") as file:
            file.writelines(json.dumps({"key": key, "n": n}) + "\n" for key, n in self._counts.items() if n)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        return self._path.open("a", encoding="ascii")


def _key(record: Incoming) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"


def _read(path: Path) -> dict[str, int]:
    """Counts left in the file; a last line torn by a crash is ignored."""
    counts: dict[str, int] = {}
    if not path.exists():
        return counts
    for line in path.read_text(encoding="ascii").splitlines():
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            continue
        counts[entry["key"]] = entry["n"]
    return {key: count for key, count in counts.items() if count}
