"""``callqa up`` and ``callqa down``: the whole pipeline on this machine, in the background."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Annotated

import typer

from streams.cli.console import console, fail
from streams.cli.errors import clear_errors

_START_SECONDS = 180
_STOP_SECONDS = 90


def up(
    foreground: Annotated[bool, typer.Option(help="Stay in the foreground instead of detaching.")] = False,
) -> None:
    """Start the embedded parts (where none is configured) and one worker per stage."""
    from streams.local.running import running, state_file
    from streams.settings import Settings

    with clear_errors():
        settings = Settings()
    found = running(settings)
    if found is not None:
        fail(f"a stack already runs (process {found.pid}); stop it with `callqa down`")
    if foreground:
        from streams.local.service import serve

        with clear_errors():
            serve(settings)
        return
    log_file = settings.data_dir / "logs" / "stack.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams.cli.main", "up", "--foreground"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + _START_SECONDS
    with console().status("starting Kafka, ClickHouse and five stages ..."):
        while (found := running(settings)) is None:
            if process.poll() is not None or time.monotonic() > deadline:
                fail(
                    f"the stack did not start; see {log_file}\n{_tail(log_file.read_text(errors='replace'))}"
                )
            time.sleep(0.2)
    console().print(f"Kafka       {found.bootstrap}\nClickHouse  {found.clickhouse_url}")
    console().print(f"logs        {log_file.parent}\nstate       {state_file(settings)}")


def down() -> None:
    """Drain and stop what `callqa up` started."""
    from streams.local.running import running
    from streams.settings import Settings

    with clear_errors():
        found = running(Settings())
    if found is None:
        console().print("nothing runs")
        return
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    with console().status("draining and stopping ..."):
        while found.alive():
            if time.monotonic() > deadline:
                fail(f"process {found.pid} is still there after {_STOP_SECONDS} s")
            time.sleep(0.2)
    console().print("stopped")


def _tail(text: str, lines: int = 15) -> str:
    return "\n".join(text.splitlines()[-lines:])
