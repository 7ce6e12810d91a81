"""The background process of ``callqa up``: starts a stack, prepares it, and waits for SIGTERM."""

from __future__ import annotations

import signal
import threading

from streams.local.prepare import prepare
from streams.local.running import state_file
from streams.local.stack import Stack
from streams.logs import configure_logs
from streams.settings import Settings


def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; the state file exists exactly while the stack is ready."""
    configure_logs(settings.log_level, service="stack")
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with Stack(settings, settings.data_dir / "data", settings.data_dir / "cache") as stack:
        addresses = stack.start_parts()
        prepare(settings, addresses)
        stack.start_workers(addresses)
        addresses.save(state_file(settings))
        ended.wait()
