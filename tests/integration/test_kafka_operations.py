import random
import time
from collections.abc import Callable, Iterator

import msgspec
import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType

from schemas.records.terms import Stage
from schemas.topics import COMPLETED, Topic, load_topics
from streams.local.kafka import EmbeddedKafka
from streams.operations import offsets, topics
from streams.operations.cluster import BrokerUnreachable, Cluster
from streams.operations.groups import GroupIsLive, committed, forget, set_offsets, states
from streams.operations.lag import NotDrained, StageInputs, lag_of, wait_until_drained
from streams.operations.offsets import Place, TopicMissing
from streams.operations.publish import Coordinates, OutgoingRecord, PublishFailed, publish
from streams.operations.topics import ChangeKind

pytestmark = pytest.mark.integration

Name = Callable[[str], str]


@pytest.fixture
def cluster(kafka: EmbeddedKafka) -> Iterator[Cluster]:
    with Cluster(kafka.bootstrap) as connection:
        yield connection


def a_topic(name: str, **changes: object) -> Topic:
    declared = msgspec.structs.replace(load_topics()[COMPLETED], name=name, partitions=2)
    return msgspec.structs.replace(declared, **changes)


@pytest.fixture
def topic(cluster: Cluster, unique_name: Name) -> Topic:
    declared = a_topic(unique_name("topic"))
    topics.apply(cluster, [declared])
    return declared


def records(*keys: str, at: int | None = None) -> list[OutgoingRecord]:
    return [OutgoingRecord(key=key.encode(), value=key.encode(), timestamp_ms=at) for key in keys]


def settings_of(cluster: Cluster, name: str) -> dict[str, str]:
    answer = cluster.admin.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name)], config_filter="all"
    )
    return {setting: about["value"] for setting, about in answer["topic"][name].items()}


# Topics


def test_missing_topic_is_planned_created_and_then_as_wanted(cluster: Cluster, unique_name: Name) -> None:
    declared = a_topic(unique_name("topic"))
    assert [change.kind for change in topics.plan(cluster, [declared])] == [ChangeKind.CREATE]
    assert [change.kind for change in topics.apply(cluster, [declared])] == [ChangeKind.CREATE]
    assert topics.plan(cluster, [declared]) == []
    assert topics.apply(cluster, [declared]) == []
    found = settings_of(cluster, declared.name)
    assert found["max.message.bytes"] == str(declared.max_message_bytes)
    assert found["retention.ms"] == str(declared.retention_ms)
    assert found["min.insync.replicas"] == "1"


def test_planning_creates_nothing(cluster: Cluster, unique_name: Name) -> None:
    declared = a_topic(unique_name("topic"))
    topics.plan(cluster, [declared])
    assert declared.name not in cluster.admin.list_topics()


def test_topic_that_differs_is_put_right_without_losing_records(cluster: Cluster, topic: Topic) -> None:
    publish(cluster, topic.name, records("kept"))
    wanted = a_topic(topic.name, partitions=3, retention_ms=777_000)
    assert [(change.kind, change.current, change.wanted) for change in topics.plan(cluster, [wanted])] == [
        (ChangeKind.ADD_PARTITIONS, "2", "3"),
        (ChangeKind.CONFIGURE, str(topic.retention_ms), "777000"),
    ]
    topics.apply(cluster, [wanted])
    assert topics.plan(cluster, [wanted]) == []
    assert len(offsets.places_of(cluster, [topic.name])) == 3
    assert sum(offsets.ends(cluster, offsets.places_of(cluster, [topic.name])).values()) == 1


def test_more_partitions_than_declared_are_accepted(cluster: Cluster, topic: Topic) -> None:
    assert topics.plan(cluster, [a_topic(topic.name, partitions=1)]) == []


def test_setting_that_the_broker_refuses_is_an_error(cluster: Cluster, topic: Topic) -> None:
    with pytest.raises(topics.TopicsDiffer, match=r"cleanup\.policy"):
        topics.apply(cluster, [a_topic(topic.name, cleanup="shred")])


def test_lane_topic_stands_beside_the_live_one(cluster: Cluster, topic: Topic) -> None:
    topics.apply(cluster, [topic], "replay")
    assert settings_of(cluster, f"{topic.name}.lane-replay")["retention.ms"] == str(topics.LANE_RETENTION_MS)
    assert settings_of(cluster, topic.name)["retention.ms"] == str(topic.retention_ms)


def test_embedded_broker_creates_no_topic_by_itself(cluster: Cluster, topic: Topic) -> None:
    assert topics.check(cluster, [topic]) == []


