"""Where the logs of topics begin, end and stand at a time, read without joining a group."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kafka import TopicPartition
from kafka.admin import OffsetSpec, OffsetTimestamp

from streams.operations.cluster import Cluster

_POLL_MS = 500
_SILENCE_S = 10.0
_NO_ERROR = 0


class TopicMissing(Exception):
    """A topic does not exist on the cluster; ``callqa topics apply`` creates it."""


class ReadStalled(Exception):
    """The brokers stopped giving records before the end of what was to be read."""


class Place(NamedTuple):
    """A partition of a topic; equal to kafka-python's TopicPartition."""

    topic: str
    partition: int


def places_of(cluster: Cluster, topics: Iterable[str]) -> list[Place]:
    """Every partition of ``topics`` in order. Raises TopicMissing."""
    wanted = list(topics)
    if not wanted:
        return []
    found = {about["name"]: about for about in cluster.admin.describe_topics(wanted)}
    missing = [name for name in wanted if name not in found or found[name]["error_code"] != _NO_ERROR]
    if missing:
        raise TopicMissing(f"topics missing on {cluster.bootstrap}: {', '.join(missing)}")
    return [
        Place(name, number)
        for name in wanted
        for number in sorted(part["partition_index"] for part in found[name]["partitions"])
    ]


def present(cluster: Cluster, topics: Iterable[str]) -> list[str]:
    """Those of ``topics`` that the cluster has, in order."""
    wanted = list(topics)
    found = {about["name"]: about["error_code"] for about in cluster.admin.describe_topics(wanted)}
    return [name for name in wanted if found.get(name) == _NO_ERROR]


def starts(cluster: Cluster, places: Iterable[Place]) -> dict[Place, int]:
    """The oldest retained offset of each partition."""
    return _resolve(cluster, dict.fromkeys(places, OffsetSpec.EARLIEST))


def ends(cluster: Cluster, places: Iterable[Place]) -> dict[Place, int]:
    """The offset that the next record of each partition will get."""
    return _resolve(cluster, dict.fromkeys(places, OffsetSpec.LATEST))


def at_time(cluster: Cluster, places: Iterable[Place], timestamp_ms: int) -> dict[Place, int | None]:
    """The first offset written at or after ``timestamp_ms``; None where no record is that late.

    Kafka's own tools turn that None into the end of the log, which reads as "skip everything".
    """
    found = _resolve(cluster, dict.fromkeys(places, OffsetTimestamp(timestamp_ms)))
    return {place: offset if offset >= 0 else None for place, offset in found.items()}


def read_ranges(cluster: Cluster, ranges: Mapping[Place, tuple[int, int]]) -> Iterator[Any]:
    """Every record at offsets ``[start, end)``, in order within a partition.

    Offsets that hold no record any more (compaction, transaction markers) are passed over. Raises
    ReadStalled where the brokers stop answering before the end.
    """
    left = {TopicPartition(*place): end for place, (start, end) in ranges.items() if start < end}
    if not left:
        return
    with cluster.reader() as reader:
        reader.assign(list(left))
        for place in left:
            reader.seek(place, ranges[Place(*place)][0])
        last_progress = time.monotonic()
        while left:
            before = {place: reader.position(place) for place in left}
            for place, records in reader.poll(timeout_ms=_POLL_MS).items():
                yield from (record for record in records if record.offset < left.get(place, 0))
            if any(reader.position(place) > offset for place, offset in before.items()):
                last_progress = time.monotonic()
            elif time.monotonic() - last_progress > _SILENCE_S:
                raise ReadStalled(
                    f"no records for {_SILENCE_S:.0f} s at {', '.join(map(str, before.items()))}"
                )
            for place in [place for place, end in left.items() if reader.position(place) >= end]:
                reader.pause(place)
                del left[place]


def first_records(cluster: Cluster, ranges: Mapping[Place, tuple[int, int]]) -> dict[Place, Any]:
    """The first record at offsets ``[start, end)``; a partition without any is left out."""
    left = {TopicPartition(*place): end for place, (start, end) in ranges.items() if start < end}
    found: dict[Place, Any] = {}
    if not left:
        return found
    with cluster.reader() as reader:
        reader.assign(list(left))
        for place in left:
            reader.seek(place, ranges[Place(*place)][0])
        silent_since = time.monotonic()
        while left and time.monotonic() - silent_since < _SILENCE_S:
            for place, records in reader.poll(timeout_ms=_POLL_MS).items():
                if records and records[0].offset < left.get(place, 0):
                    found.setdefault(Place(*place), records[0])
            done = [p for p, end in left.items() if Place(*p) in found or reader.position(p) >= end]
            for place in done:
                silent_since = time.monotonic()
                reader.pause(place)
                del left[place]
    if left:
        raise ReadStalled(f"no records for {_SILENCE_S:.0f} s at {', '.join(map(str, left))}")
    return found


def last_record_ends(cluster: Cluster, ranges: Mapping[Place, tuple[int, int]]) -> dict[Place, int]:
    """For each range, one more than the offset of its last record; its start where it holds none.

    A consumer commits what follows the last record it was given, which is less than the end of the log
    where transaction markers come last.
    """
    last = {place: start for place, (start, end) in ranges.items()}
    open_ranges = {place: limits for place, limits in ranges.items() if limits[0] < limits[1]}
    reach = 1
    while open_ranges:
        tails = {place: (max(start, end - reach), end) for place, (start, end) in open_ranges.items()}
        for record in read_ranges(cluster, tails):
            place = Place(record.topic, record.partition)
            last[place] = max(last[place], record.offset + 1)
        open_ranges = {
            place: (start, tails[place][0])
            for place, (start, _) in open_ranges.items()
            if last[place] == start and tails[place][0] > start
        }
        reach *= 16
    return last


def _resolve(cluster: Cluster, specs: Mapping[Place, Any]) -> dict[Place, int]:
    asked = {TopicPartition(*place): spec for place, spec in specs.items()}
    answered = cluster.admin.list_partition_offsets(asked) if asked else {}
    return {Place(*place): int(about.offset) for place, about in answered.items()}
