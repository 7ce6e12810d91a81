"""What a fresh stack needs before its workers start: topics, tables, active rules."""

from __future__ import annotations

import time

from schemas.topics import load_topics
from sinks.activations import ActivationStore
from sinks.migrations import migrate
from streams.local.stack import Addresses
from streams.operations.cluster import Cluster
from streams.operations.topics import apply
from streams.rules import activate_configured
from streams.settings import Settings
from streams.store import connect


def prepare(settings: Settings, addresses: Addresses) -> None:
    """Create topics, apply migrations and activate the configured rules where none are active yet."""
    with Cluster(addresses.bootstrap) as cluster:
        apply(cluster, load_topics().values())
    client = connect(settings, addresses.clickhouse_url)
    try:
        migrate(client)
        activations = ActivationStore(client)
        if activations.current() is None:
            now_ms = time.time_ns() // 1_000_000
            activate_configured(activations, settings, now_ms=now_ms, by="callqa", note="first activation")
    finally:
        client.close()
