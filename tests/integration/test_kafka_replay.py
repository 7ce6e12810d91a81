"""Replays of a real broker's topics; small consumers stand where the lane's workers do in production."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from schemas.records.terms import Stage
from schemas.topics import CLASSIFIED, SCORED, TRANSCRIBED, Topic, lane_topic, load_topics, produced_by
from streams.local.kafka import EmbeddedKafka
from streams.operations import offsets, topics
from streams.operations.cluster import Cluster
from streams.operations.groups import GroupIsLive, committed, set_offsets
from streams.operations.lag import NotDrained
from streams.operations.offsets import Place
from streams.operations.publish import OutgoingRecord, publish
from streams.operations.replay import (
    NothingToReplay,
    RunIdentity,
    abandon,
    drained,
    finish,
    plan_replay,
    prepare,
    progress,
)
from streams.operations.replay_plan import ReplayPlan, ReplayRequest, load_plan

pytestmark = pytest.mark.integration

HOUR_MS = 3_600_000
NOW = time.time_ns() // 1_000_000


@pytest.fixture
def cluster(kafka: EmbeddedKafka) -> Iterator[Cluster]:
    with Cluster(kafka.bootstrap) as connection:
        yield connection


@pytest.fixture
def flow(cluster: Cluster, unique_name: Callable[[str], str]) -> dict[str, Topic]:
    """The product's topics under names that no other test uses, created on the broker."""
    declared = {
        unique_name(name): msgspec.structs.replace(topic, name=unique_name(name), partitions=3)
        for name, topic in load_topics().items()
    }
    topics.apply(cluster, declared.values())
    return declared


@pytest.fixture
def identity(unique_name: Callable[[str], str]) -> RunIdentity:
    return RunIdentity(run_id="run-1", created_at=NOW, lane=unique_name("replay"))


@pytest.fixture
def transcribed(unique_name: Callable[[str], str]) -> str:
    return unique_name(TRANSCRIBED)


def write(cluster: Cluster, topic: str, *keys: str, age_h: float = 0.0) -> None:
    at = NOW - int(age_h * HOUR_MS)
    publish(
        cluster,
        topic,
        [OutgoingRecord(key=key.encode(), value=key.encode(), timestamp_ms=at) for key in keys],
    )


def plan_of(cluster: Cluster, flow: dict[str, Topic], identity: RunIdentity, **request: object) -> ReplayPlan:
    asked = msgspec.convert({"stage": "classification", **request}, ReplayRequest)
    return plan_replay(cluster, asked, flow, identity)


def replayed_keys(cluster: Cluster, plan: ReplayPlan) -> list[str]:
    """What a worker that keeps to the plan would process."""
    limits = {Place(part.topic, part.partition): (part.start, part.end) for part in plan.ranges}
    keys = [record.key.decode() for record in offsets.read_ranges(cluster, limits)]
    return sorted(key for key in keys if plan.selects(key))


# Planning


def test_without_times_everything_retained_is_replayed(
    cluster: Cluster, flow: dict[str, Topic], identity: RunIdentity, transcribed: str
) -> None:
    write(cluster, transcribed, "a", "b", "c", "d")
    plan = plan_of(cluster, flow, identity)
    assert plan.records == 4
    assert replayed_keys(cluster, plan) == ["a", "b", "c", "d"]
    assert not plan.cut


