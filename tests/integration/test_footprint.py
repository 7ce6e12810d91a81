"""The records of one interaction are found by key, in its partition alone, and what was not read is said."""

import time
from collections.abc import Callable, Iterator

import pytest
from kafka import KafkaProducer

from streams.local.kafka import EmbeddedKafka
from streams.operations.cluster import Cluster
from streams.operations.footprint import footprint, partition_of
from streams.operations.publish import OutgoingRecord, publish

pytestmark = pytest.mark.integration

AT = time.time_ns() // 1_000_000
"""Record times are recent: the broker may drop what is older than its retention at any moment."""


@pytest.fixture
def cluster(kafka: EmbeddedKafka) -> Iterator[Cluster]:
    with Cluster(kafka.bootstrap) as connection:
        yield connection


@pytest.fixture
def topics(cluster: Cluster, unique_name: Callable[[str], str]) -> list[str]:
    """Two topics with different numbers of partitions."""
    names = [unique_name("completed"), unique_name("scored")]
    cluster.admin.create_topics({names[0]: {"num_partitions": 4}, names[1]: {"num_partitions": 3}})
    cluster.admin.wait_for_topics(names)
    return names


def write(kafka: EmbeddedKafka, topic: str, key: bytes, value: bytes, at: int) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all")
    producer.send(topic, key=key, value=value, timestamp_ms=at).get(30)
    producer.close()


def test_records_of_the_key_are_found_over_all_topics_oldest_first(kafka, cluster, topics):
    write(kafka, topics[1], b"i-1", b"scored", AT + 2)
    write(kafka, topics[0], b"i-1", b"completed", AT + 1)
    write(kafka, topics[0], b"i-2", b"somebody else", AT)

    found = footprint(cluster, topics, b"i-1")

    assert [(one.coordinates.topic, one.written_at, one.size_bytes) for one in found.records] == [
        (topics[0], AT + 1, 9),
        (topics[1], AT + 2, 6),
    ]
    assert found.cut == ()


def test_what_was_written_before_is_left_out(kafka, cluster, topics):
    for late in range(3):
        write(kafka, topics[0], b"i-1", b"v", AT + late)

    found = footprint(cluster, topics, b"i-1", since_ms=AT + 1)

    assert [one.written_at for one in found.records] == [AT + 1, AT + 2]
    assert footprint(cluster, topics, b"i-1", since_ms=AT + 3_600_000).records == ()


def test_a_topic_of_which_only_a_part_was_read_is_named(kafka, cluster, topics):
    publish(cluster, topics[0], [OutgoingRecord(key=b"i-1", value=b"v")] * 5)

    found = footprint(cluster, topics, b"i-1", most=3)

    assert len(found.records) == 3
    assert found.cut == (topics[0],)


def test_the_partition_is_the_one_the_broker_s_clients_choose(kafka, cluster, topics):
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all")
    keys = [b"i-%d" % n for n in range(20)]
    written = [producer.send(topics[0], key=key, value=b"").get(30).partition for key in keys]
    producer.close()

    assert [partition_of(key, 4) for key in keys] == written
