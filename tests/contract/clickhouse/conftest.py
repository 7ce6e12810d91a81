"""An empty embedded store with all migrations applied."""

from collections.abc import Iterator
from typing import Any

import clickhouse_connect
import pytest

from sinks.migrations import migrate
from streams.local.store import EmbeddedStore


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with EmbeddedStore(tmp_path_factory.mktemp("store")) as store:
        made = clickhouse_connect.get_client(host=store.host, port=store.port, autogenerate_session_id=False)
        migrate(made)
        yield made
        made.close()
