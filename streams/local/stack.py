"""Everything callqa needs on one machine: embedded Kafka and store where none is configured, and one
worker per stage, kept running until they are stopped.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import structlog

from schemas.records.terms import Stage
from streams.local.kafka import EmbeddedKafka, resolve_jars
from streams.local.store import EmbeddedStore
from streams.local.worker_process import WorkerCommand, WorkerProcess
from streams.settings import Settings, child_environment

log = structlog.get_logger()

_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the parts of a running stack answer, and the process that owns them."""

    bootstrap: str
    clickhouse_url: str
    data_dir: str
    pid: int

    def save(self, path: Path) -> None:
        """Write for other commands to find; replaced in one step."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self)))
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path) -> Addresses | None:
        """What the last stack wrote, or None if there was none."""
        return cls(**json.loads(path.read_text())) if path.exists() else None

    def settings_for(self, settings: Settings) -> Settings:
        """``settings`` as the workers of this stack have them."""
        return settings.model_copy(update={"data_dir": Path(self.data_dir)})

    def alive(self) -> bool:
        """Whether the owning process still runs."""
        try:
            return bool(psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False


class Stack:
    """Embedded parts and workers of one data folder. Use as a context manager."""

    def __init__(self, settings: Settings, data_dir: Path, cache_dir: Path) -> None:
        self._settings = settings
        self.data_dir = data_dir
        self._cache_dir = cache_dir
        self._kafka: EmbeddedKafka | None = None
        self._store: EmbeddedStore | None = None
        self._workers: list[WorkerProcess] = []
        self._watcher: threading.Thread | None = None
        self._stopping = threading.Event()

    def start_parts(self) -> Addresses:
        """Start what is not configured and return where everything answers."""
        bootstrap, url = self._settings.kafka_bootstrap, self._settings.clickhouse_url
        try:
            if bootstrap is None:
                self._kafka = EmbeddedKafka(self.data_dir / "kafka", jars=resolve_jars(self._cache_dir))
                self._kafka.start()
                bootstrap = self._kafka.bootstrap
            if url is None:
                self._store = EmbeddedStore(self.data_dir / "clickhouse")
                self._store.start()
                url = self._store.url
        except BaseException:
            self.stop()
            raise
        return Addresses(bootstrap, url, str(self.data_dir), os.getpid())

    def start_workers(self, addresses: Addresses, stages: Sequence[Stage] = tuple(Stage)) -> None:
        """Start one worker per stage and keep them running from a thread of this process."""
        environment = child_environment(
            self._settings,
            {
                "kafka_bootstrap": addresses.bootstrap,
                "clickhouse_url": addresses.clickhouse_url,
                "data_dir": str(self.data_dir),
            },
        )
        for stage in stages:
            command = WorkerCommand(
                name=stage.value,
                arguments=[stage.value],
                environment=environment,
                log_file=self.data_dir / "logs" / f"{stage.value}.log",
            )
            worker = WorkerProcess(command)
            worker.start()
            self._workers.append(worker)
        self._watcher = threading.Thread(target=self._keep_running, name="stack", daemon=True)
        self._watcher.start()

    @property
    def workers(self) -> Sequence[WorkerProcess]:
        """The workers this stack keeps running."""
        return tuple(self._workers)

    def stop(self) -> None:
        """Drain and stop the workers, then the store, then the broker."""
        self._stopping.set()
        if self._watcher:
            self._watcher.join()
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            worker.wait(self._settings.drain_seconds + 10)
        for part in (self._store, self._kafka):
            if part is not None:
                part.stop()

    def __enter__(self) -> Stack:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _keep_running(self) -> None:
        while not self._stopping.wait(_POLL_SECONDS):
            if self._store is not None:
                self._store.check()
            for worker in self._workers:
                worker.check()
