"""What the clients of Kafka and ClickHouse do that callqa is built around, on the real parts.

When a test fails, upstream has changed: its docstring says what may then go.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import clickhouse_connect
import faust
import pytest
from aiokafka.errors import MessageSizeTooLargeError
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import OffsetTimestamp
from kafka.structs import OffsetAndMetadata

from streams.chaos.cuts import Moment
from streams.chaos.proxy import ChaosProxy
from streams.local.kafka import EmbeddedKafka
from streams.local.store import EmbeddedStore
from streams.operations.cluster import Cluster
from streams.operations.groups import committed
from streams.operations.publish import OutgoingRecord, publish

pytestmark = pytest.mark.integration

FAR_FUTURE_MS = 4_000_000_000_000


@pytest.fixture
def cluster(kafka: EmbeddedKafka) -> Iterator[Cluster]:
    with Cluster(kafka.bootstrap) as connection:
        yield connection


@pytest.fixture
def topic(cluster: Cluster, unique_name: Callable[[str], str]) -> str:
    """A topic of one partition with three records, which takes no record over a kilobyte."""
    name = unique_name("pins")
    cluster.admin.create_topics({name: {"num_partitions": 1, "configs": {"max.message.bytes": "1000"}}})
    cluster.admin.wait_for_topics([name])
    publish(cluster, name, [OutgoingRecord(key=b"k", value=b"v")] * 3)
    return name


async def test_a_send_that_was_awaited_once_and_a_flush_say_nothing_of_a_record_that_was_refused(
    kafka: EmbeddedKafka, topic: str, tmp_path: Any
):
    """``topic.send`` gives a future; only awaiting that as well tells whether the broker has the record.

    When it fails: ``StageWorker._send`` may await once.
    """
    app = faust.App("sender", broker=f"kafka://{kafka.bootstrap}", web_enabled=False, datadir=str(tmp_path))
    target = app.topic(topic, key_serializer="raw", value_serializer="raw")
    await app.producer.start()
    try:
        pending = await target.send(key=b"k", value=os.urandom(5_000))
        await app.producer.flush()
        with pytest.raises(MessageSizeTooLargeError):
            await pending
    finally:
        await app.producer.stop()


def test_a_consumer_of_kafka_python_commits_on_a_timer_and_begins_at_the_end_by_itself():
    """Both would lose records or hide them.

    When it fails: ``Cluster.reader`` need not say otherwise.
    """
    defaults = KafkaConsumer.DEFAULT_CONFIG

    assert (defaults["enable_auto_commit"], defaults["auto_offset_reset"]) == (True, "latest")


def test_offsets_that_a_live_group_refuses_come_back_as_a_value_and_nothing_is_raised(
    kafka: EmbeddedKafka, cluster: Cluster, topic: str
):
    """kafka-python tells of the refusal inside its result.

    When it fails: ``groups.set_offsets`` need not look through the result.
    """
    member = KafkaConsumer(topic, group_id=topic, bootstrap_servers=kafka.bootstrap, enable_auto_commit=False)
    try:
        while not member.assignment():
            member.poll(timeout_ms=200)
        wanted = {TopicPartition(topic, 0): OffsetAndMetadata(1, "", -1)}
        answer = cluster.admin.alter_group_offsets(topic, wanted)
    finally:
        member.close()

    assert [error.__name__ for error in answer.values()] == ["UnknownMemberIdError"]


def test_a_group_that_is_reset_to_a_time_after_the_last_record_skips_everything(cluster: Cluster, topic: str):
    """kafka-python, as Kafka's own tool, takes "no record is that late" for the end of the log.

    When it fails: ``offsets.at_time`` could leave the choice to kafka-python.
    """
    place = TopicPartition(topic, 0)
    committed(cluster, topic)  # waits until a broker that has only just started has coordinators
    cluster.admin.alter_group_offsets(topic, {place: OffsetAndMetadata(0, "", -1)})

    cluster.admin.reset_group_offsets(topic, {place: OffsetTimestamp(FAR_FUTURE_MS)})

    assert cluster.admin.list_group_offsets({topic: None})[topic][place].offset == 3


@pytest.fixture
def table(store: EmbeddedStore, unique_name: Callable[[str], str]) -> Iterator[str]:
    """A table without keys that forgives repeats, on a server that looks for repeated blocks."""
    name = unique_name("pins").replace("-", "_")
    client = clickhouse_connect.get_client(host=store.host, port=store.port)
    client.command(
        f"CREATE TABLE {name} (n UInt32) ENGINE = MergeTree ORDER BY n"
        " SETTINGS non_replicated_deduplication_window = 1000"
    )
    yield name
    client.command(f"DROP TABLE {name}")
    client.close()


def test_an_insert_whose_answer_was_lost_is_sent_again_by_the_client_unasked(
    store: EmbeddedStore, table: str
):
    """clickhouse-connect takes inserts for retryable: after a reset the rows are there twice, without error.

    When it fails with an error: the sink's own patience has to repeat it, which it does. When it fails with
    one row: repeats have become less frequent, and keys are still what makes them harmless.
    """
    with ChaosProxy((store.host, store.port)) as proxy:
        client = clickhouse_connect.get_client(
            host="127.0.0.1", port=proxy.port, autogenerate_session_id=False
        )
        proxy.cut(b"INSERT", Moment.BEFORE_ANSWER)
        client.insert(table, [[1]], ["n"], settings={"deduplicate_insert": "disable"})
        found = client.query(f"SELECT count() FROM {table}").result_rows  # noqa: S608
        client.close()

    assert proxy.cuts == 1
    assert found == [(2,)]


def test_a_block_that_was_inserted_before_is_dropped_in_silence_even_after_its_rows_were_deleted(
    store: EmbeddedStore, table: str
):
    """What was erased and is replayed would be missing, and nobody would be told.

    When it fails: ``deduplicate_insert`` need not be sent by ``sinks/clickhouse.py``; keys and FINAL stay.
    """
    client = clickhouse_connect.get_client(host=store.host, port=store.port, autogenerate_session_id=False)
    enabled = {"deduplicate_insert": "enable", "insert_deduplicate": 1, "async_insert": 0}
    client.insert(table, [[1]], ["n"], settings=enabled)
    client.command(f"DELETE FROM {table} WHERE n = 1")  # noqa: S608

    client.insert(table, [[1]], ["n"], settings=enabled)
    replayed = client.query(f"SELECT count() FROM {table}").result_rows  # noqa: S608
    client.insert(table, [[1]], ["n"], settings={**enabled, "deduplicate_insert": "disable"})
    allowed = client.query(f"SELECT count() FROM {table}").result_rows  # noqa: S608
    client.close()

    assert (replayed, allowed) == ([(0,)], [(1,)])
