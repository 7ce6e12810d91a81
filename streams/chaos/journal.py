"""What was published, written down before and after: what the oracle believes besides the stores."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import msgspec

from streams.chaos.load import LoadRecord
from streams.operations.cluster import Cluster
from streams.operations.offsets import Place
from streams.operations.publish import OutgoingRecord, publish


class Journal:
    """An append-only file of JSON lines, on disk before a record is sent and again after it is confirmed.

    An ``intent`` line holds number, key, kind, truth and what went wrong on purpose meanwhile; a
    ``confirmed`` line holds number, topic, partition and offset. An intent without confirmation may or may
    not have reached Kafka. A ``begun`` line, if there is one, comes first. Use as a context manager.
    """

    def __init__(self, path: Path, topic: str) -> None:
        self.path = path
        self._topic = topic
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab")
        self._next = 0

    @property
    def count(self) -> int:
        """Records meant to be published so far, repetitions included."""
        return self._next

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def begin(self, ends: Mapping[Place, int]) -> None:
        """Note where each partition ends before the run: what lies there already is somebody else's."""
        places = [[place.topic, place.partition, end] for place, end in ends.items()]
        self._write([{"event": "begun", "ends": places}])

    def publish(self, cluster: Cluster, records: list[LoadRecord], during: str) -> None:
        """Publish in order. ``during`` names the fault under way. Raises PublishFailed, BrokerUnreachable."""
        numbers = range(self._next, self._next + len(records))
        self._next += len(records)
        self._write(
            [_intent(number, record, during) for number, record in zip(numbers, records, strict=True)]
        )
        outgoing = [OutgoingRecord(key=record.key.encode(), value=record.value) for record in records]
        places = publish(cluster, self._topic, outgoing)
        self._write(
            [
                {
                    "event": "confirmed",
                    "number": number,
                    "topic": place.topic,
                    "partition": place.partition,
                    "offset": place.offset,
                }
                for number, place in zip(numbers, places, strict=True)
            ]
        )

    def _write(self, lines: list[dict[str, object]]) -> None:
        self._file.write(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        self._file.flush()
        os.fsync(self._file.fileno())


def _intent(number: int, record: LoadRecord, during: str) -> dict[str, object]:
    return {
        "event": "intent",
        "number": number,
        "key": record.key,
        "kind": record.kind,
        "during": during,
        "unit_by_place": record.unit_by_place,
        "truth": record.truth,
    }
