"""The store's process: opens the directory, serves until told to end, and ends when its parent does."""

from __future__ import annotations

import asyncio
import faulthandler
import json
import logging
import os
import resource
import signal
import sys
import threading
from pathlib import Path

import structlog
from aiohttp import web
from msgspec import Struct

from streams.local.store_server.access import Credentials
from streams.local.store_server.directory import IN_USE_STATUS, DirectoryInUse, StoreDirectory
from streams.local.store_server.engine import Engine
from streams.local.store_server.server import Lanes, StoreServer, open_lanes
from streams.local.store_server.upload import Limits, Receiver

HOST = "127.0.0.1"
_DRAIN_SECONDS = 15.0
_LINE_BYTES = 1 << 20
_OPEN_FILES = 65_536
_log = structlog.get_logger("store")


class Options(Struct, frozen=True):
    """How a store is served: ``port`` 0 takes a free one, ``ready_file`` appears once it answers."""

    path: Path
    port: int
    credentials: Credentials
    ready_file: Path | None = None
    die_with_parent: bool = False


def serve(options: Options) -> int:
    """Serve until SIGTERM, SIGINT or, with ``die_with_parent``, the end of stdin; returns the exit status."""
    os.umask(0o077)
    _configure_log()
    directory = StoreDirectory(options.path)
    try:
        directory.take()
    except DirectoryInUse as error:
        _log.error("store in use", detail=str(error))
        return IN_USE_STATUS
    _allow_open_files()
    engine = Engine(directory)
    _crash_at_once()
    lanes = open_lanes()
    server = StoreServer(engine, options.credentials, Receiver(directory.spool, Limits()), lanes)
    asyncio.run(_serve(server, options))
    _end(server, engine, lanes)
    return 0


def _allow_open_files() -> None:
    """Take all the file descriptors this user may have: every part of a table that is read costs some."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _crash_at_once() -> None:
    """Let a crash end the process: chDB's own handlers would hold it for minutes, answering nobody."""
    for number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL):
        signal.signal(number, signal.SIG_DFL)
    faulthandler.enable()


async def _serve(server: StoreServer, options: Options) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if options.die_with_parent:
        threading.Thread(target=_await_parent, args=(loop, stop), name="parent", daemon=True).start()
    runner = web.AppRunner(
        server.application(),
        access_log=None,
        auto_decompress=False,
        handler_cancellation=True,
        max_line_size=_LINE_BYTES,
        max_field_size=_LINE_BYTES,
        shutdown_timeout=_DRAIN_SECONDS,
    )
    await runner.setup()
    await web.TCPSite(runner, HOST, options.port, backlog=256).start()
    port = int(runner.addresses[0][1])
    _log.info("store ready", port=port, pid=os.getpid())
    if options.ready_file is not None:
        _announce(options.ready_file, port)
    await stop.wait()
    _log.info("store stopping", open_requests=server.open_requests)
    await runner.cleanup()


def _await_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """The parent holds the other end of stdin; its end, in whatever way, is the end of file here."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    loop.call_soon_threadsafe(stop.set)
    threading.Event().wait(_DRAIN_SECONDS * 2)
    os._exit(0)


def _announce(ready_file: Path, port: int) -> None:
    beside = ready_file.with_suffix(".part")
    beside.write_text(json.dumps({"host": HOST, "port": port, "pid": os.getpid()}))
    beside.replace(ready_file)


def _end(server: StoreServer, engine: Engine, lanes: Lanes) -> None:
    lanes.close()
    if server.open_requests:
        # A query that outlives the drain would keep the interpreter; the engine's files need no farewell.
        _log.warning("store stopped with queries in work", open_requests=server.open_requests)
        sys.stderr.flush()
        os._exit(0)
    engine.close()
    _log.info("store stopped")


def _configure_log() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
