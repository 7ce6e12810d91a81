"""Consumer groups of the stages: their names, members and committed offsets, seen from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from kafka import TopicPartition
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    GroupIdNotFoundError,
    NotCoordinatorError,
)
from kafka.structs import OffsetAndMetadata
from msgspec import Struct
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

from streams.operations.cluster import Cluster
from streams.operations.offsets import Place

Answer = TypeVar("Answer")

_COORDINATOR_DEADLINE_S = 30.0
_MOVING = (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError)
_NO_ERROR = 0
_UNUSED_STATES = frozenset({"Empty", "Dead"})


class GroupIsLive(Exception):
    """The group has members; its offsets are theirs to move."""


class OffsetsNotSet(Exception):
    """The broker did not take the offsets, or shows others when they are read again."""


class GroupState(Struct, frozen=True, kw_only=True):
    """A group as its coordinator sees it. ``state`` is Kafka's word: Stable, Empty, Dead ..."""

    group: str
    state: str
    members: tuple[str, ...] = ()

    @property
    def live(self) -> bool:
        """Whether anyone reads with this group now."""
        return self.state not in _UNUSED_STATES or bool(self.members)


def states(cluster: Cluster, groups: Iterable[str]) -> dict[str, GroupState]:
    """The state of each group; a group that nobody has used yet is Dead without members."""
    names = list(groups)
    return _patiently(lambda: _describe(cluster, names)) if names else {}


def committed(cluster: Cluster, group: str) -> dict[Place, int]:
    """Every offset the group has committed: the next record it will be given."""
    answered = _patiently(lambda: cluster.admin.list_group_offsets({group: None}))
    return {Place(*place): int(about.offset) for place, about in answered[group].items() if about.offset >= 0}


def require_unused(cluster: Cluster, groups: Iterable[str]) -> None:
    """Raises GroupIsLive where any of ``groups`` has members."""
    live = [state for state in states(cluster, groups).values() if state.live]
    if live:
        said = ", ".join(f"{state.group} ({state.state}, {len(state.members)} members)" for state in live)
        raise GroupIsLive(f"workers still read with {said}")


def set_offsets(cluster: Cluster, group: str, targets: Mapping[Place, int]) -> None:
    """Gives an unused group exactly these offsets and reads them back.

    Raises GroupIsLive, or OffsetsNotSet naming the partitions: kafka-python reports a refusal inside its
    result and raises nothing.
    """
    require_unused(cluster, [group])
    wanted = {TopicPartition(*place): OffsetAndMetadata(offset, "", -1) for place, offset in targets.items()}
    _patiently(lambda: _alter(cluster, group, wanted))
    seen = committed(cluster, group)
    wrong = [place for place, offset in targets.items() if seen.get(place) != offset]
    if wrong:
        raise OffsetsNotSet(f"{group}: read back differently at {', '.join(map(str, wrong))}")


def forget(cluster: Cluster, group: str) -> None:
    """Deletes an unused group with its offsets; one that does not exist is fine. Raises GroupIsLive."""
    require_unused(cluster, [group])
    _patiently(lambda: _delete(cluster, group))


def _describe(cluster: Cluster, names: list[str]) -> dict[str, GroupState]:
    answered = cluster.admin.describe_groups(names)
    for about in answered.values():
        _raise_if_moving(about["error"] or "")
    return {
        name: GroupState(
            group=name,
            state=about["group_state"] or "Dead",
            members=tuple(
                member.get("group_instance_id") or member["member_id"] for member in about["members"]
            ),
        )
        for name, about in answered.items()
    }


def _alter(cluster: Cluster, group: str, wanted: Mapping[TopicPartition, OffsetAndMetadata]) -> None:
    answered = cluster.admin.alter_group_offsets(group, dict(wanted))
    refused = {place: error.__name__ for place, error in answered.items() if error.errno != _NO_ERROR}
    refused |= {place: "no answer" for place in wanted if place not in answered}
    for name in refused.values():
        _raise_if_moving(name)
    if refused:
        said = ", ".join(f"{place.topic}/{place.partition} {name}" for place, name in refused.items())
        raise OffsetsNotSet(f"{group}: {said}")


def _delete(cluster: Cluster, group: str) -> None:
    answer = cluster.admin.delete_groups([group])[group]
    _raise_if_moving(answer)
    if answer not in ("OK", GroupIdNotFoundError.__name__):
        raise OffsetsNotSet(f"{group}: not deleted, {answer}")


def _raise_if_moving(said: str) -> None:
    """kafka-python tells some errors by name inside its result; those that pass by are tried again."""
    for error in _MOVING:
        if error.__name__ in said:
            raise error(said)


def _patiently(call: Callable[[], Answer]) -> Answer:
    """A broker that has just started, or a group that moves to another, has no coordinator for moments."""
    retrying = Retrying(
        retry=retry_if_exception_type(_MOVING),
        stop=stop_after_delay(_COORDINATOR_DEADLINE_S),
        wait=wait_exponential(multiplier=0.05, max=1.0),
        reraise=True,
    )
    return retrying(call)
