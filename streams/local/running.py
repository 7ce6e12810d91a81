"""Finding the parts that answer: configured ones, a running stack, or the last stack's data reopened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.local.stack import Addresses, Stack
from streams.settings import Settings


class NothingRuns(Exception):
    """No configured address, no running stack and no data of an earlier one."""


def state_file(settings: Settings) -> Path:
    """Where a stack leaves its addresses for other commands."""
    return settings.data_dir / "stack.json"


def running(settings: Settings) -> Addresses | None:
    """Addresses of the stack that runs now, if one does."""
    saved = Addresses.load(state_file(settings))
    return saved if saved is not None and saved.alive() else None


@contextmanager
def reachable(settings: Settings) -> Iterator[Addresses]:
    """Addresses that answer, for the length of one command.

    Order: both configured in the settings; a running stack; otherwise the embedded parts are opened on the
    last stack's data and closed again. Raises NothingRuns when there is nothing to open.
    """
    if settings.kafka_bootstrap and settings.clickhouse_url:
        yield Addresses(settings.kafka_bootstrap, settings.clickhouse_url, str(settings.data_dir), 0)
        return
    found = running(settings)
    if found is not None:
        yield found
        return
    saved = Addresses.load(state_file(settings))
    if saved is None:
        raise NothingRuns(
            "nothing runs and nothing has run here yet: start with `callqa up` or `callqa demo`"
        )
    with Stack(settings, Path(saved.data_dir), settings.data_dir / "cache") as stack:
        yield stack.start_parts()
