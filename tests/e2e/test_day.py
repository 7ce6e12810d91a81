"""The promise of the product on one small day, kill -9 of every worker included."""

import shutil
import subprocess

import clickhouse_connect
import pytest
import sqlalchemy
from kafka import KafkaConsumer, TopicPartition

from schemas.topics import load_topics
from streams.demo.expectations import compare
from streams.demo.expected import load_expected
from streams.demo.observed import outcomes
from streams.reports.content import load
from streams.settings import PROJECT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def test_every_interaction_ends_as_a_careful_person_says_though_every_worker_was_killed(day):
    expected = load_expected(PROJECT / "infra" / "demo" / "expected.yaml")
    wanted = {name: one for name, one in expected.items() if name in set(day.published.values())}

    differences = compare(wanted, outcomes(day.content, day.published))

    assert [difference.in_language("en") for difference in differences] == []
    assert len(day.killed) == 5


def test_every_completed_interaction_has_exactly_one_outcome(day):
    total = day.content.total

    assert total.in_flight == 0
    assert total.received == total.scored + total.excluded + total.dead_lettered
    assert total.received == len(set(day.published.values()))


def test_all_three_channels_are_covered_and_two_calls_were_really_heard(day):
    channels = {line.channel: line.scored for line in day.content.coverage}
    heard = [one for one in day.content.interactions if one.engine.startswith("faster-whisper")]

    assert all(channels[name] > 0 for name in ("VOICE", "WEB", "SELF_SERVICE"))
    assert sorted(one.interaction_id for one in heard) == [
        "v04-agent-abuse-hangup",
        "v11-ghost-call-home-agent",
    ]


def test_publishing_the_day_again_changes_nothing(day):
    before = _results(day)

    day.publish_again()

    assert _results(day) == before
    assert load(day.client()).total == day.content.total


def test_a_plain_client_and_sqlalchemy_read_facts_and_views(day):
    host, port = day.addresses.clickhouse_url.removeprefix("http://").split(":")

    client = clickhouse_connect.get_client(host=host, port=int(port))
    engine = sqlalchemy.create_engine(f"clickhousedb://default@{host}:{port}/qa_bi")
    columns = sqlalchemy.inspect(engine).get_columns("v_coverage_daily")
    with engine.connect() as connection:
        received = connection.execute(sqlalchemy.text("SELECT count() FROM v_coverage")).scalar()

    assert client.query("SELECT count() FROM qa.interaction FINAL").result_rows[0][0] > 0
    assert received == day.content.total.received
    assert all(column["comment"] for column in columns)


def test_no_view_for_bi_holds_words(day):
    client = day.client()
    columns = client.query(
        "SELECT table, name FROM system.columns WHERE database = 'qa_bi'"
        " AND name IN ('text', 'words', 'comment', 'normalised')"
    ).result_rows

    assert columns == []


def test_every_topic_can_be_read_by_any_client(day):
    consumer = KafkaConsumer(bootstrap_servers=day.addresses.bootstrap, enable_auto_commit=False)
    topics = load_topics()
    with_records = set()
    for name, topic in topics.items():
        places = [TopicPartition(name, number) for number in range(topic.partitions)]
        first, last = consumer.beginning_offsets(places), consumer.end_offsets(places)
        if any(last[place] > first[place] for place in places):
            with_records.add(name)
    consumer.close()

    assert {"qa.interaction.completed.v1", "qa.interaction.scored.v1", "qa.alert.raised.v1"} <= with_records
    assert "qa.interaction.deferred.v1" in with_records


@pytest.mark.skipif(shutil.which("kcat") is None, reason="kcat is not installed")
def test_kcat_reads_a_topic(day):
    arguments = [
        "-b",
        day.addresses.bootstrap,
        "-C",
        "-t",
        "qa.interaction.scored.v1",
        "-o",
        "beginning",
        "-e",
        "-q",
    ]

    keys = subprocess.run(
        ["kcat", *arguments, "-f", "%k\n"], capture_output=True, text=True, timeout=60, check=True
    )

    assert "v04-agent-abuse-hangup" in keys.stdout.split()


def _results(day):
    rows = day.client().query("SELECT interaction_id, result_id FROM qa.base_result ORDER BY 1").result_rows
    return list(rows)
