"""Whether the stages go on: committed offsets, seen from outside while anything may be broken."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType

from kafka.errors import KafkaError

from schemas.records.terms import Stage
from schemas.topics import consumed_by, load_topics
from streams.operations.cluster import BrokerUnreachable, Cluster
from streams.operations.group_names import group_of
from streams.operations.groups import committed
from streams.operations.lag import StageInputs, lag_of
from streams.operations.offsets import ReadStalled

UNREADABLE = (BrokerUnreachable, KafkaError, ReadStalled, OSError)
"""What asking a broker raises that is being killed."""


class Progress:
    """Reads positions for several threads. Use as a context manager."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._cluster = Cluster(bootstrap)
        self._lock = threading.Lock()
        topics = load_topics()
        self._inputs = [
            StageInputs(stage=stage, topics=tuple(topic.name for topic in consumed_by(topics, stage)))
            for stage in Stage
        ]

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cluster.close()

    def positions(self, stages: Sequence[Stage]) -> dict[Stage, int] | None:
        """How many records each stage has committed, over all its inputs; None while no broker answers."""
        with self._lock:
            try:
                return {stage: sum(committed(self._cluster, group_of(stage)).values()) for stage in stages}
            except UNREADABLE:
                self._begin_again()
                return None

    def lags(self) -> dict[Stage, int] | None:
        """Records that each stage has not read yet, in the order of the flow; None as above."""
        with self._lock:
            try:
                return {
                    inputs.stage: lag_of(self._cluster, inputs, ages=False).lag for inputs in self._inputs
                }
            except UNREADABLE:
                self._begin_again()
                return None

    def _begin_again(self) -> None:
        self._cluster.close()
        self._cluster = Cluster(self._bootstrap)
