"""A stack that is there to be hurt: embedded parts and one worker per stage, each of which can be killed,
stopped and brought back by name.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType

from schemas.records.terms import Stage
from streams.local.kafka import EmbeddedKafka, resolve_jars
from streams.local.prepare import prepare
from streams.local.stack import Addresses
from streams.local.store import EmbeddedStore
from streams.local.worker_process import WorkerCommand, WorkerProcess
from streams.settings import Settings, child_environment

_POLL_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0
_APPEAR_SECONDS = 60.0


class WorkerGone(Exception):
    """A worker that was to be hurt did not come up."""


class ChaosStack:
    """Use as a context manager. ``crash_plans`` give a stage's worker its ``CALLQA_CRASH_AT``."""

    def __init__(
        self, settings: Settings, cache_dir: Path, crash_plans: Mapping[Stage, str] | None = None
    ) -> None:
        self.settings = settings
        self._data_dir = settings.data_dir
        self._plans = crash_plans or {}
        self.kafka = EmbeddedKafka(self._data_dir / "kafka", jars=resolve_jars(cache_dir))
        self.store = EmbeddedStore(self._data_dir / "clickhouse")
        self.workers: dict[Stage, WorkerProcess] = {}
        self._addresses: Addresses | None = None
        self._ending = threading.Event()
        self._keeper: threading.Thread | None = None

    @property
    def addresses(self) -> Addresses:
        """Where the parts answer, once started."""
        assert self._addresses is not None
        return self._addresses

    def __enter__(self) -> ChaosStack:
        try:
            self.kafka.start()
            self.store.start()
            self._addresses = Addresses(
                self.kafka.bootstrap, self.store.url, str(self._data_dir), os.getpid()
            )
            prepare(self.settings, self.addresses)
            for stage in Stage:
                self._start(stage)
        except BaseException:
            self.stop()
            raise
        self._keeper = threading.Thread(target=self._keep_running, name="chaos-stack", daemon=True)
        self._keeper.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Drain and stop everything."""
        self._ending.set()
        if self._keeper is not None:
            self._keeper.join()
        for worker in self.workers.values():
            worker.terminate()
        for worker in self.workers.values():
            worker.wait(self.settings.drain_seconds + 10)
        self.store.stop()
        self.kafka.stop()

    def kill(self, stage: Stage) -> int:
        """``kill -9`` a stage's worker, waiting for it to come up first; the process id that was."""
        pid = self._pid(stage)
        os.kill(pid, signal.SIGKILL)
        return pid

    def terminate(self, stage: Stage) -> None:
        """SIGTERM, as a deployment would."""
        os.kill(self._pid(stage), signal.SIGTERM)

    def freeze(self, stage: Stage, seconds: float) -> None:
        """Stop a worker's process for a while, longer than its session if need be, and let it go on."""
        pid = self._pid(stage)
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def kill_broker(self, down_seconds: float = 0.0) -> None:
        """``kill -9`` the broker and start it again on its data."""
        os.kill(self.kafka.broker_pid(), signal.SIGKILL)
        time.sleep(down_seconds)
        self.kafka.stop()
        self.kafka.start()

    @contextlib.contextmanager
    def store_killed(self) -> Iterator[None]:
        """``kill -9`` the store; it is back, on its data, when the block ends."""
        assert self.store.pid is not None
        os.kill(self.store.pid, signal.SIGKILL)
        try:
            yield
        finally:
            self.store.restart()

    def _start(self, stage: Stage) -> None:
        environment = child_environment(
            self.settings,
            {
                "kafka_bootstrap": self.addresses.bootstrap,
                "clickhouse_url": self.addresses.clickhouse_url,
                "data_dir": str(self._data_dir),
                "crash_at": self._plans.get(stage, ""),
            },
        )
        log_file = self._data_dir / "logs" / f"{stage.value}.log"
        command = WorkerCommand(stage.value, [stage.value], environment, log_file)
        worker = WorkerProcess(command, longest_pause=_LONGEST_PAUSE_SECONDS)
        worker.start()
        self.workers[stage] = worker

    def _pid(self, stage: Stage) -> int:
        deadline = time.monotonic() + _APPEAR_SECONDS
        while time.monotonic() < deadline:
            pid = self.workers[stage].pid
            if pid is not None:
                return pid
            time.sleep(_POLL_SECONDS)
        raise WorkerGone(f"no {stage.value} worker in {_APPEAR_SECONDS:.0f} s")

    def _keep_running(self) -> None:
        while not self._ending.wait(_POLL_SECONDS):
            for worker in self.workers.values():
                worker.check()
