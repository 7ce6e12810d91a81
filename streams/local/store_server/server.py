"""The HTTP interface: routes, lanes of worker threads, and the way of a query through them."""

from __future__ import annotations

import asyncio
import secrets
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import structlog
from aiohttp import web
from msgspec import Struct

from streams.local.store_server.access import Credentials, check_origin
from streams.local.store_server.encodings import Encoder, encoder, response_encoding
from streams.local.store_server.engine import Answer, Engine
from streams.local.store_server.exchange import Exchange
from streams.local.store_server.faults import Code, Fault, refuse
from streams.local.store_server.order import Order, prepare
from streams.local.store_server.responses import Headers, exception_block
from streams.local.store_server.upload import Receiver

T = TypeVar("T")
_MOST_REQUESTS = 200
_log = structlog.get_logger("store")


class Lanes(Struct, frozen=True):
    """Threads for work that blocks. Writers have their own, so that no dashboard keeps an insert waiting."""

    intake: ThreadPoolExecutor
    readers: ThreadPoolExecutor
    writers: ThreadPoolExecutor

    def close(self) -> None:
        """Take no more work; what runs goes on."""
        for pool in (self.intake, self.readers, self.writers):
            pool.shutdown(wait=False, cancel_futures=True)


def open_lanes(readers: int = 8, writers: int = 4) -> Lanes:
    """Lanes with so many threads."""
    return Lanes(
        ThreadPoolExecutor(2, "intake"),
        ThreadPoolExecutor(readers, "reader"),
        ThreadPoolExecutor(writers, "writer"),
    )


