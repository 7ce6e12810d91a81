"""Feeding records to a stage once more, beside the live pipeline and without touching its groups.

The order is: ``plan_replay`` (a dry run ends here), ``prepare``, lane workers started with the plan's
file, ``wait_until_replayed``, lane workers stopped, ``finish``. An interrupted replay goes on by starting
the workers again with the same plan; ``abandon`` gives it up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import msgspec
from msgspec import Struct

from schemas.records.terms import Stage
from schemas.topics import Topic, lane_topic
from streams.operations import topics as topic_tools
from streams.operations.cluster import Cluster
from streams.operations.groups import (
    GroupState,
    committed,
    forget,
    require_unused,
    set_offsets,
    states,
)
from streams.operations.lag import NotDrained
from streams.operations.lanes import REPLAY, LaneStage, lane_stages, written_topics
from streams.operations.offsets import (
    Place,
    at_time,
    ends,
    first_records,
    last_record_ends,
    places_of,
    read_ranges,
    starts,
)
from streams.operations.replay_plan import LaneStart, PartitionRange, ReplayPlan, ReplayRequest


class NothingToReplay(Exception):
    """The plan holds no record."""


class RunIdentity(Struct, frozen=True, kw_only=True):
    """What the caller gives a replay: an id for the audit trail and the time of planning, epoch ms."""

    run_id: str
    created_at: int
    lane: str = REPLAY


class StageProgress(Struct, frozen=True, kw_only=True):
    """One lane stage: records it was given so far, and those it has not finished."""

    stage: Stage
    group: GroupState
    total: int
    remaining: int


class ReplayOutcome(Struct, frozen=True, kw_only=True):
    """What a finished replay did. ``written`` counts records by lane topic."""

    run_id: str
    stage: Stage
    records: int
    written: dict[str, int]
    dead_lettered: int


def plan_replay(
    cluster: Cluster, request: ReplayRequest, topics: Mapping[str, Topic], identity: RunIdentity
) -> ReplayPlan:
    """Turns times and ids into fixed offsets. Reads only; the end of each log is captured now.

    A time later than every record gives an empty range, never a jump to the end. Raises TopicMissing.
    """
    stages = lane_stages(request.stage, topics, identity.lane)
    places = places_of(cluster, stages[0].live_topics)
    ranges = _ranges_by_time(cluster, request, places)
    missing: tuple[str, ...] = ()
    records = sum(part.records for part in ranges)
    if request.ids:
        ranges, records, missing = _narrow_to_ids(cluster, ranges, frozenset(request.ids))
    return ReplayPlan(
        run_id=identity.run_id,
        created_at=identity.created_at,
        lane=identity.lane,
        request=request,
        stages=stages,
        ranges=tuple(ranges),
        records=records,
        missing_ids=missing,
    )


def prepare(cluster: Cluster, plan: ReplayPlan, topics: Mapping[str, Topic]) -> ReplayPlan:
    """Creates the lane's topics and puts its groups where the plan begins; the plan to give to workers.

    What an earlier replay left on the lane's topics is passed over. Live groups are not touched.
    Raises GroupIsLive while lane workers run, NothingToReplay, OffsetsNotSet.
    """
    if plan.records == 0:
        raise NothingToReplay(f"no record of {plan.stage.value}'s inputs is meant by this request")
    require_unused(cluster, [plan.group(stage.stage) for stage in plan.stages])
    written = written_topics(plan.stage, topics)
    topic_tools.apply(cluster, written, plan.lane)
    lane_places = places_of(cluster, [lane_topic(topic.name, plan.lane) for topic in written])
    lane_ends = ends(cluster, lane_places)
    live_starts = {Place(part.topic, part.partition): part.start for part in plan.ranges}
    for stage in plan.stages:
        group = plan.group(stage.stage)
        forget(cluster, group)
        targets = {place: offset for place, offset in lane_ends.items() if place.topic in stage.lane_topics}
        if stage.stage is plan.stage:
            targets |= live_starts
        set_offsets(cluster, group, targets)
    lane_starts = [LaneStart(topic=p.topic, partition=p.partition, offset=o) for p, o in lane_ends.items()]
    return msgspec.structs.replace(plan, lane_starts=tuple(lane_starts))


def progress(cluster: Cluster, plan: ReplayPlan) -> list[StageProgress]:
    """How far each lane stage is, in the order of the flow.

    A stage commits a record once everything made from it is written, and each stage is asked after
    those before it: all of them at 0 remaining means that nothing is under way any more.
    """
    return [_stage_progress(cluster, plan, stage) for stage in plan.stages]


def drained(cluster: Cluster, plan: ReplayPlan) -> bool:
    """Whether the replayed stage is through its range and the lane behind it is empty."""
    return not any(stage.remaining for stage in progress(cluster, plan))


def wait_until_replayed(
    cluster: Cluster,
    plan: ReplayPlan,
    *,
    deadline_s: float,
    poll_s: float = 0.5,
    on_progress: Callable[[list[StageProgress]], None] | None = None,
) -> None:
    """Returns once the lane is drained. Raises NotDrained after the deadline."""
    deadline = time.monotonic() + deadline_s
    while True:
        stages = progress(cluster, plan)
        if on_progress is not None:
            on_progress(stages)
        if not any(stage.remaining for stage in stages):
            return
        if time.monotonic() >= deadline:
            raise NotDrained(_behind(stages))
        time.sleep(poll_s)


def finish(cluster: Cluster, plan: ReplayPlan) -> ReplayOutcome:
    """Ends a drained replay whose workers have been stopped: counts what it wrote, deletes its groups.

    The lane's topics stay and expire by themselves. Raises NotDrained and GroupIsLive.
    """
    require_unused(cluster, [plan.group(stage.stage) for stage in plan.stages])
    stages = progress(cluster, plan)
    if any(stage.remaining for stage in stages):
        raise NotDrained(_behind(stages))
    begins = {Place(start.topic, start.partition): start.offset for start in plan.lane_starts}
    written: dict[str, int] = {}
    for place, end in ends(cluster, begins).items():
        written[place.topic] = written.get(place.topic, 0) + end - begins[place]
    abandon(cluster, plan)
    return ReplayOutcome(
        run_id=plan.run_id,
        stage=plan.stage,
        records=plan.records,
        written=written,
        dead_lettered=sum(count for topic, count in written.items() if topic.startswith(_DEAD_LETTERS)),
    )


def abandon(cluster: Cluster, plan: ReplayPlan) -> None:
    """Gives up what is left of a replay whose workers have been stopped. Raises GroupIsLive."""
    for stage in plan.stages:
        forget(cluster, plan.group(stage.stage))


_DEAD_LETTERS = "qa.dead_letter."


def _ranges_by_time(cluster: Cluster, request: ReplayRequest, places: list[Place]) -> list[PartitionRange]:
    first, last = starts(cluster, places), ends(cluster, places)
    begins: Mapping[Place, int | None] = first
    if request.from_ms is not None:
        begins = at_time(cluster, places, request.from_ms)
    finishes: Mapping[Place, int | None] = last
    if request.to_ms is not None:
        finishes = at_time(cluster, places, request.to_ms)
    limits: dict[Place, tuple[int, int]] = {}
    for place in places:
        begin, finish_at = begins[place], finishes[place]
        # None: no record is that late. For the beginning that means nothing, for the end everything.
        end = last[place] if finish_at is None else min(finish_at, last[place])
        limits[place] = (end if begin is None else min(begin, end), end)
    trimmed = last_record_ends(cluster, limits)
    oldest = first_records(cluster, {place: (first[place], last[place]) for place in places})
    return [
        _range(request, place, (limits[place][0], trimmed[place]), first[place], oldest.get(place))
        for place in places
    ]


def _range(
    request: ReplayRequest, place: Place, limits: tuple[int, int], log_start: int, oldest: object
) -> PartitionRange:
    earliest_at = None if oldest is None else int(oldest.timestamp)  # type: ignore[attr-defined]
    start_unknown = earliest_at is None or request.from_ms is None or request.from_ms < earliest_at
    only_ids = bool(request.ids) and request.from_ms is None
    return PartitionRange(
        topic=place.topic,
        partition=place.partition,
        start=limits[0],
        end=limits[1],
        log_start=log_start,
        earliest_at=earliest_at,
        cut=log_start > 0 and start_unknown and not only_ids,
    )


def _narrow_to_ids(
    cluster: Cluster, ranges: list[PartitionRange], ids: frozenset[str]
) -> tuple[list[PartitionRange], int, tuple[str, ...]]:
    """The smallest ranges that hold every record of ``ids``, how many those are, and who was not found."""
    offsets: dict[Place, list[int]] = {}
    seen: set[str] = set()
    wanted = {identity.encode(): identity for identity in ids}
    limits = {Place(part.topic, part.partition): (part.start, part.end) for part in ranges}
    for record in read_ranges(cluster, limits):
        if record.key in wanted:
            offsets.setdefault(Place(record.topic, record.partition), []).append(record.offset)
            seen.add(wanted[record.key])
    narrowed = []
    for part in ranges:
        found = offsets.get(Place(part.topic, part.partition))
        start, end = (min(found), max(found) + 1) if found else (part.end, part.end)
        narrowed.append(msgspec.structs.replace(part, start=start, end=end))
    return narrowed, sum(map(len, offsets.values())), tuple(sorted(ids - seen))


def _stage_progress(cluster: Cluster, plan: ReplayPlan, stage: LaneStage) -> StageProgress:
    group = plan.group(stage.stage)
    # Committed before ends: see ``progress``.
    positions = committed(cluster, group)
    begins = {
        Place(start.topic, start.partition): start.offset
        for start in plan.lane_starts
        if start.topic in stage.lane_topics
    }
    finishes = ends(cluster, begins)
    if stage.stage is plan.stage:
        begins |= {Place(part.topic, part.partition): part.start for part in plan.ranges}
        finishes |= {Place(part.topic, part.partition): part.end for part in plan.ranges}
    return StageProgress(
        stage=stage.stage,
        group=states(cluster, [group])[group],
        total=sum(finishes[place] - begin for place, begin in begins.items()),
        remaining=sum(
            max(0, end - max(begins[place], positions.get(place, 0))) for place, end in finishes.items()
        ),
    )


def _behind(stages: list[StageProgress]) -> str:
    behind = ", ".join(f"{part.stage.value} {part.remaining} of {part.total}" for part in stages)
    return f"the lane is not drained: {behind}"