@pytest.mark.parametrize(
    ("from_h", "to_h", "expected"),
    [
        (9.0, 8.0, []),
        (9.0, 2.5, ["three-hours"]),
        (2.5, 1.5, ["two-hours"]),
        (2.5, None, ["one-hour", "two-hours"]),
        (None, 1.5, ["three-hours", "two-hours"]),
        (0.5, None, []),
        (0.5, 0.25, []),
        (9.0, 0.25, ["one-hour", "three-hours", "two-hours"]),
    ],
)
def test_times_before_amid_and_after_the_records_mean_what_they_say(  # noqa: PLR0917 fixtures
    cluster: Cluster,
    flow: dict[str, Topic],
    identity: RunIdentity,
    transcribed: str,
    from_h: float | None,
    to_h: float | None,
    expected: list[str],
) -> None:
    for name, age_h in (("three-hours", 3), ("two-hours", 2), ("one-hour", 1)):
        write(cluster, transcribed, name, age_h=age_h)
    limits = {
        name: None if age_h is None else NOW - int(age_h * HOUR_MS)
        for name, age_h in (("from_ms", from_h), ("to_ms", to_h))
    }
    plan = plan_of(cluster, flow, identity, **limits)
    assert replayed_keys(cluster, plan) == expected
    assert plan.records == len(expected)
    assert len(plan.ranges) == 3


def test_records_that_arrive_after_planning_are_not_part_of_it(
    cluster: Cluster, flow: dict[str, Topic], identity: RunIdentity, transcribed: str
) -> None:
    write(cluster, transcribed, "before")
    plan = plan_of(cluster, flow, identity)
    write(cluster, transcribed, "after", "before")
    assert replayed_keys(cluster, plan) == ["before"]


def test_interactions_are_found_by_id_and_the_others_named(
    cluster: Cluster, flow: dict[str, Topic], identity: RunIdentity, transcribed: str
) -> None:
    write(cluster, transcribed, *(f"call-{number}" for number in range(40)))
    write(cluster, transcribed, "call-7")
    plan = plan_of(cluster, flow, identity, ids=("call-7", "call-23", "gone"))
    assert replayed_keys(cluster, plan) == ["call-23", "call-7", "call-7"]
    assert plan.records == 3
    assert plan.missing_ids == ("gone",)
    assert plan.cut


def test_plan_says_what_is_no_longer_retained(
    cluster: Cluster, flow: dict[str, Topic], identity: RunIdentity, transcribed: str
) -> None:
    for age_h in (3, 2, 1):
        write(cluster, transcribed, "a", age_h=age_h)
    (place,) = [
        place
        for place, end in offsets.ends(cluster, offsets.places_of(cluster, [transcribed])).items()
        if end
    ]
    cluster.admin.delete_records({place: 1})

    all_day = plan_of(cluster, flow, identity, from_ms=NOW - 9 * HOUR_MS)
    (part,) = [part for part in all_day.ranges if part.partition == place.partition]
    assert (part.cut, part.log_start, part.earliest_at) == (True, 1, NOW - 2 * HOUR_MS)
    assert all_day.records == 2

    last_hours = plan_of(cluster, flow, identity, from_ms=NOW - 2 * HOUR_MS)
    assert not last_hours.cut
    assert last_hours.records == 2


def test_tail_of_transaction_markers_is_not_waited_for(
    cluster: Cluster,
    flow: dict[str, Topic],
    identity: RunIdentity,
    transcribed: str,
    kafka: EmbeddedKafka,
) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=transcribed)
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(transcribed, key=b"a", value=b"a", partition=0)
    producer.commit_transaction()
    producer.close()
    plan = plan_of(cluster, flow, identity)
    assert plan.until()[transcribed] == {0: 1, 1: 0, 2: 0}


# Preparing


def test_live_group_keeps_its_offsets_over_a_replay(
    cluster: Cluster, flow: dict[str, Topic], identity: RunIdentity, transcribed: str
) -> None:
    write(cluster, transcribed, "a", "b", "c")
    live_group = "callqa-classification"
    live = {Place(transcribed, 0): 1}
    set_offsets(cluster, live_group, live)
    plan = prepare(cluster, plan_of(cluster, flow, identity), flow)
    run_lane(cluster, plan, flow)
    finish(cluster, plan)
    assert committed(cluster, live_group).items() >= live.items()


