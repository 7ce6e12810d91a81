"""A real Apache Kafka on this machine: one KRaft node, started, watched and stopped from Python."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import socket
import subprocess
import time
import uuid
from pathlib import Path
from string import Template
from types import TracebackType

import msgspec
import psutil

from streams.local.broker_record import (
    LOOPBACK,
    BrokerInUse,
    BrokerRecord,
    read_record,
    running_at,
    take_lock,
)
from streams.local.guard import guarded
from streams.local.jars import KAFKA_FILES, KafkaUnavailable, find_java, resolve_jars
from streams.local.ports import free_port, is_free

_LOG_DIR = "log"
_START_ATTEMPTS = 3
_PORT_TAKEN = "Address already in use"
_TAIL_LINES = 25
# First-tier compilation and the serial collector halve start time and memory on two cores.
_JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Djava.net.preferIPv4Stack=true")
_BROKER = ("-Xmx512m", "-XX:+ExitOnOutOfMemoryError")
_LOGGING = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
)


class BrokerFailed(Exception):
    """The broker ended or did not answer; the text ends with the tail of its log."""


class EmbeddedKafka:
    """One broker on ``data_dir``; it never outlives the process that started it.

    ``port`` 0 keeps the port of the last start on this directory, or chooses a free one. A stopped or
    crashed broker is started again by ``start``, on the same data and the same port.

    With ``proxy_port`` the broker listens a second time, on ``proxied_port``, and tells clients that come
    there to come back to ``proxy_port``, where a proxy must listen; clients of ``bootstrap`` pass it by.
    """

    def __init__(
        self,
        data_dir: Path,
        jars: Path,
        *,
        port: int = 0,
        proxy_port: int = 0,
        template: Path = KAFKA_FILES / "server.properties",
    ) -> None:
        """``jars`` is the folder that ``resolve_jars`` gives."""
        self._data_dir = data_dir.absolute()
        self._jars = jars.absolute()
        self._template = template
        self._port = port
        self._proxy_port = proxy_port
        self.proxied_port = free_port(excluding=frozenset({port, proxy_port})) if proxy_port else 0
        self._process: subprocess.Popen[bytes] | None = None
        self._record: BrokerRecord | None = None

    def __enter__(self) -> EmbeddedKafka:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def bootstrap(self) -> str:
        """Address for Kafka clients; the broker must have been started."""
        if self._record is None:
            raise BrokerFailed("the embedded Kafka has not been started")
        return self._record.bootstrap

    @property
    def log_file(self) -> Path:
        """What the broker said since its last start."""
        return self._data_dir / "broker.log"

    @property
    def alive(self) -> bool:
        """Whether the broker's process runs now."""
        return self._process is not None and self._process.poll() is None

    def broker_pid(self) -> int:
        """Process id of the JVM, for a test that kills it. Raises BrokerFailed where it does not run."""
        if self._process is not None and self._process.poll() is None:
            for child in psutil.Process(self._process.pid).children():
                return int(child.pid)
        raise BrokerFailed("the embedded Kafka does not run")

    def start(self, *, deadline_s: float = 90.0) -> str:
        """Starts the broker and returns its address once it answers.

        Raises BrokerInUse, KafkaUnavailable (no Java), or BrokerFailed with the tail of the log.
        """
        if self.alive:
            return self.bootstrap
        java = find_java()
        self._data_dir.mkdir(parents=True, exist_ok=True)
        lock = take_lock(self._data_dir)
        try:
            self._format(java)
            self._launch_until_it_answers(java, lock, deadline_s)
        except BaseException:
            self.stop()
            raise
        finally:
            # From here the JVM's copy of the descriptor holds the lock, as long as it lives.
            os.close(lock)
        return self.bootstrap

    def stop(self, *, grace_s: float = 20.0) -> None:
        """Ends the broker: SIGTERM, then SIGKILL after the guard's grace period. Safe to repeat."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(timeout=grace_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _format(self, java: Path) -> None:
        """Gives a new data directory its cluster id; a rename makes it whole or absent."""
        if (self._data_dir / _LOG_DIR).exists():
            return
        staging = self._data_dir / "formatting"
        shutil.rmtree(staging, ignore_errors=True)
        settings = self._data_dir / "format.properties"
        settings.write_text(self._settings("formatting", 1, 2), encoding="ascii")
        command = [*self._java(java), "kafka.tools.StorageTool", "format", "--standalone"]
        command += ["--cluster-id", _cluster_id(), "--config", settings.name]
        done = subprocess.run(command, cwd=self._data_dir, capture_output=True, text=True, check=False)
        settings.unlink()
        if done.returncode != 0:
            raise BrokerFailed(f"Kafka could not format {staging}:\n{_last_lines(done.stdout + done.stderr)}")
        staging.rename(self._data_dir / _LOG_DIR)

    def _launch_until_it_answers(self, java: Path, lock: int, deadline_s: float) -> None:
        """Tries again with other ports where someone took one between the choice and the start."""
        for attempt in range(1, _START_ATTEMPTS + 1):
            self._launch(java, lock)
            try:
                self._await_answer(time.monotonic() + deadline_s)
            except BrokerFailed:
                if attempt == _START_ATTEMPTS or self._port or _PORT_TAKEN not in self._tail():
                    raise
                self.stop()
            else:
                return

    def _launch(self, java: Path, lock: int) -> None:
        port, controller_port = self._ports()
        owner = psutil.Process()
        self._record = BrokerRecord(
            port=port, controller_port=controller_port, owner=owner.pid, owner_started=owner.create_time()
        )
        (self._data_dir / "server.properties").write_text(
            self._settings(_LOG_DIR, port, controller_port), encoding="ascii"
        )
        (self._data_dir / "broker.json").write_bytes(msgspec.json.encode(self._record))
        if self.log_file.exists():
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        command = [*self._java(java), *_BROKER, "kafka.Kafka", "server.properties"]
        with self.log_file.open("wb") as log:
            self._process = subprocess.Popen(
                guarded(command),
                cwd=self._data_dir,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(lock,),
                start_new_session=True,  # Ctrl-C is for the parent, who then stops the broker in order
            )

    def _java(self, java: Path) -> list[str]:
        return [os.fspath(java), *_JVM, *_LOGGING, "-cp", f"{self._jars}/*"]

    def _settings(self, log_dir: str, port: int, controller_port: int) -> str:
        # Relative to the working directory: a Java properties file takes neither blanks nor non-ASCII well.
        text = Template(self._template.read_text(encoding="ascii"))
        listener = f",PROXIED://{LOOPBACK}:" if self._proxy_port else ""
        return text.substitute(
            port=port,
            controller_port=controller_port,
            log_dir=log_dir,
            proxied=f"{listener}{self.proxied_port}" if listener else "",
            proxy=f"{listener}{self._proxy_port}" if listener else "",
        )

    def _ports(self) -> tuple[int, int]:
        last = read_record(self._data_dir)
        port = self._port or (last.port if last is not None else 0)
        if self._port and not is_free(port):
            raise BrokerFailed(f"port {port} on {LOOPBACK} is taken by another program")
        if not port or not is_free(port):
            port = free_port()
        return port, free_port(excluding=frozenset({port, self.proxied_port}))

    def _await_answer(self, deadline: float) -> None:
        while time.monotonic() < deadline:
            if not self.alive:
                raise BrokerFailed(f"the embedded Kafka ended while starting:\n{self._tail()}")
            if _accepts(self.bootstrap) and _answers(self.bootstrap):
                return
            time.sleep(0.1)
        raise BrokerFailed(f"the embedded Kafka did not answer in time:\n{self._tail()}")

    def _tail(self) -> str:
        if not self.log_file.exists():
            return ""
        return _last_lines(self.log_file.read_text(encoding="utf-8", errors="replace"))


def _cluster_id() -> str:
    """A random KRaft cluster id: 16 bytes in URL-safe base64, which must not look like an option."""
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")
        if not text.startswith("-"):
            return text


def _accepts(bootstrap: str) -> bool:
    host, port = bootstrap.split(":")
    try:
        socket.create_connection((host, int(port)), timeout=1.0).close()
    except OSError:
        return False
    return True


def _answers(bootstrap: str) -> bool:
    """Whether the broker has registered with its controller and takes requests."""
    from kafka.admin import KafkaAdminClient
    from kafka.errors import KafkaError

    try:
        with KafkaAdminClient(
            bootstrap_servers=bootstrap, bootstrap_timeout_ms=5_000, request_timeout_ms=5_000
        ) as admin:
            brokers = admin.describe_cluster()["brokers"]
    except KafkaError:
        return False
    return bool(brokers) and not any(broker["is_fenced"] for broker in brokers)


def _last_lines(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-_TAIL_LINES:])


__all__ = [
    "BrokerFailed",
    "BrokerInUse",
    "BrokerRecord",
    "EmbeddedKafka",
    "KafkaUnavailable",
    "resolve_jars",
    "running_at",
]
