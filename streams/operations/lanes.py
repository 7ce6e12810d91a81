"""Which stages and topics belong to a replay of one stage: read off the flow in ``schemas/topics``.

The replayed stage reads its inputs where they always were. Every topic that it or a stage after it
writes has the lane's suffix, for its writers and for its readers, so that nothing on the lane reaches
the live pipeline and the live pipeline does nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from schemas.records.terms import Stage
from schemas.topics import Topic, consumed_by, lane_topic, produced_by

REPLAY = "replay"
"""The lane of ``callqa replay``."""


class LaneStage(Struct, frozen=True, kw_only=True):
    """One stage on a lane. ``live_topics`` are read between fixed offsets, ``lane_topics`` to their end."""

    stage: Stage
    live_topics: tuple[str, ...] = ()
    lane_topics: tuple[str, ...] = ()


def lane_stages(replayed: Stage, topics: Mapping[str, Topic], lane: str = REPLAY) -> tuple[LaneStage, ...]:
    """The stages of the lane in the order of the flow, the replayed one first."""
    stages = _downstream(replayed, topics)
    written = {topic.name for stage in stages for topic in produced_by(topics, stage)}
    return tuple(
        LaneStage(
            stage=stage,
            live_topics=tuple(
                topic.name
                for topic in consumed_by(topics, stage)
                if stage is replayed and (topic.name not in written or topic.record is None)
            ),
            lane_topics=tuple(
                lane_topic(topic.name, lane) for topic in consumed_by(topics, stage) if topic.name in written
            ),
        )
        for stage in stages
    )


def written_topics(replayed: Stage, topics: Mapping[str, Topic]) -> list[Topic]:
    """The topics, by their live declaration, that exist a second time on the lane."""
    names = {topic.name for stage in _downstream(replayed, topics) for topic in produced_by(topics, stage)}
    return [topic for topic in topics.values() if topic.name in names]


def _downstream(first: Stage, topics: Mapping[str, Topic]) -> list[Stage]:
    """``first`` and everything that its outputs reach, each stage after all that write for it."""
    reached: set[Stage] = set()
    waiting = [first]
    while waiting:
        stage = waiting.pop()
        if stage in reached:
            continue
        reached.add(stage)
        waiting += [
            Stage(reader)
            for topic in produced_by(topics, stage)
            for reader in topic.consumers
            if reader in set(Stage)
        ]
    # Stage is declared in the order of the flow.
    return [stage for stage in Stage if stage in reached]
