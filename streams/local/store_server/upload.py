"""Receives request bodies: in memory while small, then in a nameless file that dies with this process."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from aiohttp import BodyPartReader, web
from msgspec import Struct

from streams.local.store_server.encodings import Body
from streams.local.store_server.faults import Code, refuse

_IN_MEMORY_BYTES = 1 << 20
_PIECE_BYTES = 256 << 10
_MOST_PARTS = 1000


class Limits(Struct, frozen=True):
    """Bytes of a body as sent, and after its Content-Encoding is undone."""

    sent: int = 256 << 20
    decoded: int = 1 << 30


class Form(Struct, frozen=True):
    """A multipart form: plain fields, and files that become external tables."""

    fields: dict[str, str]
    files: dict[str, Body]


class Receiver:
    """Takes bodies into ``spool``, a private folder."""

    def __init__(self, spool: Path, limits: Limits) -> None:
        self._spool = spool
        self._limits = limits

    async def body(self, request: web.Request) -> Body:
        """The whole body of ``request``. Raises :class:`Fault` when it is too large or strangely encoded."""
        encoding = request.headers.get("Content-Encoding", "").strip().lower()
        spooled = await self._keep(request.content.iter_chunked(_PIECE_BYTES), request.content_length or 0)
        try:
            return Body(spooled, encoding, self._limits.decoded)
        except BaseException:
            spooled.close()
            raise

    async def form(self, request: web.Request) -> Form:
        """The parts of a multipart form. Raises :class:`Fault` as :meth:`body` does."""
        form = Form({}, {})
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise refuse(Code.BAD_ARGUMENTS, "A form part without a name.")
            if len(form.fields) + len(form.files) >= _MOST_PARTS:
                raise refuse(Code.BAD_ARGUMENTS, "Too many form parts.")
            spooled = await self._keep(_chunks(part), 0)
            body = Body(spooled, "", self._limits.decoded)
            if part.filename is None:
                form.fields[part.name] = body.read(self._limits.sent).decode()
                body.close()
            else:
                form.files[part.name] = body
        return form

    def empty(self) -> Body:
        """A body without bytes."""
        return Body(self._file(), "", self._limits.decoded)

    async def _keep(self, chunks: AsyncIterator[bytes], announced: int) -> IO[bytes]:
        spooled = self._file()
        size = 0
        try:
            if announced > self._limits.sent:
                raise refuse(Code.TOO_MANY_BYTES, "The body is larger than this server takes.")
            async for chunk in chunks:
                size += len(chunk)
                if size > self._limits.sent:
                    raise refuse(Code.TOO_MANY_BYTES, "The body is larger than this server takes.")
                spooled.write(chunk)
        except BaseException:
            spooled.close()
            raise
        return spooled

    def _file(self) -> IO[bytes]:
        return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES, dir=str(self._spool))


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_PIECE_BYTES):
        yield chunk