def test_every_topic_of_the_contract_can_be_created(cluster: Cluster) -> None:
    declared = load_topics().values()
    topics.apply(cluster, declared)
    assert topics.plan(cluster, declared) == []


# Publishing


def test_published_records_lie_where_it_says_in_the_partition_of_their_key(
    cluster: Cluster, topic: Topic
) -> None:
    sent = records("interaction-1", "interaction-2", "interaction-3", "interaction-1")
    counted: list[int] = []
    places = publish(cluster, topic.name, sent, on_confirmed=counted.append)
    limits = {Place(topic.name, number): (0, 10) for number in range(2)}
    ends = offsets.ends(cluster, limits)
    read = {
        Coordinates(topic=record.topic, partition=record.partition, offset=record.offset): record.key
        for record in offsets.read_ranges(cluster, {place: (0, end) for place, end in ends.items()})
    }
    assert [read[place] for place in places] == [record.key for record in sent]
    assert places[0].partition == places[3].partition
    assert counted == [4]


@pytest.mark.parametrize(
    ("key", "partition"),
    # From murmur2 of Apache Kafka's UtilsTest (21 -> -973932308, foobar -> -790332482), modulo 7.
    [(b"21", (-973932308 & 0x7FFFFFFF) % 7), (b"foobar", (-790332482 & 0x7FFFFFFF) % 7)],
)
def test_partition_is_the_one_that_every_kafka_client_with_murmur2_chooses(
    cluster: Cluster, unique_name: Name, key: bytes, partition: int
) -> None:
    declared = a_topic(unique_name("topic"), partitions=7)
    topics.apply(cluster, [declared])
    (place,) = publish(cluster, declared.name, [OutgoingRecord(key=key, value=b"")])
    assert place.partition == partition


def test_publishing_to_a_missing_topic_says_so(cluster: Cluster, unique_name: Name) -> None:
    with pytest.raises(TopicMissing):
        publish(cluster, unique_name("nowhere"), records("a"))


def test_record_that_the_topic_refuses_is_an_error_after_the_confirmed_ones(
    cluster: Cluster, unique_name: Name
) -> None:
    declared = a_topic(unique_name("topic"), partitions=1, max_message_bytes=20_000)
    topics.apply(cluster, [declared])
    incompressible = random.Random(1).randbytes(50_000)
    sent = [OutgoingRecord(value=b"small"), OutgoingRecord(value=incompressible)]
    with pytest.raises(PublishFailed) as caught:
        publish(cluster, declared.name, sent)
    assert caught.value.confirmed == [Coordinates(topic=declared.name, partition=0, offset=0)]


def test_cluster_that_does_not_answer_is_named() -> None:
    with Cluster("127.0.0.1:1") as nowhere, pytest.raises(BrokerUnreachable, match=r"127\.0\.0\.1:1"):
        nowhere.admin.list_topics()


# Offsets


def test_times_become_offsets_and_a_time_after_all_records_becomes_none(
    cluster: Cluster, topic: Topic
) -> None:
    now = time.time_ns() // 1_000_000
    for age in (3_000, 2_000, 1_000):
        publish(cluster, topic.name, records("a", at=now - age))
    (place,) = [
        place for place, end in offsets.ends(cluster, offsets.places_of(cluster, [topic.name])).items() if end
    ]
    empty = Place(topic.name, 1 - place.partition)
    assert offsets.at_time(cluster, [place, empty], now - 9_000) == {place: 0, empty: None}
    assert offsets.at_time(cluster, [place, empty], now - 2_000) == {place: 1, empty: None}
    assert offsets.at_time(cluster, [place, empty], now - 500) == {place: None, empty: None}


def test_transaction_markers_are_passed_over(
    cluster: Cluster, unique_name: Name, kafka: EmbeddedKafka
) -> None:
    declared = a_topic(unique_name("topic"), partitions=1)
    topics.apply(cluster, [declared])
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=unique_name("tx"))
    producer.init_transactions()
    for value in (b"one", b"two"):
        producer.begin_transaction()
        producer.send(declared.name, value)
        producer.commit_transaction()
    producer.close()
    place = Place(declared.name, 0)
    assert offsets.ends(cluster, [place]) == {place: 4}
    assert [record.value for record in offsets.read_ranges(cluster, {place: (0, 4)})] == [b"one", b"two"]
    assert offsets.last_record_ends(cluster, {place: (0, 4)}) == {place: 3}
    assert offsets.last_record_ends(cluster, {place: (3, 4)}) == {place: 3}
    assert offsets.first_records(cluster, {place: (1, 4)})[place].value == b"two"
    assert offsets.first_records(cluster, {place: (3, 4)}) == {}


