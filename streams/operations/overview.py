"""One line per stage: what came in, what is done, what became a dead letter, what is left."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from schemas.records.terms import Stage
from schemas.topics import Topic, consumed_by, dead_letter_topic
from streams.operations.cluster import Cluster
from streams.operations.lag import StageInputs, lag_of
from streams.operations.offsets import ends, places_of, starts


class StageOverview(Struct, frozen=True, kw_only=True):
    """Counts of one stage over what its input topics still hold."""

    stage: Stage
    received: int
    done: int
    dead_lettered: int
    lag: int
    oldest_unread_s: float
    members: int


def stage_overviews(
    cluster: Cluster, topics: Mapping[str, Topic], *, now_ms: int, ages: bool = False
) -> list[StageOverview]:
    """All stages in the order of the flow. ``ages`` costs one read a lagging partition."""
    return [_overview(cluster, topics, stage, now_ms=now_ms, ages=ages) for stage in Stage]


def _overview(
    cluster: Cluster, topics: Mapping[str, Topic], stage: Stage, *, now_ms: int, ages: bool
) -> StageOverview:
    inputs = StageInputs(stage=stage, topics=tuple(topic.name for topic in consumed_by(topics, stage)))
    lag = lag_of(cluster, inputs, ages=ages)
    return StageOverview(
        stage=stage,
        received=sum(part.end - part.start for part in lag.partitions),
        done=sum(part.position - part.start for part in lag.partitions),
        dead_lettered=_records(cluster, dead_letter_topic(stage)),
        lag=lag.lag,
        oldest_unread_s=lag.oldest_unread_s(now_ms) if ages else 0.0,
        members=len(lag.group.members),
    )


def _records(cluster: Cluster, topic: str) -> int:
    places = places_of(cluster, [topic])
    first, last = starts(cluster, places), ends(cluster, places)
    return sum(last[place] - first[place] for place in places)
