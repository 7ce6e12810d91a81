"""The oracle's own eyes: kafka-python for topics, JSON over plain HTTP for ClickHouse, nothing of callqa."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from kafka import KafkaConsumer, TopicPartition

_SECONDS = 60
_FETCH_BYTES = 64 << 20


@dataclass(frozen=True)
class KafkaRecord:
    """One record as it lies on its topic."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    def header(self, name: str) -> str:
        """A header's text, empty where there is none."""
        return dict(self.headers).get(name, b"").decode("ascii", "replace")

    @property
    def source_topic(self) -> str:
        """Topic of the event that a dead letter is about, empty for other records."""
        return self.header("callqa-src-topic")

    def source(self) -> tuple[int, int]:
        """Partition and offset of that event; (-1, -1) for other records."""
        if not self.header("callqa-src-offset"):
            return (-1, -1)
        return int(self.header("callqa-src-partition")), int(self.header("callqa-src-offset"))

    def where(self) -> str:
        """Coordinates for a person."""
        return f"{self.topic}/{self.partition}@{self.offset}"


class TopicReader:
    """Reads topics to their last record of the moment, without a group.

    ``starts`` are offsets by topic and partition to begin at; elsewhere it begins with the first record.
    """

    def __init__(self, bootstrap: str, starts: Mapping[tuple[str, int], int] | None = None) -> None:
        self._starts = starts or {}
        self._consumer = KafkaConsumer(
            bootstrap_servers=bootstrap.split(","),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_bytes=_FETCH_BYTES,
        )

    def read(self, topic: str) -> Iterator[KafkaRecord]:
        """Every record. Raises TimeoutError where the broker stops giving any before the end."""
        places = [
            TopicPartition(topic, number) for number in self._consumer.partitions_for_topic(topic) or ()
        ]
        self._consumer.assign(places)
        self._consumer.seek_to_beginning(*places)
        for place in places:
            if (place.topic, place.partition) in self._starts:
                self._consumer.seek(place, self._starts[place.topic, place.partition])
        ends = self._consumer.end_offsets(places)
        while any(self._consumer.position(place) < ends[place] for place in places):
            batches = self._consumer.poll(timeout_ms=_SECONDS * 1000, max_records=2_000)
            if not batches:
                raise TimeoutError(f"{topic}: no record in {_SECONDS} s")
            for records in batches.values():
                for record in records:
                    yield KafkaRecord(
                        record.topic,
                        record.partition,
                        record.offset,
                        record.key,
                        record.value,
                        tuple(record.headers),
                    )

    def close(self) -> None:
        """Close the connection."""
        self._consumer.close()


@dataclass(frozen=True)
class Store:
    """A ClickHouse by its HTTP address."""

    url: str
    user: str = "default"
    password: str = ""

    def rows(self, question: str) -> list[dict[str, Any]]:
        """The answer to a query, by column name. Raises OSError."""
        query = urlencode({"default_format": "JSON", "output_format_json_quote_64bit_integers": 1})
        request = urllib.request.Request(  # noqa: S310 the address is the operator's
            f"{self.url}/?{query}",
            data=question.encode(),
            headers={"X-ClickHouse-User": self.user, "X-ClickHouse-Key": self.password},
        )
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            rows: list[dict[str, Any]] = json.load(answer)["data"]
            return rows
