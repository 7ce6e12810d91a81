import pytest

from schemas.records.terms import Stage
from streams.operations.groups import GroupState
from streams.operations.lag import PartitionLag, StageInputs, StageLag


def part(
    start: int, end: int, committed: int | None, *, at: int | None = None, partition: int = 0
) -> PartitionLag:
    return PartitionLag(
        topic="t", partition=partition, start=start, end=end, committed=committed, oldest_unread_at=at
    )


def stage(*parts: PartitionLag) -> StageLag:
    group = GroupState(group="callqa-scoring", state="Empty")
    return StageLag(stage=Stage.SCORING, lane=None, group=group, partitions=parts)


@pytest.mark.parametrize(
    ("start", "end", "committed", "lag", "lost"),
    [
        (0, 10, 4, 6, 0),
        (0, 10, 10, 0, 0),
        (3, 10, None, 7, 0),
        (7, 10, 4, 3, 3),
        (0, 0, None, 0, 0),
        (0, 5, 9, 0, 0),
    ],
)
def test_lag_counts_what_is_left_and_what_was_lost(
    start: int, end: int, committed: int | None, lag: int, lost: int
) -> None:
    assert (part(start, end, committed).lag, part(start, end, committed).lost) == (lag, lost)


def test_stage_adds_up_its_partitions_and_takes_the_oldest_age() -> None:
    lag = stage(part(0, 10, 4, at=5_000), part(2, 10, 1, at=2_500, partition=1), part(0, 3, 3, partition=2))
    assert (lag.lag, lag.lost) == (14, 1)
    assert lag.oldest_unread_s(10_000) == 7.5


def test_nothing_unread_has_no_age() -> None:
    assert stage(part(0, 3, 3)).oldest_unread_s(10_000) == 0.0


def test_clock_behind_the_brokers_gives_no_negative_age() -> None:
    assert stage(part(0, 3, 2, at=20_000)).oldest_unread_s(10_000) == 0.0


def test_groups_of_the_live_pipeline_and_of_a_lane_differ() -> None:
    assert StageInputs(stage=Stage.DELIVERY, topics=()).group == "callqa-delivery"
    assert StageInputs(stage=Stage.DELIVERY, topics=(), lane="replay").group == "callqa-delivery-replay"


@pytest.mark.parametrize(
    ("state", "members", "live"),
    [("Empty", (), False), ("Dead", (), False), ("Stable", ("a",), True), ("PreparingRebalance", (), True)],
)
def test_group_is_live_unless_kafka_says_empty_or_dead(
    state: str, members: tuple[str, ...], live: bool
) -> None:
    assert GroupState(group="g", state=state, members=members).live is live
