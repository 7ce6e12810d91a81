"""Workers that can be hurt: killed, told to end, and stopped for a while, by stage."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from abc import ABC, abstractmethod

from schemas.records.terms import Stage


class WorkerGone(Exception):
    """A worker that was to be hurt did not come up, or a crash point was not reached."""


class Workers(ABC):
    """Workers on this machine. ``kills`` counts processes that ``kill -9`` ended."""

    def __init__(self) -> None:
        self.kills = 0

    @abstractmethod
    def _pid(self, stage: Stage) -> int:
        """Process id of a stage's worker, waiting for it to come up. Raises WorkerGone."""

    def kill(self, stage: Stage) -> int:
        """``kill -9`` a stage's worker; the process id that was. Raises WorkerGone."""
        pid = self._pid(stage)
        self._kill(pid)
        return pid

    def terminate(self, stage: Stage) -> None:
        """SIGTERM, as a deployment would. Raises WorkerGone."""
        os.kill(self._pid(stage), signal.SIGTERM)

    def freeze(self, stage: Stage, seconds: float) -> None:
        """Stop a worker's process for a while, longer than its session if need be, and let it go on.

        Raises WorkerGone.
        """
        pid = self._pid(stage)
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def _kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        self.kills += 1
