"""The embedded store as a child process: started, waited for, stopped, and gone when its parent is."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote

import structlog

from streams.local.store_server.directory import IN_USE_STATUS

log = structlog.get_logger()

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_TAIL_BYTES = 4000


class StoreFailed(RuntimeError):
    """The store's process did not come up or did not stay; the text ends with the tail of its log."""


class EmbeddedStore:
    """A ClickHouse on 127.0.0.1 that keeps its data below ``path``.

    The child ends when this process ends, however it ends, and leaves no lock behind. With ``port`` 0 it
    takes a free port, and the same one again after :meth:`restart`.
    """

    def __init__(self, path: Path, port: int = 0, user: str = "default", password: str = "") -> None:
        self._path = path
        self._folder = path / "run"
        self._user = user
        self._password = password
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        """Where the store listens."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """Its port, known after :meth:`start`."""
        return self._port

    @property
    def url(self) -> str:
        """``http://host:port``, without credentials."""
        return f"http://{self.host}:{self._port}"

    def sqlalchemy_url(self, database: str = "default") -> str:
        """URL for SQLAlchemy and for BI tools built on it, with credentials."""
        user, password = quote(self._user, safe=""), quote(self._password, safe="")
        return f"clickhousedb://{user}:{password}@{self.host}:{self._port}/{database}"

    @property
    def log_file(self) -> Path:
        """Where the child writes its log: JSON lines without statements or data."""
        return self._folder / "store.log"

    @property
    def pid(self) -> int | None:
        """Process id of the running child."""
        return self._process.pid if self._process is not None else None

    @property
    def running(self) -> bool:
        """Whether the child runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the child and wait until it answers.

        Raises :class:`StoreFailed`, also when another process has the store open.
        """
        if self.running:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ready = self._folder / "ready.json"
        ready.unlink(missing_ok=True)
        self.log_file.touch(mode=0o600)
        with self.log_file.open("ab") as log:
            # In a session of its own, so that Ctrl-C reaches its parent first, which then stops it last.
            self._process = subprocess.Popen(
                self._command(ready), stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._await_ready(self._process, ready)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the child: it finishes requests in work, then closes its files."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        finally:
            _close(process.stdin)

    def restart(self) -> None:
        """Stop and start on the same port."""
        self.stop()
        self.start()

    def check(self) -> None:
        """Start the child again if it ended on its own; call this often. Raises :class:`StoreFailed`."""
        if self._process is not None and not self.running:
            log.warning("store.ended", code=self._process.returncode)
            self.restart()

    def __enter__(self) -> EmbeddedStore:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _command(self, ready: Path) -> Sequence[str]:
        command = [
            sys.executable,
            "-m",
            "streams.local.store_server",
            "--path",
            str(self._path),
            "--die-with-parent",
        ]
        command += ["--port", str(self._port), "--user", self._user, "--ready-file", str(ready)]
        if self._password:
            secret = self._folder / "password"
            secret.touch(mode=0o600)
            secret.write_text(self._password)
            command += ["--password-file", str(secret)]
        return command

    def _await_ready(self, process: subprocess.Popen[bytes], ready: Path) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            status = process.poll()
            if status is not None:
                reason = (
                    "another process has it open" if status == IN_USE_STATUS else f"it ended with {status}"
                )
                raise StoreFailed(f"the store in {self._path} did not start: {reason}\n{self._tail()}")
            if ready.exists():
                self._port = int(json.loads(ready.read_text())["port"])
                if self._answers():
                    return
            time.sleep(0.02)
        raise StoreFailed(
            f"the store in {self._path} did not answer in {_START_SECONDS:.0f} s\n{self._tail()}"
        )

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/ping", timeout=5) as response:  # noqa: S310
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _tail(self) -> str:
        data = self.log_file.read_bytes()[-_TAIL_BYTES:] if self.log_file.exists() else b""
        return data.decode(errors="replace")


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        pipe.close()
