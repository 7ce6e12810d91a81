"""One whole stack for all tests of this folder: embedded parts, and a worker of every stage."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from schemas.records.terms import Stage
from schemas.topics import consumed_by, load_topics
from streams.local.prepare import prepare
from streams.local.stack import Addresses, Stack
from streams.operations.audit import Audit, compare
from streams.operations.audit_evidence import gather
from streams.operations.cluster import Cluster
from streams.operations.lag import StageInputs, wait_until_drained
from streams.settings import PROJECT, SCRIPTED, Settings
from streams.store import connect

CACHE = PROJECT / ".local" / "cache"


@dataclass
class Pipeline:
    """A running stack. Interactions of different tests differ by id."""

    stack: Stack
    addresses: Addresses
    settings: Settings

    @property
    def bootstrap(self) -> str:
        return self.addresses.bootstrap

    def query(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        client = connect(self.settings, self.addresses.clickhouse_url)
        try:
            return list(client.query(sql, parameters=parameters).result_rows)
        finally:
            client.close()

    def rest(self, seconds: float = 120) -> None:
        """Wait until every stage has read everything."""
        topics = load_topics()
        stages = [
            StageInputs(stage=stage, topics=tuple(topic.name for topic in consumed_by(topics, stage)))
            for stage in Stage
        ]
        with Cluster(self.bootstrap) as cluster:
            wait_until_drained(cluster, stages, deadline_s=seconds)

    def audit(self) -> Audit:
        client = connect(self.settings, self.addresses.clickhouse_url)
        try:
            with Cluster(self.bootstrap) as cluster:
                evidence = gather(cluster, client, load_topics(), now_ms=time.time_ns() // 1_000_000)
        finally:
            client.close()
        return compare(evidence, slo_ms=0)

    def log_of(self, stage: Stage) -> str:
        return (self.stack.data_dir / "logs" / f"{stage.value}.log").read_text()


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Everything runs, and waiting is short."""
    folder: Path = tmp_path_factory.mktemp("pipeline")
    settings = Settings(
        data_dir=folder,
        model=SCRIPTED,
        session_timeout_seconds=6.0,
        drain_seconds=5.0,
        log_level="WARNING",
    )
    with Stack(settings, folder, CACHE) as stack:
        addresses = stack.start_parts()
        prepare(settings, addresses)
        stack.start_workers(addresses)
        yield Pipeline(stack, addresses, settings)


def _eventually(done: Callable[[], object], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.2)
    return False


@pytest.fixture(scope="session")
def eventually() -> Callable[..., bool]:
    """Waits until a question is answered with yes; False when that took too long."""
    return _eventually
