"""Connections of the operators' tools to one Kafka cluster, opened on first use and closed together."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping
from types import TracebackType

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

_CLIENT_ID = "callqa-operations"
_CONNECT_S = 3.0
_REQUEST_MS = 30_000
_LONGEST_FETCH = 64 * 1024 * 1024
_LONGEST_RECORD = 32 * 1024 * 1024


class BrokerUnreachable(Exception):
    """No broker of the bootstrap list answers."""


class Cluster:
    """One cluster. Nothing here joins a consumer group or commits an offset by itself.

    ``security`` holds kafka-python settings such as ``security_protocol``, ``ssl_cafile`` or
    ``sasl_mechanism``. Not for use from several threads at once.
    """

    def __init__(self, bootstrap: str, security: Mapping[str, object] | None = None) -> None:
        """``bootstrap`` is host:port, or several separated by commas."""
        self.bootstrap = bootstrap
        self._settings = {
            **(security or {}),
            "bootstrap_servers": bootstrap.split(","),
            "client_id": _CLIENT_ID,
        }
        self._admin: KafkaAdminClient | None = None

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def admin(self) -> KafkaAdminClient:
        """The admin client. Raises BrokerUnreachable."""
        if self._admin is None:
            self._require_listener()
            with _translated(self.bootstrap):
                self._admin = KafkaAdminClient(**self._settings, request_timeout_ms=_REQUEST_MS)
        return self._admin

    @contextlib.contextmanager
    def reader(self) -> Iterator[KafkaConsumer]:
        """A consumer without a group, for ``assign`` and ``seek``. Raises BrokerUnreachable."""
        self._require_listener()
        with _translated(self.bootstrap):
            # kafka-python's own defaults would commit on a timer and begin at the end.
            reader = KafkaConsumer(
                **self._settings,
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
                fetch_max_bytes=_LONGEST_FETCH,
                request_timeout_ms=_REQUEST_MS,
            )
        try:
            yield reader
        finally:
            reader.close(autocommit=False)

    @contextlib.contextmanager
    def producer(self, *, linger_ms: int = 5) -> Iterator[KafkaProducer]:
        """An idempotent producer that waits for all replicas. Raises BrokerUnreachable."""
        self._require_listener()
        with _translated(self.bootstrap):
            producer = KafkaProducer(
                **self._settings,
                acks="all",
                enable_idempotence=True,
                compression_type="zstd",
                linger_ms=linger_ms,
                # The topic's max.message.bytes is the limit that counts; it answers with an error.
                max_request_size=_LONGEST_RECORD,
                allow_auto_create_topics=False,
            )
        try:
            yield producer
        finally:
            producer.close()

    def close(self) -> None:
        """Closes what was opened. Safe to repeat."""
        admin, self._admin = self._admin, None
        if admin is not None:
            admin.close()

    def _require_listener(self) -> None:
        """kafka-python tries for 30 s and leaves a thread behind where nothing listens; this is quicker."""
        for address in self.bootstrap.split(","):
            host, _, port = address.strip().rpartition(":")
            try:
                socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_S).close()
            except (OSError, ValueError):
                continue
            return
        raise BrokerUnreachable(f"no Kafka broker answers at {self.bootstrap}")


@contextlib.contextmanager
def _translated(bootstrap: str) -> Iterator[None]:
    try:
        yield
    except KafkaError as error:
        raise BrokerUnreachable(f"no Kafka broker answers at {bootstrap}: {type(error).__name__}") from error
