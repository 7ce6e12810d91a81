"""One request and what is told about it afterwards."""

from __future__ import annotations

import time
from collections.abc import Mapping

import structlog
from aiohttp import web

from streams.local.store_server.encodings import Body
from streams.local.store_server.faults import Code, refuse
from streams.local.store_server.order import ExternalTable, Request
from streams.local.store_server.parameters import clean_query_id, read_parameters
from streams.local.store_server.upload import Form, Receiver

_log = structlog.get_logger("store")


class Exchange:
    """A request in work. Its log line has ids, counts and codes; never the statement, which may hold data."""

    def __init__(self, request: web.Request) -> None:
        self.request = request
        self.query_id = clean_query_id(request.query.get("query_id", ""))
        self.kind = ""
        self.code = 0
        self.summary: Mapping[str, str] = {}
        self._began = time.monotonic()
        self._bodies: list[Body] = []

    async def receive(self, receiver: Receiver) -> Request:
        """Take in parameters and body. Raises :class:`Fault`."""
        request = self.request
        if request.content_type == "multipart/form-data":
            form = await receiver.form(request)
        else:
            form = Form({}, {"": await receiver.body(request)})
        self._bodies = list(form.files.values())
        body = form.files.pop("", None) or receiver.empty()
        pairs = {**request.query, **form.fields, "query_id": self.query_id}
        prefix = "\n".join(part for part in (request.query.get("query"), form.fields.get("query")) if part)
        headers = request.headers
        pairs.setdefault("database", headers.get("X-ClickHouse-Database", ""))
        return Request(
            parameters=read_parameters(pairs.items(), form.files),
            prefix=prefix.encode(),
            body=body,
            external=tuple(_external(name, content, pairs) for name, content in form.files.items()),
            header_format=headers.get("X-ClickHouse-Format"),
            is_get=request.method in ("GET", "HEAD"),
        )

    def close(self) -> None:
        """Let go of the bodies and write the log line."""
        for body in self._bodies:
            body.close()
        _log.info(
            "query",
            query_id=self.query_id,
            kind=self.kind,
            code=self.code,
            duration_ms=round((time.monotonic() - self._began) * 1000, 1),
            **{name: int(count) for name, count in self.summary.items() if name.endswith("rows")},
        )


def _external(name: str, body: Body, pairs: Mapping[str, str]) -> ExternalTable:
    types = [kind.strip() for kind in pairs.get(f"{name}_types", "").split(",") if kind.strip()]
    numbered = ", ".join(f"_{number} {kind}" for number, kind in enumerate(types, 1))
    structure = pairs.get(f"{name}_structure") or numbered
    if not structure:
        raise refuse(Code.BAD_ARGUMENTS, "An external table needs its structure or types.")
    return ExternalTable(name, structure, pairs.get(f"{name}_format", "TabSeparated"), body)
