"""What a replay will read, fixed before it begins; workers and tools share it as a JSON file.

Nothing here knows Kafka, so that a worker can load a plan without a second client.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from schemas.records.terms import Stage
from streams.operations.group_names import group_of
from streams.operations.lanes import LaneStage


class ReplayRequest(Struct, frozen=True, kw_only=True):
    """What to process again: by record time, by interaction, or both.

    ``from_ms`` is inclusive and ``to_ms`` exclusive, in epoch ms of Kafka's record time, which is when
    the stage's *input* was written. ``ids`` empty means every interaction in the range.
    """

    stage: Stage
    from_ms: int | None = None
    to_ms: int | None = None
    ids: tuple[str, ...] = ()


class PartitionRange(Struct, frozen=True, kw_only=True):
    """Offsets ``[start, end)`` of one partition of a live topic.

    ``log_start`` is the oldest retained offset and ``earliest_at`` its record time, null where the
    partition is empty. ``cut`` says that records before it, which retention has removed, may have
    belonged to the request.
    """

    topic: str
    partition: int
    start: int
    end: int
    log_start: int
    earliest_at: int | None = None
    cut: bool = False

    @property
    def records(self) -> int:
        """Offsets in the range; with compacted topics some may hold no record any more."""
        return self.end - self.start


class LaneStart(Struct, frozen=True, kw_only=True):
    """Where a partition of a lane topic ended when the replay began: its records come after that."""

    topic: str
    partition: int
    offset: int


class ReplayPlan(Struct, frozen=True, kw_only=True):
    """One replay. ``lane_starts`` is filled by ``prepare``; ``missing_ids`` are not retained any more.

    ``records`` is how many records the replayed stage will process, 0 for nothing to do.
    """

    run_id: str
    created_at: int
    lane: str
    request: ReplayRequest
    stages: tuple[LaneStage, ...]
    ranges: tuple[PartitionRange, ...]
    records: int
    missing_ids: tuple[str, ...] = ()
    lane_starts: tuple[LaneStart, ...] = ()

    @property
    def stage(self) -> Stage:
        """The replayed stage."""
        return self.request.stage

    @property
    def cut(self) -> bool:
        """Whether records that the request may have meant are no longer retained."""
        return any(part.cut for part in self.ranges) or bool(self.missing_ids)

    def group(self, stage: Stage) -> str:
        """The consumer group of a lane stage."""
        return group_of(stage, self.lane)

    def inputs(self, stage: Stage) -> tuple[str, ...]:
        """Every topic that a lane worker of ``stage`` subscribes to, live ones first.

        Raises KeyError for a stage that has no part in this replay.
        """
        for candidate in self.stages:
            if candidate.stage is stage:
                return candidate.live_topics + candidate.lane_topics
        raise KeyError(f"{stage.value} has no part in a replay of {self.stage.value}")

    def until(self) -> dict[str, dict[int, int]]:
        """For each live topic, the offset at which its partitions end: process what is below."""
        ends: dict[str, dict[int, int]] = {}
        for part in self.ranges:
            ends.setdefault(part.topic, {})[part.partition] = part.end
        return ends

    def selects(self, interaction_id: str) -> bool:
        """Whether the replayed stage is to process this interaction; downstream it is always so."""
        return not self.request.ids or interaction_id in self.request.ids

    def save(self, path: Path) -> None:
        """Writes the plan as JSON; the file appears whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2))
        fresh.replace(path)


def load_plan(path: Path) -> ReplayPlan:
    """Reads what ``save`` wrote. Raises msgspec.ValidationError for another file."""
    return msgspec.json.decode(path.read_bytes(), type=ReplayPlan)
