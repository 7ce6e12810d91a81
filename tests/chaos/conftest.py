"""Whole stacks that are hurt on purpose. What became of their load is judged by an oracle of its own."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from schemas.records.terms import Stage
from schemas.topics import COMPLETED, consumed_by, load_topics
from streams.chaos.journal import Journal
from streams.chaos.load import Load, LoadRecord, Recordings
from streams.chaos.oracle import Verdict, judge
from streams.chaos.oracle_reading import Store
from streams.chaos.recordings import write_all
from streams.chaos.run import audited
from streams.chaos.stack import Changes, ChaosStack
from streams.operations.audit import Audit
from streams.operations.cluster import Cluster
from streams.operations.lag import StageInputs, wait_until_drained
from streams.settings import PROJECT, SCRIPTED, Settings

CACHE = PROJECT / ".local" / "cache"
SEED = 20_261_123


@dataclass
class Victim:
    """A running stack, a load for it, and the two who say afterwards what became of it."""

    stack: ChaosStack
    load: Load
    journal: Journal
    recordings: Recordings
    settings: Settings
    published: list[LoadRecord] = field(default_factory=list)

    def publish(self, interactions: int, during: str, calls: int = 0) -> None:
        """So many text interactions and so many calls of the scripted engine, confirmed by the broker."""
        records = [each for one in self.load.interactions(interactions) for each in one]
        records += [each for _ in range(calls) for each in self.load.call(self.recordings.calls)]
        self.send(records, during)

    def publish_broken_calls(self, during: str) -> None:
        self.send([each for voices in self.recordings.broken for each in self.load.call(voices)], during)

    def send(self, records: list[LoadRecord], during: str) -> None:
        with Cluster(self.stack.addresses.bootstrap) as cluster:
            self.journal.publish(cluster, records, during)
        self.published += records

    def rest(self, seconds: float = 90) -> None:
        """Wait until every stage has read everything."""
        topics = load_topics()
        stages = [
            StageInputs(stage=stage, topics=tuple(topic.name for topic in consumed_by(topics, stage)))
            for stage in Stage
        ]
        with Cluster(self.stack.addresses.bootstrap) as cluster:
            wait_until_drained(cluster, stages, deadline_s=seconds)

    def judge(self) -> Verdict:
        addresses = self.stack.addresses
        return judge(self.journal.path, addresses.bootstrap, Store(addresses.clickhouse_url))

    def audit(self) -> Audit:
        return audited(self.settings, self.stack)

    def logs(self) -> str:
        """The ends of the workers' logs, for a failed test."""
        return "\n".join(
            f"--- {path.name}\n{path.read_text()[-1500:]}"
            for path in (self.settings.data_dir / "logs").glob("*")
        )


Start = Callable[..., "contextmanager[Victim]"]


@contextmanager
def victim(
    data_dir: Path, crash_plans: Mapping[Stage, str] | None = None, *, disturbed: bool = False
) -> Iterator[Victim]:
    """Start everything on ``data_dir`` with settings that make waiting short."""
    settings = Settings(
        **{
            "data_dir": data_dir,
            "model": SCRIPTED,
            "recording_wait_seconds": 6.0,
            "recording_retry_seconds": 2.0,
            "session_timeout_seconds": 6.0,
            "drain_seconds": 5.0,
            "log_level": "WARNING",
        }
    )
    changes = Changes(crash_plans=crash_plans or {}, disturbed=disturbed)
    now_ms = time.time_ns() // 1_000_000
    with (
        ChaosStack(settings, CACHE, changes) as stack,
        Journal(data_dir / "journal.jsonl", COMPLETED) as journal,
    ):
        yield Victim(
            stack=stack,
            load=Load(SEED, now_ms),
            journal=journal,
            recordings=write_all(data_dir / "recordings", SEED),
            settings=settings,
        )


@pytest.fixture(scope="session")
def start_victim() -> Callable[..., object]:
    """The starter, for tests that need a stack of their own kind."""
    return victim
