import os
import signal
import time
from pathlib import Path

from streams.local.worker_process import WorkerCommand, WorkerProcess


def started(tmp_path: Path, arguments: list[str], clock=time.monotonic) -> WorkerProcess:
    command = WorkerCommand("w", arguments, dict(os.environ), tmp_path / "w.log")  # noqa: TID251
    worker = WorkerProcess(command, clock)
    worker.start()
    return worker


def test_a_worker_that_ends_is_started_again_after_its_pause(tmp_path: Path):
    now = 0.0
    worker = started(tmp_path, ["--help"], lambda: now)
    worker.wait(30)

    worker.check()
    paused = worker.pid
    now = 100.0
    worker.check()

    assert paused is None
    assert worker.pid is not None
    assert worker.restarts == 1
    worker.wait(30)


def test_a_worker_that_ignores_the_deadline_is_ended_by_force(tmp_path: Path):
    worker = started(tmp_path, ["--help"])
    pid = worker.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)

    worker.terminate()
    worker.wait(0.2)

    assert worker.pid is None
