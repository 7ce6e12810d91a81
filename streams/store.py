"""Connections to ClickHouse, embedded or not: one place for address, user and client settings."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import clickhouse_connect
from clickhouse_connect.driver.exceptions import ClickHouseError
from urllib3.exceptions import HTTPError

from streams.settings import Settings


class StoreUnreachable(Exception):
    """Nothing answers at the store's address."""


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


def reach(settings: Settings, url: str) -> Any:
    """``connect`` for tools with a person before them. Raises StoreUnreachable where nothing answers."""
    try:
        return connect(settings, url)
    except ClickHouseError as error:
        if isinstance(error.__cause__, HTTPError):
            raise StoreUnreachable(f"no ClickHouse answers at {without_login(url)}") from error
        raise


def without_login(url: str) -> str:
    """The address without the user and password that it may hold."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
