"""The URL parameters of a request, sorted: statement, settings, bound values, transport."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from streams.local.store_server.faults import Code, refuse

# Accepted without effect: they tune the transport of a real server or name what one user does not have.
_WITHOUT_EFFECT = frozenset(
    {
        "user", "password", "quota_key", "role", "stacktrace", "buffer_size", "wait_end_of_query",
        "close_session", "client_protocol_version", "http_headers_progress_interval_ms",
        "send_progress_in_http_headers", "cancel_http_readonly_queries_on_client_close",
        "add_http_cors_header",
    }
)  # fmt: skip
_OWN = frozenset({"query", "database", "default_format", "query_id", "enable_http_compression", "readonly"})
_SESSION = frozenset({"session_id", "session_timeout", "session_check"})
_NATIVE_FRAMES = frozenset({"compress", "decompress"})
_SETTING_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_QUERY_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}\Z")
_EXTERNAL = re.compile(r"(?P<table>.+)_(?P<what>format|structure|types)\Z")
_LONGEST_SESSION_SECONDS = 3600


class SessionKey(Struct, frozen=True):
    """A named session of a client. ``timeout_seconds`` counts from its last request."""

    name: str
    timeout_seconds: int
    must_exist: bool


class Parameters(Struct, frozen=True):
    """Parameters of one request. ``bound`` has the values of ``{name:Type}``, escaped as TabSeparated."""

    query: str
    query_id: str
    database: str | None
    default_format: str | None
    read_only: bool
    compress_response: bool
    session: SessionKey | None
    settings: Mapping[str, str] = field(default_factory=dict)
    bound: Mapping[str, str] = field(default_factory=dict)


def read_parameters(pairs: Iterable[tuple[str, str]], external_tables: Iterable[str] = ()) -> Parameters:
    """Sort the parameters of one request; the last of a repeated name counts.

    Raises :class:`Fault` for ``compress`` and ``decompress`` (ClickHouse's native block frames), for a
    setting's name that is no identifier and for a session that is not well described.
    """
    values = dict(pairs)
    tables = frozenset(external_tables)
    if any(values.get(name, "0") not in ("0", "false", "") for name in _NATIVE_FRAMES):
        raise refuse(
            Code.NOT_IMPLEMENTED,
            "Native block compression (compress=1, decompress=1) is not available; use HTTP compression: "
            "enable_http_compression=1 with Accept-Encoding, or Content-Encoding for a body.",
        )
    return Parameters(
        query=values.get("query", ""),
        query_id=clean_query_id(values.get("query_id", "")),
        database=values.get("database") or None,
        default_format=values.get("default_format") or None,
        read_only=values.get("readonly", "0") != "0",
        compress_response=values.get("enable_http_compression", "0") not in ("0", "false"),
        session=_session(values),
        settings=_settings(values, tables),
        bound={name[6:]: value for name, value in values.items() if name.startswith("param_")},
    )


def clean_query_id(given: str) -> str:
    """The client's query id, or a new one where it gave none or one that does not belong in a log."""
    return given if _QUERY_ID.match(given) else str(uuid.uuid4())


def _session(values: Mapping[str, str]) -> SessionKey | None:
    name = values.get("session_id", "")
    if not name:
        return None
    timeout = values.get("session_timeout", "60")
    if not timeout.isdecimal() or int(timeout) > _LONGEST_SESSION_SECONDS:
        raise refuse(
            Code.INVALID_SESSION_TIMEOUT, f"Session timeout must be 0 to {_LONGEST_SESSION_SECONDS} seconds."
        )
    return SessionKey(name, int(timeout), values.get("session_check", "0") == "1")


def _settings(values: Mapping[str, str], tables: frozenset[str]) -> dict[str, str]:
    taken = _WITHOUT_EFFECT | _OWN | _SESSION | _NATIVE_FRAMES
    settings = {}
    for name, value in values.items():
        external = _EXTERNAL.match(name)
        if name in taken or name.startswith("param_") or (external and external["table"] in tables):
            continue
        if not _SETTING_NAME.match(name):
            raise refuse(Code.BAD_ARGUMENTS, "A setting's name must be letters, digits and underscores.")
        settings[name] = value
    return settings
