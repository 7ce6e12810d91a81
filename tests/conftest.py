"""For all tests: how they share two processes, the same drawn examples everywhere, logging left as it was."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

STACKS = (
    "tests/chaos/",
    "tests/e2e/",
    "tests/integration/faults/",
    "tests/integration/test_dead_letters_command.py",
    "tests/integration/test_network_faults.py",
)
"""Tests of five workers, a broker and a store at once."""

settings.register_profile("callqa", derandomize=True, database=None)
settings.load_profile("callqa")


class StacksApart(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped
    """In two processes, one runs the whole stacks, one after the other: side by side they would take each
    other's time. Every other file stays in one process, so that what it starts is started once.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "stacks" if nodeid.startswith(STACKS) else nodeid.split("::", maxsplit=1)[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return StacksApart(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In two processes the stacks come first, so that the other process has as much to do beside them."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(STACKS))


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
