"""HTTP responses as ClickHouse writes them."""

from __future__ import annotations

import json

from streams.local.store_server.engine import EngineFacts
from streams.local.store_server.faults import Code, Fault

_CONTENT_TYPES = {
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
    "TSV": "text/tab-separated-values; charset=UTF-8",
    "TabSeparatedRaw": "text/tab-separated-values; charset=UTF-8",
    "TSVRaw": "text/tab-separated-values; charset=UTF-8",
    "TabSeparatedWithNames": "text/tab-separated-values; charset=UTF-8",
    "TSVWithNames": "text/tab-separated-values; charset=UTF-8",
    "TabSeparatedWithNamesAndTypes": "text/tab-separated-values; charset=UTF-8",
    "TSVWithNamesAndTypes": "text/tab-separated-values; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8; header=absent",
    "CSVWithNames": "text/csv; charset=UTF-8; header=present",
    "CSVWithNamesAndTypes": "text/csv; charset=UTF-8; header=present",
    "JSON": "application/json; charset=UTF-8",
    "JSONStrings": "application/json; charset=UTF-8",
    "JSONCompact": "application/json; charset=UTF-8",
    "JSONColumns": "application/json; charset=UTF-8",
    "JSONEachRow": "application/x-ndjson; charset=UTF-8",
    "JSONCompactEachRow": "application/x-ndjson; charset=UTF-8",
    "JSONStringsEachRow": "application/x-ndjson; charset=UTF-8",
    "Native": "application/octet-stream",
    "RowBinary": "application/octet-stream",
    "RowBinaryWithNames": "application/octet-stream",
    "RowBinaryWithNamesAndTypes": "application/octet-stream",
    "Arrow": "application/octet-stream",
    "ArrowStream": "application/octet-stream",
    "Parquet": "application/octet-stream",
    "ORC": "application/octet-stream",
    "XML": "application/xml; charset=UTF-8",
    "Markdown": "text/markdown; charset=UTF-8",
}
_PLAIN = "text/plain; charset=UTF-8"


class Headers:
    """Headers that every response of this server carries."""

    def __init__(self, facts: EngineFacts) -> None:
        self._common = {
            "X-ClickHouse-Server-Display-Name": facts.display_name,
            "X-ClickHouse-Timezone": facts.timezone,
        }
        self._version = facts.version

    def plain(self) -> dict[str, str]:
        """Of a response that is no query's."""
        return {**self._common, "Content-Type": "text/html; charset=UTF-8"}

    def result(self, query_id: str, result_format: str | None, summary: dict[str, str]) -> dict[str, str]:
        """Of a query that succeeded, or began to."""
        headers = {**self._common, "X-ClickHouse-Query-Id": query_id, "Content-Type": _PLAIN}
        if result_format is not None:
            headers["X-ClickHouse-Format"] = result_format
            headers["Content-Type"] = _CONTENT_TYPES.get(result_format, _PLAIN)
        if summary:
            headers["X-ClickHouse-Summary"] = json.dumps(summary, separators=(",", ":"))
        return headers

    def fault(self, query_id: str, fault: Fault) -> dict[str, str]:
        """Of a query that failed."""
        headers = self.result(query_id, None, {}) | {"X-ClickHouse-Exception-Code": str(fault.code)}
        if fault.code == Code.REQUIRED_PASSWORD:
            headers["WWW-Authenticate"] = 'Basic realm="ClickHouse server HTTP API"'
        return headers

    def fault_text(self, fault: Fault) -> str:
        """Body of a query that failed: ClickHouse's sentence with the server's version once at its end."""
        text = fault.text.rstrip()
        return f"{text}\n" if "(version " in text else f"{text} (version {self._version})\n"


def exception_block(text: str, tag: str) -> bytes:
    """What stands at the end of a result that broke off, so that a client cannot take it for whole."""
    message = text.rstrip("\n").encode()
    marker = tag.encode()
    return b"".join(
        (b"\r\n__exception__\r\n", marker, b"\r\n", message, b"\n")
        + (str(len(message) + 1).encode(), b" ", marker, b"\r\n__exception__\r\n")
    )
