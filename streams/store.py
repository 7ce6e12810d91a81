"""Connections to ClickHouse, embedded or not: one place for address, user and client settings."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect

from streams.settings import Settings


def connect(settings: Settings, url: str) -> Any:
    """A clickhouse-connect client for one thread. Raises its DatabaseError when nothing answers.

    Session ids are off: they would forbid a second query on the same client.
    """
    parts = urlsplit(url)
    return clickhouse_connect.get_client(
        host=parts.hostname or "localhost",
        port=parts.port or (8443 if parts.scheme == "https" else 8123),
        secure=parts.scheme == "https",
        username=settings.clickhouse_user,
        password=settings.clickhouse_password.get_secret_value(),
        autogenerate_session_id=False,
    )
