"""Property tests draw the same examples on every machine; no test leaves its logging to the next one."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

STACKS = (
    "chaos",
    "e2e",
    "integration/faults",
    "integration/test_dead_letters_command.py",
    "integration/test_network_faults.py",
)
"""Tests of five workers, a broker and a store at once."""

settings.register_profile("callqa", derandomize=True, database=None)
settings.load_profile("callqa")


def pytest_itemcollected(item: pytest.Item) -> None:
    """In two processes, one runs the whole stacks, one after the other: side by side they would take each
    other's time. Every other file stays in one process, so that what it starts is started once.
    """
    item.add_marker(pytest.mark.xdist_group("stacks" if _of_whole_stack(item) else item.path.stem))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In two processes the stacks come first, so that the other process has as much to do beside them."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not _of_whole_stack(item))


def _of_whole_stack(item: pytest.Item) -> bool:
    folder = Path(__file__).parent
    return str(item.path).startswith(tuple(str(folder / each) for each in STACKS))


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """A command that a test runs in this process sends logs to a stream that is closed afterwards."""
    root, configured = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.configure(**configured)
    structlog.contextvars.clear_contextvars()
    root.handlers[:] = handlers
    root.setLevel(level)
