"""Where the records of one interaction lie, found by key: for tracing, without a consumer group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kafka.partitioner.default import murmur2
from msgspec import Struct

from streams.operations.cluster import Cluster
from streams.operations.offsets import Place, at_time, ends, places_of, read_ranges, starts
from streams.operations.publish import Coordinates

MOST_READ = 100_000
"""Records of one partition that are read in search of a key."""


class FoundRecord(Struct, frozen=True, kw_only=True):
    """A record with the key; ``written_at`` is its record time in epoch ms."""

    coordinates: Coordinates
    written_at: int
    size_bytes: int


class Footprint(Struct, frozen=True, kw_only=True):
    """Every record found, oldest first. ``cut`` names topics of which only the first part was read."""

    records: tuple[FoundRecord, ...]
    cut: tuple[str, ...] = ()


def footprint(
    cluster: Cluster, topics: Iterable[str], key: bytes, *, since_ms: int | None = None, most: int = MOST_READ
) -> Footprint:
    """Records of ``topics`` with this key, written at or after ``since_ms``, or from the oldest retained on.

    Only the partition that murmur2 gives the key is read, at most ``most`` records a topic; records written
    while the topic had fewer partitions lie elsewhere and are not found. Raises TopicMissing.
    """
    every = places_of(cluster, topics)
    counts = Counter(place.topic for place in every)
    places = [place for place in every if place.partition == partition_of(key, counts[place.topic])]
    first, last = starts(cluster, places), ends(cluster, places)
    begins = at_time(cluster, places, since_ms) if since_ms is not None else {}
    ranges: dict[Place, tuple[int, int]] = {}
    cut: list[str] = []
    for place in places:
        begin = begins.get(place, first[place])
        # None: nothing was written since.
        begin = last[place] if begin is None else begin
        ranges[place] = (begin, min(last[place], begin + most))
        if last[place] > begin + most:
            cut.append(place.topic)
    found = [
        FoundRecord(
            coordinates=Coordinates(topic=record.topic, partition=record.partition, offset=record.offset),
            written_at=record.timestamp,
            size_bytes=len(record.value or b""),
        )
        for record in read_ranges(cluster, ranges)
        if record.key == key
    ]
    return Footprint(records=tuple(sorted(found, key=lambda one: one.written_at)), cut=tuple(cut))


def partition_of(key: bytes, partitions: int) -> int:
    """The partition that Kafka's default partitioner gives a key."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)