def test_reading_a_range_gives_exactly_its_records(cluster: Cluster, topic: Topic) -> None:
    publish(cluster, topic.name, records(*["a"] * 30))
    (place,) = [
        place for place, end in offsets.ends(cluster, offsets.places_of(cluster, [topic.name])).items() if end
    ]
    read = [record.offset for record in offsets.read_ranges(cluster, {place: (7, 19)})]
    assert read == list(range(7, 19))


def test_topic_that_does_not_exist_has_no_places(cluster: Cluster, unique_name: Name) -> None:
    name = unique_name("nowhere")
    with pytest.raises(TopicMissing, match=name):
        offsets.places_of(cluster, [name])


# Groups and lag


@pytest.fixture
def member(kafka: EmbeddedKafka, topic: Topic, unique_name: Name) -> Iterator[KafkaConsumer]:
    consumer = KafkaConsumer(
        topic.name,
        bootstrap_servers=kafka.bootstrap,
        group_id=unique_name("group"),
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    while not consumer.assignment():
        consumer.poll(100)
    yield consumer
    consumer.close(autocommit=False)


def test_offsets_of_a_live_group_are_never_moved(
    cluster: Cluster, topic: Topic, member: KafkaConsumer
) -> None:
    group = member.config["group_id"]
    assert states(cluster, [group])[group].live
    with pytest.raises(GroupIsLive, match=group):
        set_offsets(cluster, group, {Place(topic.name, 0): 0})
    with pytest.raises(GroupIsLive, match=group):
        forget(cluster, group)
    assert committed(cluster, group) == {}


def test_offsets_of_an_unused_group_are_set_read_back_and_forgotten(
    cluster: Cluster, topic: Topic, unique_name: Name
) -> None:
    group = unique_name("group")
    targets = {Place(topic.name, 0): 4, Place(topic.name, 1): 0}
    set_offsets(cluster, group, targets)
    assert committed(cluster, group) == targets
    assert not states(cluster, [group])[group].live
    forget(cluster, group)
    forget(cluster, group)
    assert committed(cluster, group) == {}


def test_lag_of_a_stage_that_never_ran_is_everything(
    cluster: Cluster, topic: Topic, unique_name: Name
) -> None:
    now = time.time_ns() // 1_000_000
    publish(cluster, topic.name, records("a", "b", "c", "d", at=now - 60_000))
    inputs = StageInputs(stage=Stage.SCORING, topics=(topic.name,), lane=unique_name("lane"))
    lag = lag_of(cluster, inputs)
    assert lag.lag == 4
    assert not lag.group.live
    assert all(part.committed is None for part in lag.partitions)
    assert lag.oldest_unread_s(now) == 60.0


def test_lag_falls_with_what_the_group_commits(cluster: Cluster, topic: Topic, unique_name: Name) -> None:
    publish(cluster, topic.name, records(*map(str, range(20))))
    inputs = StageInputs(stage=Stage.SCORING, topics=(topic.name,), lane=unique_name("lane"))
    ends = offsets.ends(cluster, offsets.places_of(cluster, [topic.name]))
    set_offsets(cluster, inputs.group, {place: end - 1 for place, end in ends.items()})
    assert lag_of(cluster, inputs).lag == 2
    with pytest.raises(NotDrained, match="scoring 2"):
        wait_until_drained(cluster, [inputs], deadline_s=0.0)
    set_offsets(cluster, inputs.group, ends)
    (lag,) = wait_until_drained(cluster, [inputs], deadline_s=0.0)
    assert lag.lag == 0
    assert lag.oldest_unread_s(2**50) == 0.0


def test_records_that_retention_took_before_they_were_read_are_counted_as_lost(
    cluster: Cluster, topic: Topic, unique_name: Name
) -> None:
    publish(cluster, topic.name, records(*["a"] * 10))
    (place,) = [
        place for place, end in offsets.ends(cluster, offsets.places_of(cluster, [topic.name])).items() if end
    ]
    inputs = StageInputs(stage=Stage.SCORING, topics=(topic.name,), lane=unique_name("lane"))
    set_offsets(cluster, inputs.group, {place: 2})
    cluster.admin.delete_records({place: 6})
    lag = lag_of(cluster, inputs)
    assert (lag.lag, lag.lost) == (4, 4)


def test_members_are_shown_while_a_worker_reads(cluster: Cluster, member: KafkaConsumer) -> None:
    group = member.config["group_id"]
    assert len(states(cluster, [group])[group].members) == 1
