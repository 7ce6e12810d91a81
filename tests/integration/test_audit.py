"""The audit on a real broker and store: clean books pass, and every kind of damage to them is named."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import clickhouse_connect
import msgspec
import pytest
from kafka import KafkaProducer

from schemas.codec import Codec
from schemas.dead_letters import DeadLetterHeaders, payload_sha256
from schemas.records.completed import InteractionCompleted, InteractionHeader
from schemas.records.scored import InteractionScored
from schemas.records.terms import Channel, DeadLetterReason, ExclusionReason, ScoreStatus, Stage
from schemas.records.transcribed import InteractionTranscribed
from schemas.topics import COMPLETED, DEFERRED, SCORED, dead_letter_topic, load_topics
from sinks.clickhouse import ClickHouseSink
from sinks.migrations import migrate
from sinks.rows.dead_letters import dead_letter_rows
from sinks.rows.intake import Coordinates, intake_rows
from sinks.rows.interaction import interaction_rows
from sinks.rows.results import result_rows
from sinks.tables import TABLES, Rows, merge
from streams.local.kafka import EmbeddedKafka
from streams.local.store import EmbeddedStore
from streams.operations import topics
from streams.operations.audit import Audit, HoleKind, compare
from streams.operations.audit_evidence import gather
from streams.operations.cluster import Cluster
from streams.operations.group_names import group_of
from streams.operations.groups import set_offsets
from streams.operations.offsets import ends, places_of
from streams.operations.publish import OutgoingRecord, publish
from streams.stages.deferral import deferred
from streams.stages.outcome import Incoming

pytestmark = pytest.mark.integration

NOW = 1_790_000_000_000
HOUR = 3_600_000
LETTERS = dead_letter_topic(Stage.NORMALIZATION)


@dataclass
class Books:
    """A day of five records: scored, excluded, undecodable, in flight, and waiting for its recording."""

    cluster: Cluster
    client: Any
    sink: ClickHouseSink
    rows: Rows
    offset_of: dict[str, tuple[int, int]]

    def write(self) -> None:
        """Put every row as delivery would have, and nothing else."""
        for table in TABLES:
            self.client.command(f"TRUNCATE TABLE {table}")
        self.sink.write(self.rows)

    def damage(self, statement: str) -> None:
        self.client.command(statement + " SETTINGS mutations_sync = 2")

    def audit(self, now_ms: int = NOW) -> Audit:
        evidence = gather(self.cluster, self.client, load_topics(), now_ms=now_ms)
        return compare(evidence, slo_ms=HOUR)


@pytest.fixture(scope="module")
def open_books(kafka_jars: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """A broker of its own: the audit reads topics by their real names, from their first record."""
    with (
        EmbeddedKafka(tmp_path_factory.mktemp("audited-kafka"), kafka_jars) as broker,
        EmbeddedStore(tmp_path_factory.mktemp("audited-store")) as store,
        Cluster(broker.bootstrap) as cluster,
    ):

        def connect() -> Any:
            return clickhouse_connect.get_client(
                host=store.host, port=store.port, autogenerate_session_id=False
            )

        topics.apply(cluster, load_topics().values())
        client = connect()
        migrate(client)
        sink = ClickHouseSink(connect)
        rows, offset_of = _day(cluster)
        yield Books(cluster, client, sink, rows, offset_of)
        sink.close()
        client.close()


@pytest.fixture
def books(open_books: Books) -> Books:
    open_books.write()
    return open_books


def completed(interaction_id: str) -> InteractionCompleted:
    return InteractionCompleted(
        interaction_id=interaction_id,
        record_version=1,
        tenant_id="t",
        source_system="test",
        channel=Channel.WEB,
        started_at=NOW - 60_000,
        ended_at=NOW,
    )


def _day(cluster: Cluster) -> tuple[Rows, dict[str, tuple[int, int]]]:
    names = ["scored", "excluded", "undecodable", "waiting"]
    events = {name: completed(name) for name in (*names, "in-flight") if name != "undecodable"}
    values = {name: Codec().encode(events[name]) if name in events else b"\x00junk" for name in names}
    records = [OutgoingRecord(key=name.encode(), value=values[name], timestamp_ms=NOW) for name in names]
    places = dict(zip(names, publish(cluster, COMPLETED, records), strict=True))
    places["in-flight"] = _in_a_transaction(cluster, Codec().encode(events["in-flight"]))
    at = {
        name: Coordinates(topic=COMPLETED, partition=place.partition, offset=place.offset, timestamp_ms=NOW)
        for name, place in places.items()
    }
    rows = [intake_rows(place, events.get(name)) for name, place in at.items()]
    header = InteractionHeader(
        **{name: getattr(events["scored"], name) for name in _facts()},
        source_topic=COMPLETED,
        source_partition=at["scored"].partition,
        source_offset=at["scored"].offset,
        source_timestamp=NOW,
    )
    rows += [*_results(header), _letter(cluster, at["undecodable"], values["undecodable"])]
    late = deferred(_incoming(at["waiting"], b"waiting", values["waiting"]), not_before_ms=NOW + HOUR)
    publish(cluster, DEFERRED, [OutgoingRecord(key=late.key, value=late.value, headers=late.headers)])
    read = [COMPLETED, SCORED, *(dead_letter_topic(stage) for stage in Stage)]
    set_offsets(cluster, group_of(Stage.DELIVERY), ends(cluster, places_of(cluster, read)))
    return merge(rows), {name: (place.partition, place.offset) for name, place in at.items()}


def _in_a_transaction(cluster: Cluster, value: bytes) -> Any:
    """Where a transactional upstream's record lies; a marker without record follows it."""
    producer = KafkaProducer(bootstrap_servers=cluster.bootstrap, transactional_id="upstream", acks="all")
    producer.init_transactions()
    producer.begin_transaction()
    sent = producer.send(COMPLETED, key=b"in-flight", value=value, partition=1, timestamp_ms=NOW).get(30)
    producer.commit_transaction()
    producer.close()
    return sent


