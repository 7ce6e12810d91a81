"""What a command works on: settings, broker and store, with expected failures told in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from streams.cli.errors import clear_errors

if TYPE_CHECKING:
    from streams.local.stack import Addresses
    from streams.operations.cluster import Cluster
    from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Connections:
    """Where broker and store answer, for the length of one command."""

    settings: Settings
    addresses: Addresses

    def cluster(self) -> Cluster:
        """The operators' connection to Kafka; use as a context manager."""
        from streams.operations.cluster import Cluster

        return Cluster(self.addresses.bootstrap, {"security_protocol": self.settings.kafka_security_protocol})

    @contextmanager
    def store(self) -> Iterator[Any]:
        """A ClickHouse client of one thread. Raises StoreUnreachable."""
        from streams.store import reach

        client = reach(self.settings, self.addresses.clickhouse_url)
        try:
            yield client
        finally:
            client.close()

    @property
    def local_settings(self) -> Settings:
        """The settings that the workers of this stack run with: they keep their data where it does."""
        return self.addresses.settings_for(self.settings)


@contextmanager
def connected(*, kafka: bool = True, store: bool = True, reopen: bool = True) -> Iterator[Connections]:
    """Connections to what the command needs.

    What is configured is used as it is. Without a running stack the last one's data is opened and closed
    again, unless ``reopen`` is false: then NothingRuns is told. Logs go to standard error.
    """
    from streams.logs import configure_logs
    from streams.settings import Settings

    with clear_errors():
        settings = Settings()
        configure_logs("ERROR")
        configured = _configured(settings, kafka=kafka, store=store)
        if configured is not None:
            yield Connections(settings, configured)
        else:
            with _found(settings, reopen=reopen) as addresses:
                yield Connections(settings, addresses)


def _configured(settings: Settings, *, kafka: bool, store: bool) -> Addresses | None:
    """Configured addresses, where they are all that the command needs."""
    from streams.local.stack import Addresses

    bootstrap, url = settings.kafka_bootstrap, settings.clickhouse_url
    if (kafka and bootstrap is None) or (store and url is None):
        return None
    return Addresses(bootstrap or "", url or "", str(settings.data_dir), 0)


@contextmanager
def _found(settings: Settings, *, reopen: bool) -> Iterator[Addresses]:
    from rich.console import Console

    from streams.local.running import NothingRuns, reachable, running

    if running(settings) is None and not reopen:
        raise NothingRuns("nothing runs here: start the pipeline with `callqa up`")
    waiting = Console(stderr=True).status("打开上次的数据 opening the last stack's data ...")
    waiting.start()
    try:
        with reachable(settings) as addresses:
            waiting.stop()
            yield addresses
    finally:
        waiting.stop()
