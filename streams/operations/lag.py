"""How far the stages are behind, in records and in the age of the oldest unread one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from schemas.records.terms import Stage
from streams.operations.cluster import Cluster
from streams.operations.group_names import group_of
from streams.operations.groups import GroupState, committed, states
from streams.operations.offsets import Place, ends, first_records, places_of, starts


class StageInputs(Struct, frozen=True, kw_only=True):
    """A stage's workers and the topics they read. ``lane`` is None for the live pipeline."""

    stage: Stage
    topics: tuple[str, ...]
    lane: str | None = None

    @property
    def group(self) -> str:
        """The consumer group of these workers."""
        return group_of(self.stage, self.lane)


class PartitionLag(Struct, frozen=True, kw_only=True):
    """One partition of an input. ``committed`` is null where the group has never committed there.

    ``lost`` counts records that retention removed before the group had read them.
    ``oldest_unread_at`` is the record time of the next record, epoch ms.
    """

    topic: str
    partition: int
    start: int
    end: int
    committed: int | None = None
    oldest_unread_at: int | None = None

    @property
    def position(self) -> int:
        """The next record the group will be given."""
        return self.start if self.committed is None else max(self.start, self.committed)

    @property
    def lag(self) -> int:
        """Records not yet read."""
        return max(0, self.end - self.position)

    @property
    def lost(self) -> int:
        """Records that were gone before they were read."""
        return 0 if self.committed is None else max(0, self.start - self.committed)


class StageLag(Struct, frozen=True, kw_only=True):
    """One stage: its group and every partition it reads."""

    stage: Stage
    lane: str | None
    group: GroupState
    partitions: tuple[PartitionLag, ...]

    @property
    def lag(self) -> int:
        """Records not yet read on all partitions."""
        return sum(part.lag for part in self.partitions)

    @property
    def lost(self) -> int:
        """Records that were gone before they were read on all partitions."""
        return sum(part.lost for part in self.partitions)

    def oldest_unread_s(self, now_ms: int) -> float:
        """Age of the oldest unread record in seconds; 0 where nothing is unread."""
        unread = [part.oldest_unread_at for part in self.partitions if part.oldest_unread_at is not None]
        return max(0, now_ms - min(unread)) / 1000 if unread else 0.0


class NotDrained(Exception):
    """The stages did not finish in time; the text says which are how far behind."""


def lag_of(cluster: Cluster, inputs: StageInputs, *, ages: bool = True) -> StageLag:
    """The lag of one stage. ``ages`` also reads one record a lagging partition, for its time.

    Raises TopicMissing.
    """
    group = states(cluster, [inputs.group])[inputs.group]
    # Committed offsets first: read the other way round, a record that is written and read between the
    # two calls would make a group look further than the end.
    positions = committed(cluster, inputs.group)
    places = places_of(cluster, inputs.topics)
    first, last = starts(cluster, places), ends(cluster, places)
    partitions = [
        PartitionLag(
            topic=place.topic,
            partition=place.partition,
            start=first[place],
            end=last[place],
            committed=positions.get(place),
        )
        for place in places
    ]
    if ages:
        partitions = _with_ages(cluster, partitions)
    return StageLag(stage=inputs.stage, lane=inputs.lane, group=group, partitions=tuple(partitions))


def wait_until_drained(
    cluster: Cluster,
    stages: Sequence[StageInputs],
    *,
    deadline_s: float,
    poll_s: float = 0.5,
    on_progress: Callable[[list[StageLag]], None] | None = None,
) -> list[StageLag]:
    """Returns once no stage has unread records; ``stages`` must be in the order of the flow.

    A stage commits a record after the records it made from it are written. With the stages asked in the
    order of the flow, a later stage's end is therefore final once the earlier ones are drained, provided
    that nothing new is published. Raises NotDrained.
    """
    deadline = time.monotonic() + deadline_s
    while True:
        lags = [lag_of(cluster, inputs, ages=False) for inputs in stages]
        if on_progress is not None:
            on_progress(lags)
        if not any(lag.lag for lag in lags):
            return lags
        if time.monotonic() >= deadline:
            behind = ", ".join(f"{lag.stage.value} {lag.lag}" for lag in lags if lag.lag)
            raise NotDrained(f"records not read after {deadline_s:.0f} s: {behind}")
        time.sleep(poll_s)


def _with_ages(cluster: Cluster, partitions: Iterable[PartitionLag]) -> list[PartitionLag]:
    kept = list(partitions)
    unread = {Place(part.topic, part.partition): (part.position, part.end) for part in kept if part.lag}
    records = first_records(cluster, unread)
    return [
        PartitionLag(
            topic=part.topic,
            partition=part.partition,
            start=part.start,
            end=part.end,
            committed=part.committed,
            oldest_unread_at=_written_at(records.get(Place(part.topic, part.partition))),
        )
        for part in kept
    ]


def _written_at(record: object) -> int | None:
    return None if record is None else int(getattr(record, "timestamp"))  # noqa: B009 untyped client record