def test_lane_groups_begin_where_the_plan_does(
    cluster: Cluster,
    flow: dict[str, Topic],
    identity: RunIdentity,
    transcribed: str,
    unique_name: Callable[[str], str],
) -> None:
    write(cluster, transcribed, *"abcdef", age_h=2)
    write(cluster, transcribed, *"abcdef")
    classified = flow[unique_name(CLASSIFIED)]
    topics.apply(cluster, [classified], identity.lane)
    write(cluster, lane_topic(classified.name, identity.lane), "left-over")

    plan = prepare(cluster, plan_of(cluster, flow, identity, from_ms=NOW - HOUR_MS), flow)

    assert committed(cluster, plan.group(Stage.CLASSIFICATION)) == {
        Place(part.topic, part.partition): part.start for part in plan.ranges
    }
    scoring = committed(cluster, plan.group(Stage.SCORING))
    assert sum(scoring.values()) == 1
    assert {place.topic for place in scoring} == {lane_topic(classified.name, identity.lane)}


def test_nothing_is_prepared_for_an_empty_plan(
    cluster: Cluster, flow: dict[str, Topic], identity: RunIdentity
) -> None:
    with pytest.raises(NothingToReplay):
        prepare(cluster, plan_of(cluster, flow, identity), flow)


def test_second_replay_is_refused_while_workers_of_the_first_run(
    cluster: Cluster, flow: dict[str, Topic], identity: RunIdentity, transcribed: str, kafka: EmbeddedKafka
) -> None:
    write(cluster, transcribed, "a")
    plan = prepare(cluster, plan_of(cluster, flow, identity), flow)
    worker = KafkaConsumer(
        transcribed,
        bootstrap_servers=kafka.bootstrap,
        group_id=plan.group(Stage.CLASSIFICATION),
        enable_auto_commit=False,
    )
    while not worker.assignment():
        worker.poll(100)
    for attempt in (
        lambda: prepare(cluster, plan, flow),
        lambda: finish(cluster, plan),
        lambda: abandon(cluster, plan),
    ):
        with pytest.raises(GroupIsLive):
            attempt()
    worker.close(autocommit=False)
    abandon(cluster, plan)


# Running


def run_stage(cluster: Cluster, plan: ReplayPlan, stage: Stage, flow: dict[str, Topic]) -> list[str]:
    """Reads a lane stage's inputs from its group's offsets, writes one record each, then commits."""
    group = plan.group(stage)
    positions = committed(cluster, group)
    until = plan.until() if stage is plan.stage else {}
    ends = offsets.ends(cluster, positions)
    limits = {
        place: (start, until.get(place.topic, {}).get(place.partition, ends[place]))
        for place, start in positions.items()
    }
    keys = [record.key for record in offsets.read_ranges(cluster, limits)]
    selected = [key for key in keys if stage is not plan.stage or plan.selects(key.decode())]
    outputs = [topic.name for topic in produced_by(flow, stage) if "interaction" in topic.name]
    for output in outputs:
        records = [OutgoingRecord(key=key, value=key) for key in selected]
        publish(cluster, lane_topic(output, plan.lane), records)
    set_offsets(cluster, group, {place: end for place, (_, end) in limits.items()})
    return [key.decode() for key in selected]


def run_lane(cluster: Cluster, plan: ReplayPlan, flow: dict[str, Topic]) -> dict[Stage, list[str]]:
    return {stage.stage: sorted(run_stage(cluster, plan, stage.stage, flow)) for stage in plan.stages}


