"""Publishing records as any upstream system would: keyed, confirmed by all replicas, in order per key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from kafka.errors import KafkaError
from msgspec import Struct

from streams.operations.cluster import Cluster
from streams.operations.offsets import places_of

_IN_FLIGHT = 500
_CONFIRM_S = 120.0


class PublishFailed(Exception):
    """A record was not confirmed. ``confirmed`` holds where those before it lie."""

    def __init__(self, reason: str, confirmed: list[Coordinates]) -> None:
        super().__init__(f"{reason}; {len(confirmed)} records were confirmed before it")
        self.confirmed = confirmed


class OutgoingRecord(Struct, frozen=True, kw_only=True):
    """Bytes to be written. The partition follows from the key: murmur2, as the contract says.

    A record without a key goes to any partition. Retention counts from the record time, which is the
    time of publishing unless ``timestamp_ms`` is given.
    """

    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    timestamp_ms: int | None = None


class Coordinates(Struct, frozen=True, kw_only=True):
    """Where a record lies."""

    topic: str
    partition: int
    offset: int


def publish(
    cluster: Cluster,
    topic: str,
    records: Iterable[OutgoingRecord],
    *,
    on_confirmed: Callable[[int], None] | None = None,
) -> list[Coordinates]:
    """Writes ``records`` and returns where each lies, in their order, once all are confirmed.

    ``on_confirmed`` is called with the running count. Raises TopicMissing before anything is written,
    BrokerUnreachable, or PublishFailed; publishing the same events again after that is harmless, since
    their ids make the results the same.
    """
    places_of(cluster, [topic])  # a producer would look for a missing topic for a minute
    confirmed: list[Coordinates] = []
    with cluster.producer() as producer:
        for batch in _batches(records):
            try:
                waiting = [_send(producer, topic, record) for record in batch]
                for future in waiting:
                    metadata = future.get(timeout=_CONFIRM_S)
                    confirmed.append(
                        Coordinates(topic=topic, partition=metadata.partition, offset=metadata.offset)
                    )
            except KafkaError as error:
                raise PublishFailed(f"{topic}: {type(error).__name__}", confirmed) from error
            if on_confirmed is not None:
                on_confirmed(len(confirmed))
    return confirmed


def _batches(records: Iterable[OutgoingRecord]) -> Iterator[list[OutgoingRecord]]:
    iterator = iter(records)
    while batch := list(islice(iterator, _IN_FLIGHT)):
        yield batch


def _send(producer: Any, topic: str, record: OutgoingRecord) -> Any:
    return producer.send(
        topic,
        value=record.value,
        key=record.key,
        headers=list(record.headers),
        timestamp_ms=record.timestamp_ms,
    )
