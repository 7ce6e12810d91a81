"""A worker as a child process that is started again, with growing pauses, whenever it ends."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

log = structlog.get_logger()

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 15.0
_SETTLED_AFTER = 60.0


@dataclass(frozen=True, slots=True)
class WorkerCommand:
    """What to run: the stage and the options of ``callqa worker``, and the log file it writes to.

    ``program`` are the arguments of Python that a test runs another worker by.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log_file: Path
    program: Sequence[str] = ("-m", "streams.cli.worker")


class WorkerProcess:
    """Keeps one worker running until ``stop``. ``clock`` is a monotonic clock in seconds.

    Before it is started again there is a pause, which doubles up to ``longest_pause`` seconds.
    """

    def __init__(
        self,
        command: WorkerCommand,
        clock: Callable[[], float] = time.monotonic,
        longest_pause: float = _LONGEST_PAUSE,
    ) -> None:
        self.command = command
        self.restarts = 0
        self._clock = clock
        self._longest_pause = longest_pause
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_again_at = 0.0
        self._pause = _FIRST_PAUSE

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start the process; its output is appended to the log file."""
        self.command.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.command.log_file.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, *self.command.program, *self.command.arguments, "--die-with-parent"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(self.command.environment),
            )
        self._started_at = self._clock()

    def check(self) -> None:
        """Start the process again if it has ended and its pause is over; call this often."""
        if self._process is None or self._process.poll() is None:
            return
        now = self._clock()
        if not self._start_again_at:
            settled = now - self._started_at > _SETTLED_AFTER
            self._pause = _FIRST_PAUSE if settled else min(self._longest_pause, self._pause * 2)
            self._start_again_at = now + self._pause
            log.warning(
                "worker.ended", worker=self.command.name, code=self._process.returncode, pause=self._pause
            )
        elif now >= self._start_again_at:
            self._start_again_at = 0.0
            self.restarts += 1
            self.start()

    def terminate(self) -> None:
        """Ask the process to drain and end; does not wait."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def wait(self, deadline_seconds: float) -> None:
        """Wait for the end, then end it by force."""
        if self._process is None:
            return
        try:
            self._process.wait(deadline_seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
