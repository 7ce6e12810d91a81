import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from streams.local.guard import guarded

PATIENCE_S = 20.0


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()


def start(
    started: list[subprocess.Popen[bytes]], command: list[str], *, grace_s: float = 5.0
) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        guarded(command, grace_s=grace_s), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    started.append(process)
    return process


def script(*lines: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", "\n".join(lines)]


def first_line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def is_gone(pid: int) -> bool:
    """Waits for a process that is not ours to reap."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


SLEEPER = script("import os, time", "print(os.getpid(), flush=True)", "time.sleep(300)")
STUBBORN = script(
    "import os, signal, time",
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
    "print(os.getpid(), flush=True)",
    "time.sleep(300)",
)


@pytest.mark.parametrize("code", [0, 7])
def test_exit_code_of_the_command_is_passed_on(started: list[subprocess.Popen[bytes]], code: int) -> None:
    process = start(started, script(f"raise SystemExit({code})"))
    assert process.wait(PATIENCE_S) == code


def test_death_by_a_signal_reads_as_128_and_the_signal(started: list[subprocess.Popen[bytes]]) -> None:
    process = start(started, script("import os, signal", "os.kill(os.getpid(), signal.SIGKILL)"))
    assert process.wait(PATIENCE_S) == 128 + signal.SIGKILL


def test_command_that_does_not_exist_is_reported(started: list[subprocess.Popen[bytes]]) -> None:
    process = start(started, ["/nonexistent/command"])
    assert process.wait(PATIENCE_S) == 127


def test_closing_the_pipe_ends_the_command(started: list[subprocess.Popen[bytes]]) -> None:
    process = start(started, SLEEPER)
    child = int(first_line(process))
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(PATIENCE_S) == 128 + signal.SIGTERM
    assert is_gone(child)


def test_command_that_ignores_sigterm_is_killed_after_the_grace_period(
    started: list[subprocess.Popen[bytes]],
) -> None:
    process = start(started, STUBBORN, grace_s=0.2)
    child = int(first_line(process))
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(PATIENCE_S) == 128 + signal.SIGKILL
    assert is_gone(child)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_reach_the_command_which_decides_how_to_end(
    started: list[subprocess.Popen[bytes]], number: signal.Signals
) -> None:
    process = start(
        started,
        script(
            "import signal, sys, time",
            f"signal.signal({int(number)}, lambda *_: sys.exit(42))",
            "print('ready', flush=True)",
            "time.sleep(300)",
        ),
    )
    assert first_line(process) == b"ready"
    process.send_signal(number)
    assert process.wait(PATIENCE_S) == 42


def test_children_that_the_command_leaves_behind_go_with_it(started: list[subprocess.Popen[bytes]]) -> None:
    process = start(
        started,
        script(
            "import subprocess, sys",
            "child = subprocess.Popen([sys.executable, '-I', '-S', '-c', 'import time; time.sleep(300)'])",
            "print(child.pid, flush=True)",
        ),
    )
    orphan = int(first_line(process))
    assert process.wait(PATIENCE_S) == 0
    assert is_gone(orphan)


def test_sigkill_of_the_parent_ends_the_command(started: list[subprocess.Popen[bytes]]) -> None:
    parent = subprocess.Popen(
        script(
            "import subprocess, time",
            f"guard = subprocess.Popen({guarded(SLEEPER)!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)",
            "print(guard.pid, guard.stdout.readline().decode(), flush=True)",
            "time.sleep(300)",
        ),
        stdout=subprocess.PIPE,
    )
    started.append(parent)
    guard, child = map(int, first_line(parent).split())
    os.kill(parent.pid, signal.SIGKILL)
    assert is_gone(child)
    assert is_gone(guard)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ties the command to the guard on Linux only")
def test_sigkill_of_the_guard_ends_the_command(started: list[subprocess.Popen[bytes]]) -> None:
    process = start(started, SLEEPER)
    child = int(first_line(process))
    process.kill()
    assert is_gone(child)


def test_descriptors_passed_to_the_guard_reach_the_command(
    started: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    with (tmp_path / "lock").open("w") as lock:
        number = lock.fileno()
        process = subprocess.Popen(
            guarded(script("import os", f"os.write({number}, b'held')")),
            stdin=subprocess.PIPE,
            pass_fds=(number,),
        )
        started.append(process)
        assert process.wait(PATIENCE_S) == 0
    assert (tmp_path / "lock").read_text() == "held"


def test_guard_loads_nothing_but_the_standard_library() -> None:
    loaded = modules_after("import streams.local.guard") - modules_after("pass")
    assert "streams" in loaded
    assert loaded - {"streams"} <= set(sys.stdlib_module_names)


def modules_after(statement: str) -> set[str]:
    code = f"import json, sys; {statement}; print(json.dumps([m for m in sys.modules if '.' not in m]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    return set(json.loads(done.stdout))