def _facts() -> list[str]:
    own = {"source_topic", "source_partition", "source_offset", "source_timestamp"}
    return [name for name in InteractionHeader.__struct_fields__ if name not in own]


def _results(header: InteractionHeader) -> list[Rows]:
    scored = InteractionScored(
        header=header,
        status=ScoreStatus.SCORED,
        scorecard_id="service",
        scorecard_hash="c",
        activation_seq=1,
        result_id="r1",
        content_digest="d",
        score=90.0,
    )
    excluded = msgspec.structs.replace(
        scored,
        header=msgspec.structs.replace(header, interaction_id="excluded"),
        status=ScoreStatus.EXCLUDED,
        exclusion=ExclusionReason.NO_CONTENT,
        result_id="r2",
        score=None,
    )
    facts = [interaction_rows(InteractionTranscribed(header=one.header), NOW) for one in (scored, excluded)]
    return [*facts, result_rows(scored, NOW), result_rows(excluded, NOW)]


def _letter(cluster: Cluster, at: Coordinates, value: bytes) -> Rows:
    headers = DeadLetterHeaders(
        stage=Stage.NORMALIZATION,
        reason=DeadLetterReason.UNDECODABLE,
        src_topic=at.topic,
        src_partition=at.partition,
        src_offset=at.offset,
        src_timestamp=at.timestamp_ms,
        group="g",
        app_version="1",
        first_failed_at=NOW,
        payload_sha256=payload_sha256(value),
    )
    letter = OutgoingRecord(key=b"undecodable", value=value, headers=tuple(headers.to_kafka()))
    (place,) = publish(cluster, LETTERS, [letter])
    lies_at = Coordinates(topic=LETTERS, partition=place.partition, offset=place.offset, timestamp_ms=NOW)
    return dead_letter_rows(headers, lies_at)


def _incoming(at: Coordinates, key: bytes, value: bytes) -> Incoming:
    return Incoming(at.topic, at.partition, at.offset, at.timestamp_ms, key, value)


def test_a_day_with_an_outcome_for_everything_is_clean(books: Books):
    audit = books.audit()

    assert audit.holes == ()
    assert (audit.counts.scored, audit.counts.excluded, audit.counts.dead_lettered) == (1, 1, 1)
    assert (audit.counts.in_flight, audit.deferred) == (2, 1)


def test_an_intake_row_that_is_gone_is_named_by_its_coordinates(books: Books):
    partition, offset = books.offset_of["scored"]
    books.damage(
        f"ALTER TABLE qa.intake DELETE WHERE source_partition = {partition} AND source_offset = {offset}"
    )

    holes = books.audit().holes

    assert [(hole.kind, hole.where) for hole in holes] == [
        (HoleKind.NOT_IN_LEDGER, f"{COMPLETED}/{partition}@{offset}")
    ]


def test_a_result_that_is_gone_leaves_its_interaction_late(books: Books):
    books.damage("ALTER TABLE qa.result_assignment DELETE WHERE interaction_id = 'scored'")

    holes = books.audit(now_ms=NOW + HOUR + 1000).holes

    assert {hole.where for hole in holes if hole.kind is HoleKind.LATE} == {"scored", "in-flight"}


def test_a_dead_letter_missing_in_the_index_is_named_and_its_unit_is_open_again(books: Books):
    books.damage("ALTER TABLE qa.dead_letter DELETE WHERE 1")

    holes = books.audit(now_ms=NOW + HOUR + 1000).holes

    partition, offset = books.offset_of["undecodable"]
    assert {hole.kind for hole in holes} == {HoleKind.NOT_INDEXED, HoleKind.LATE}
    assert f"{COMPLETED}:{partition}:{offset}" in {hole.where for hole in holes}


def test_an_interaction_under_two_tenants_counts_twice_and_is_named(books: Books):
    interaction = msgspec.structs.replace(completed("scored"), tenant_id="other")
    at = Coordinates(topic="elsewhere", partition=0, offset=0, timestamp_ms=NOW)
    books.sink.write(intake_rows(at, interaction))

    holes = books.audit().holes

    assert [(hole.kind, hole.where) for hole in holes] == [(HoleKind.REPEATED, "scored")]


def test_a_reason_outside_the_closed_list_is_named(books: Books):
    books.damage("ALTER TABLE qa.result UPDATE exclusion = 'BORED' WHERE interaction_id = 'excluded'")

    holes = books.audit().holes

    assert [(hole.kind, hole.where) for hole in holes] == [(HoleKind.UNKNOWN_REASON, "BORED")]


def test_offsets_of_a_transaction_hold_no_record_and_are_no_hole(books: Books):
    partition, offset = books.offset_of["in-flight"]

    audit = books.audit()

    (written,) = [part for part in audit.partitions if part.partition == partition]
    assert [tuple(span) for span in written.empty] == [(offset + 1, offset + 2)]
    assert audit.holes == ()