class StoreServer:
    """Answers ClickHouse's HTTP interface from an :class:`Engine`."""

    def __init__(self, engine: Engine, credentials: Credentials, receiver: Receiver, lanes: Lanes) -> None:
        self._engine = engine
        self._credentials = credentials
        self._receiver = receiver
        self._lanes = lanes
        self._headers = Headers(engine.facts)
        self.open_requests = 0

    def application(self) -> web.Application:
        """The aiohttp application with ClickHouse's routes."""
        application = web.Application()
        application.router.add_get("/ping", self._ok)
        application.router.add_get("/replicas_status", self._ok)
        application.router.add_route("*", "/", self._root)
        application.router.add_route("*", "/{path:.*}", self._unknown)
        return application

    async def _ok(self, _: web.Request) -> web.Response:
        return web.Response(text="Ok.\n", headers=self._headers.plain())

    async def _unknown(self, request: web.Request) -> web.Response:
        text = f"There is no handle {request.path}\n"
        return web.Response(status=404, text=text, headers=self._headers.plain())

    async def _root(self, request: web.Request) -> web.StreamResponse:
        if request.method in ("GET", "HEAD") and not request.query.get("query") and not request.can_read_body:
            return await self._ok(request)
        exchange = Exchange(request)
        self.open_requests += 1
        try:
            return await self._answer(exchange)
        except Fault as fault:
            return self._fault(exchange, fault)
        except asyncio.CancelledError:
            exchange.code = Code.ABORTED
            raise
        except ConnectionError:
            return self._fault(
                exchange, refuse(Code.ABORTED, "The client left before its request was complete.")
            )
        except Exception as error:
            _log.error(
                "request failed", query_id=exchange.query_id, error=type(error).__name__, at=_where(error)
            )
            return self._fault(
                exchange, refuse(Code.UNKNOWN_EXCEPTION, "The server failed; its log says where.")
            )
        finally:
            self.open_requests -= 1
            exchange.close()

    def _fault(self, exchange: Exchange, fault: Fault) -> web.Response:
        exchange.code = fault.code
        headers = self._headers.fault(exchange.query_id, fault)
        return web.Response(status=fault.status, text=self._headers.fault_text(fault), headers=headers)

    async def _answer(self, exchange: Exchange) -> web.StreamResponse:
        request = exchange.request
        if request.method not in ("GET", "HEAD", "POST", "PUT"):
            raise refuse(Code.NOT_IMPLEMENTED, f"Method {request.method} is not available.")
        check_origin(request.headers)
        self._credentials.check(request.headers, request.query)
        if self.open_requests > _MOST_REQUESTS:
            raise refuse(Code.TOO_MANY_SIMULTANEOUS_QUERIES, "Too many simultaneous queries.")
        received = await exchange.receive(self._receiver)
        order = await _in(self._lanes.intake, lambda: prepare(received))
        exchange.kind = order.statement.kind
        lane = self._lanes.writers if order.statement.writes else self._lanes.readers
        answer = await self._run_cancellable(order, lane)
        exchange.summary = answer.summary
        if answer.is_whole:
            return await self._send_whole(exchange, order, answer)
        try:
            return await self._send_stream(exchange, order, answer)
        finally:
            await _in(lane, answer.close)

    async def _run_cancellable(self, order: Order, lane: ThreadPoolExecutor) -> Answer:
        """Run ``order``; if its client leaves, cancel a query, and let anything else come to its end."""
        work = lane.submit(self._run, order)
        awaited = asyncio.wrap_future(work)
        try:
            return await asyncio.shield(awaited)
        except asyncio.CancelledError:
            awaited.add_done_callback(_forget)
            work.add_done_callback(_close_unwanted)
            if not work.cancel() and order.statement.reads_only:
                self._lanes.intake.submit(self._engine.cancel, order)
            raise

    def _run(self, order: Order) -> Answer:
        answer = self._engine.run(order)
        if answer.is_whole:
            answer.close()
        return answer

    async def _send_whole(self, exchange: Exchange, order: Order, answer: Answer) -> web.Response:
        headers = self._headers.result(exchange.query_id, answer.format, answer.summary)
        encoding = _encoding(exchange.request, order)
        body = answer.first
        if encoding is not None and body:
            headers["Content-Encoding"] = encoding
            packer = encoder(encoding)
            body = await _in(self._lanes.intake, lambda: packer.compress(body) + packer.flush())
        return web.Response(body=body, headers=headers)

    async def _send_stream(self, exchange: Exchange, order: Order, answer: Answer) -> web.StreamResponse:
        tag = secrets.token_hex(8)
        headers = self._headers.result(exchange.query_id, answer.format, {}) | {
            "X-ClickHouse-Exception-Tag": tag
        }
        encoding = _encoding(exchange.request, order)
        packer: Encoder = encoder(encoding) if encoding is not None else _AsItIs()
        if encoding is not None:
            headers["Content-Encoding"] = encoding
        response = web.StreamResponse(headers=headers)
        await response.prepare(exchange.request)
        try:
            block: bytes | None = answer.first
            while block is not None:
                await response.write(await _in(self._lanes.readers, partial(packer.compress, block)))
                block = await _in(self._lanes.readers, answer.read)
        except Fault as fault:
            exchange.code = fault.code
            end = exception_block(self._headers.fault_text(fault), tag)
            await response.write(packer.compress(end) + packer.flush())
            # No last chunk: whoever does not look for the exception still sees that the body broke off.
            if exchange.request.transport is not None:
                exchange.request.transport.close()
            return response
        await response.write(packer.flush())
        await response.write_eof()
        return response


def _close_unwanted(work: Future[Answer]) -> None:
    if not work.cancelled() and work.exception() is None:
        work.result().close()


def _forget(work: asyncio.Future[Answer]) -> None:
    """Take note of a failure that nobody waits for any more, lest asyncio report it as forgotten."""
    if not work.cancelled():
        work.exception()


def _where(error: BaseException) -> str:
    """File and line of an error, without its message, which may quote data."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"


class _AsItIs:
    def compress(self, data: bytes) -> bytes:
        return data

    def flush(self) -> bytes:
        return b""


def _encoding(request: web.Request, order: Order) -> str | None:
    if not order.parameters.compress_response:
        return None
    return response_encoding(request.headers.get("Accept-Encoding", ""))


async def _in(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work)
