"""Real embedded parts, started once for all integration tests."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.local.kafka import EmbeddedKafka, resolve_jars
from streams.local.store import EmbeddedStore

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
