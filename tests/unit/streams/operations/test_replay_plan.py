import sys
from pathlib import Path
from subprocess import run

import msgspec
import pytest

from schemas.records.terms import Stage
from schemas.topics import load_topics
from streams.operations.lanes import lane_stages
from streams.operations.replay_plan import LaneStart, PartitionRange, ReplayPlan, ReplayRequest, load_plan


def part(partition: int, start: int, end: int, *, topic: str = "in", cut: bool = False) -> PartitionRange:
    return PartitionRange(topic=topic, partition=partition, start=start, end=end, log_start=0, cut=cut)


def plan_of(*ranges: PartitionRange, ids: tuple[str, ...] = (), missing: tuple[str, ...] = ()) -> ReplayPlan:
    return ReplayPlan(
        run_id="run-1",
        created_at=1_700_000_000_000,
        lane="replay",
        request=ReplayRequest(stage=Stage.CLASSIFICATION, from_ms=1, ids=ids),
        stages=lane_stages(Stage.CLASSIFICATION, load_topics()),
        ranges=ranges,
        records=sum(r.records for r in ranges),
        missing_ids=missing,
        lane_starts=(LaneStart(topic="out.lane-replay", partition=0, offset=3),),
    )


def test_plan_survives_its_file(tmp_path: Path) -> None:
    plan = plan_of(part(0, 5, 9), part(1, 0, 0), ids=("a", "通话"))
    plan.save(tmp_path / "runs" / "plan.json")
    assert load_plan(tmp_path / "runs" / "plan.json") == plan
    assert [file.name for file in (tmp_path / "runs").iterdir()] == ["plan.json"]


def test_another_file_is_not_taken_for_a_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text('{"run_id": "x"}')
    with pytest.raises(msgspec.ValidationError):
        load_plan(tmp_path / "plan.json")


def test_workers_learn_where_each_partition_ends() -> None:
    plan = plan_of(part(0, 5, 9), part(1, 2, 2), part(0, 1, 4, topic="other"))
    assert plan.until() == {"in": {0: 9, 1: 2}, "other": {0: 4}}


def test_without_ids_every_interaction_is_meant() -> None:
    assert plan_of().selects("anything")


def test_with_ids_only_those_are_meant() -> None:
    plan = plan_of(ids=("a",))
    assert plan.selects("a")
    assert not plan.selects("b")


def test_lane_groups_are_not_the_live_ones() -> None:
    assert plan_of().group(Stage.SCORING) == "callqa-scoring-replay"


def test_inputs_of_a_stage_outside_the_replay_are_an_error() -> None:
    with pytest.raises(KeyError, match="transcription"):
        plan_of().inputs(Stage.TRANSCRIPTION)


def test_inputs_put_the_live_topic_first() -> None:
    assert plan_of().inputs(Stage.CLASSIFICATION)[0] == "qa.interaction.transcribed.v1"


@pytest.mark.parametrize(
    ("plan", "cut"),
    [
        (plan_of(part(0, 5, 9)), False),
        (plan_of(part(0, 5, 9), part(1, 5, 9, cut=True)), True),
        (plan_of(part(0, 5, 9), missing=("gone",)), True),
    ],
)
def test_plan_says_when_records_are_no_longer_retained(plan: ReplayPlan, cut: bool) -> None:
    assert plan.cut is cut


def test_loading_a_plan_brings_no_kafka_client_with_it() -> None:
    code = "import sys, streams.operations.replay_plan; sys.exit('kafka' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0