def test_replay_is_drained_stage_by_stage_and_reports_what_it_wrote(  # noqa: PLR0917 fixtures
    cluster: Cluster,
    flow: dict[str, Topic],
    identity: RunIdentity,
    transcribed: str,
    unique_name: Callable[[str], str],
    tmp_path: Path,
) -> None:
    write(cluster, transcribed, *"abcdefgh")
    prepare(cluster, plan_of(cluster, flow, identity), flow).save(tmp_path / "plan.json")
    plan = load_plan(tmp_path / "plan.json")

    def remaining() -> dict[str, int]:
        return {stage.stage.value: stage.remaining for stage in progress(cluster, plan)}

    assert remaining() == {"classification": 8, "scoring": 0, "delivery": 0}
    run_stage(cluster, plan, Stage.CLASSIFICATION, flow)
    assert remaining() == {"classification": 0, "scoring": 8, "delivery": 0}
    with pytest.raises(NotDrained, match="scoring 8"):
        finish(cluster, plan)
    run_stage(cluster, plan, Stage.SCORING, flow)
    assert remaining() == {"classification": 0, "scoring": 0, "delivery": 8}
    assert not drained(cluster, plan)
    run_stage(cluster, plan, Stage.DELIVERY, flow)
    assert drained(cluster, plan)

    outcome = finish(cluster, plan)
    assert outcome.records == 8
    assert outcome.dead_lettered == 0
    assert outcome.written[lane_topic(unique_name(SCORED), plan.lane)] == 8
    assert committed(cluster, plan.group(Stage.SCORING)) == {}
    assert sum(offsets.ends(cluster, offsets.places_of(cluster, [unique_name(SCORED)])).values()) == 0


def test_replay_by_id_gives_the_lane_those_interactions_alone(
    cluster: Cluster, flow: dict[str, Topic], identity: RunIdentity, transcribed: str
) -> None:
    write(cluster, transcribed, *"abcdefgh")
    plan = prepare(cluster, plan_of(cluster, flow, identity, ids=("b", "g")), flow)
    assert run_lane(cluster, plan, flow) == {
        Stage.CLASSIFICATION: ["b", "g"],
        Stage.SCORING: ["b", "g"],
        Stage.DELIVERY: ["b", "g"],
    }
    assert drained(cluster, plan)


def test_second_replay_passes_over_what_an_abandoned_one_left(
    cluster: Cluster, flow: dict[str, Topic], identity: RunIdentity, transcribed: str
) -> None:
    write(cluster, transcribed, *"abcd")
    first = prepare(cluster, plan_of(cluster, flow, identity), flow)
    run_stage(cluster, first, Stage.CLASSIFICATION, flow)
    abandon(cluster, first)

    second = prepare(cluster, plan_of(cluster, flow, identity, ids=("a",)), flow)
    assert run_lane(cluster, second, flow)[Stage.SCORING] == ["a"]
    assert finish(cluster, second).records == 1


def test_interrupted_replay_goes_on_with_the_same_plan(
    cluster: Cluster, flow: dict[str, Topic], identity: RunIdentity, transcribed: str
) -> None:
    write(cluster, transcribed, *"abcd")
    plan = prepare(cluster, plan_of(cluster, flow, identity), flow)
    part = next(part for part in plan.ranges if part.records)
    group = plan.group(Stage.CLASSIFICATION)
    # A worker that got through one record of one partition before it was stopped.
    set_offsets(cluster, group, {Place(part.topic, part.partition): part.start + 1})
    assert progress(cluster, plan)[0].remaining == 3
    assert len(run_stage(cluster, plan, Stage.CLASSIFICATION, flow)) == 3
    assert progress(cluster, plan)[0].remaining == 0


def test_workers_committing_through_the_group_protocol_are_seen(
    cluster: Cluster, flow: dict[str, Topic], identity: RunIdentity, transcribed: str, kafka: EmbeddedKafka
) -> None:
    write(cluster, transcribed, *"abcdefgh")
    plan = prepare(cluster, plan_of(cluster, flow, identity), flow)
    worker = KafkaConsumer(
        *plan.inputs(Stage.CLASSIFICATION),
        bootstrap_servers=kafka.bootstrap,
        group_id=plan.group(Stage.CLASSIFICATION),
        enable_auto_commit=False,
        auto_offset_reset="none",
    )
    read = 0
    while read < plan.records:
        read += sum(map(len, worker.poll(500).values()))
    worker.commit()
    stage = progress(cluster, plan)[0]
    assert (stage.total, stage.remaining, stage.group.live) == (8, 0, True)
    assert all(worker.committed(TopicPartition(p.topic, p.partition)) == p.end for p in plan.ranges)
    worker.close(autocommit=False)
    abandon(cluster, plan)
