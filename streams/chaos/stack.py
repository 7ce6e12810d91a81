"""A stack that is there to be hurt: embedded parts and one worker per stage, each of which can be killed,
stopped, cut off and brought back by name.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from schemas.records.terms import Stage
from streams.chaos.network import DisturbedNetwork
from streams.chaos.workers import WorkerGone, Workers
from streams.local.kafka import EmbeddedKafka, resolve_jars
from streams.local.prepare import prepare
from streams.local.stack import Addresses
from streams.local.store import EmbeddedStore
from streams.local.worker_process import WorkerCommand, WorkerProcess
from streams.settings import Settings, child_environment

_POLL_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 0.5
_APPEAR_SECONDS = 60.0
_DROWSY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Changes:
    """How a stack differs from an ordinary one. ``crash_plans`` give a stage's worker its
    ``CALLQA_CRASH_AT``. With ``disturbed`` the workers reach Kafka and the store through proxies only.
    """

    crash_plans: Mapping[Stage, str] = field(default_factory=dict)
    disturbed: bool = False


class ChaosStack(Workers):
    """Use as a context manager. Faults may be done from several threads at once."""

    def __init__(self, settings: Settings, cache_dir: Path, changes: Changes | None = None) -> None:
        super().__init__()
        self.settings = settings
        self._data_dir = settings.data_dir
        self._changes = changes or Changes()
        self._overrides: dict[Stage, dict[str, str]] = {}
        self.network = DisturbedNetwork() if self._changes.disturbed else None
        self.kafka = EmbeddedKafka(
            self._data_dir / "kafka",
            jars=resolve_jars(cache_dir),
            proxy_port=self.network.kafka.port if self.network else 0,
        )
        self.store = EmbeddedStore(self._data_dir / "clickhouse")
        self.workers: dict[Stage, WorkerProcess] = {}
        self._addresses: Addresses | None = None
        self._ending = threading.Event()
        self._keeper: threading.Thread | None = None

    @property
    def addresses(self) -> Addresses:
        """Where the parts answer, once started, past all proxies."""
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
            if self.network is not None:
                self.network.start(self.kafka.proxied_port, self.store.port)
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
        if self.network is not None:
            self.network.stop()
        self.store.stop()
        self.kafka.stop()

    def kill_broker(self, down_seconds: float = 0.0) -> None:
        """``kill -9`` the broker and start it again on its data."""
        self._kill(self.kafka.broker_pid())
        time.sleep(down_seconds)
        self.kafka.stop()
        self.kafka.start()

    @contextlib.contextmanager
    def store_killed(self) -> Iterator[None]:
        """``kill -9`` the store; it is back, on its data, when the block ends."""
        assert self.store.pid is not None
        self._kill(self.store.pid)
        try:
            yield
        finally:
            self.store.restart()

    def kill_all(self) -> None:
        """``kill -9`` everything in the same moment, and bring broker and store back on their data."""
        assert self.store.pid is not None
        victims = [self.kafka.broker_pid(), self.store.pid, *(self._pid(stage) for stage in Stage)]
        for pid in victims:
            self._kill(pid)
        self.kafka.stop()
        self.kafka.start()
        self.store.restart()

    def crash(self, stage: Stage, point: str, deadline_seconds: float) -> None:
        """Have a worker die at a crash point, ``name:n``; returns when it has. Raises WorkerGone.

        The worker is killed once more before that, so that its successor begins with the plan. One that
        is to die while it drains is told to end, with growing pauses: one that is still starting does not.
        """
        done = len(self.died_at(stage))
        plan = self._overrides[stage]["crash_at"]
        self._override(stage, crash_at=f"{plan},{point}" if plan else point)
        self.kill(stage)
        deadline = time.monotonic() + deadline_seconds
        pause, terminate_at = _DROWSY_SECONDS, time.monotonic() + _DROWSY_SECONDS
        while len(self.died_at(stage)) <= done:
            if time.monotonic() > deadline:
                raise WorkerGone(f"{stage.value} did not come to {point} in {deadline_seconds:.0f} s")
            if point.startswith("drained") and time.monotonic() > terminate_at:
                self.terminate(stage)
                pause, terminate_at = 2 * pause, time.monotonic() + 2 * pause
            time.sleep(_POLL_SECONDS)
        self.kills += 1

    def died_at(self, stage: Stage) -> list[str]:
        """The crash points at which a stage's worker has died, in order."""
        progress = self._data_dir / "crashpoints" / stage.value
        return progress.read_text(encoding="ascii").splitlines() if progress.exists() else []

    def hear_with(self, model: str) -> None:
        """Give the transcription worker another model, from its next start on, and end it."""
        self._override(Stage.TRANSCRIPTION, model=model)
        self.terminate(Stage.TRANSCRIPTION)

    def _override(self, stage: Stage, **changes: str) -> None:
        """From its next start on, a stage's worker has these settings."""
        self._overrides[stage] |= changes
        self.workers[stage].command = self._command(stage)

    def _start(self, stage: Stage) -> None:
        self._overrides[stage] = {"crash_at": self._changes.crash_plans.get(stage, "")}
        worker = WorkerProcess(self._command(stage), longest_pause=_LONGEST_PAUSE_SECONDS)
        worker.start()
        self.workers[stage] = worker

    def _command(self, stage: Stage) -> WorkerCommand:
        kafka, store = self.addresses.bootstrap, self.addresses.clickhouse_url
        if self.network is not None:
            kafka, store = self.network.bootstrap, self.network.clickhouse_url
        own = {"kafka_bootstrap": kafka, "clickhouse_url": store, "data_dir": str(self._data_dir)}
        return WorkerCommand(
            stage.value,
            [stage.value],
            child_environment(self.settings, {**own, **self._overrides[stage]}),
            self._data_dir / "logs" / f"{stage.value}.log",
        )

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
