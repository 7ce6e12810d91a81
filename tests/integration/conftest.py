"""Real embedded parts, started once for all integration tests."""

import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from schemas.records.terms import Stage
from schemas.topics import COMPLETED, consumed_by, load_topics
from streams.chaos.journal import Journal
from streams.chaos.load import Load
from streams.chaos.network import DisturbedNetwork
from streams.chaos.oracle import Verdict, judge
from streams.chaos.oracle_reading import Store
from streams.chaos.run import audited
from streams.chaos.stack import Changes, ChaosStack
from streams.local.kafka import EmbeddedKafka, resolve_jars
from streams.local.store import EmbeddedStore
from streams.operations.audit import Audit
from streams.operations.cluster import Cluster
from streams.operations.lag import StageInputs, wait_until_drained
from streams.settings import SCRIPTED, Settings, child_environment

CACHE = Path(__file__).parents[2] / ".local" / "cache"


@pytest.fixture(scope="session")
def kafka_jars() -> Path:
    return resolve_jars(CACHE)


@pytest.fixture(scope="session")
def kafka(kafka_jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """A running broker shared by all tests: use names of your own on it."""
    with EmbeddedKafka(tmp_path_factory.mktemp("kafka"), kafka_jars) as broker:
        yield broker


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """A running store without password, shared by all tests: use databases of your own on it."""
    with EmbeddedStore(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture
def unique_name() -> Callable[[str], str]:
    """Names that no other test uses, for topics and groups."""
    suffix = uuid.uuid4().hex[:10]
    return lambda name: f"{name}-{suffix}"


@dataclass
class Disturbed:
    """Real workers that reach real Kafka and store through proxies, and a load whose truth is known."""

    stack: ChaosStack
    load: Load
    journal: Journal
    settings: Settings

    @property
    def network(self) -> DisturbedNetwork:
        assert self.stack.network is not None
        return self.stack.network

    def publish(self, interactions: int, during: str) -> None:
        """So many text interactions, past the proxies."""
        records = [each for one in self.load.interactions(interactions) for each in one]
        with Cluster(self.stack.addresses.bootstrap) as cluster:
            self.journal.publish(cluster, records, during)

    def callqa(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the CLI, run as an operator would, past the proxies."""
        addresses = self.stack.addresses
        environment = child_environment(
            self.settings,
            {"kafka_bootstrap": addresses.bootstrap, "clickhouse_url": addresses.clickhouse_url},
        )
        return subprocess.run(
            [sys.executable, "-m", "streams.cli.main", *arguments],
            env={**environment, "COLUMNS": "220"},
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )

    def rest(self, seconds: float = 120) -> None:
        """Wait until every stage has read and committed everything."""
        topics = load_topics()
        inputs = {stage: tuple(topic.name for topic in consumed_by(topics, stage)) for stage in Stage}
        stages = [StageInputs(stage=stage, topics=names) for stage, names in inputs.items()]
        with Cluster(self.stack.addresses.bootstrap) as cluster:
            wait_until_drained(cluster, stages, deadline_s=seconds)

    def verdict(self) -> Verdict:
        addresses = self.stack.addresses
        return judge(self.journal.path, addresses.bootstrap, Store(addresses.clickhouse_url))

    def audit(self) -> Audit:
        return audited(self.settings, self.stack)


@pytest.fixture(scope="session")
def disturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disturbed]:
    """One stack for all tests that disturb its network; every test must leave it at rest."""
    data_dir = tmp_path_factory.mktemp("disturbed")
    settings = Settings(
        data_dir=data_dir,
        model=SCRIPTED,
        session_timeout_seconds=6.0,
        kafka_request_seconds=6.0,
        stuck_seconds=12.0,
        drain_seconds=5.0,
        recording_wait_seconds=2.0,
        recording_retry_seconds=1.0,
        log_level="WARNING",
    )
    with (
        ChaosStack(settings, CACHE, Changes(disturbed=True)) as stack,
        Journal(data_dir / "journal.jsonl", COMPLETED) as journal,
    ):
        yield Disturbed(stack, Load(20_261_124, time.time_ns() // 1_000_000), journal, settings)
