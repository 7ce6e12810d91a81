"""Runs a command that must not outlive its parent: ``python -m streams.local.guard -- CMD...``.

The parent holds the write end of the guard's standard input. When the parent dies, by whatever death,
the kernel closes that end, the guard reads end-of-file and ends the command: SIGTERM, a grace period,
SIGKILL for its whole process group. Closing the pipe on purpose is also the way to stop the command.
SIGTERM, SIGINT and SIGHUP are forwarded. The guard exits with the command's exit code, 128 + n where
signal n ended it, as a shell does. Descriptors that the guard inherited reach the command.

A process that the parent forks without exec holds the pipe as well and keeps the command alive.
Only the standard library is imported: a guard stands beside each process of the pipeline.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

_FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_NOT_FOUND = 127  # what a shell answers for a command that does not exist


def guarded(command: Sequence[str], *, grace_s: float = 10.0) -> list[str]:
    """The argument list that runs ``command`` under a guard.

    Start it with ``stdin=PIPE`` and keep the pipe: closing it, or dying, ends the command. The guard
    is run by path in isolated mode, so that it starts in a few hundredths of a second.
    """
    return [sys.executable, "-I", "-S", os.path.abspath(__file__), "--grace", str(grace_s), "--", *command]


def run(command: Sequence[str], *, grace_s: float) -> int:
    """Runs ``command`` until it ends by itself or standard input closes; the exit code to pass on."""
    wakeup = _wakeup_pipe()
    try:
        # close_fds=False: a lock held through a descriptor is to live as long as the command does.
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            close_fds=False,
            process_group=0,
            preexec_fn=_die_with_guard,  # noqa: PLW1509 the guard has one thread
        )
    except OSError as error:
        sys.stderr.write(f"guard: {command[0]}: {error.strerror}\n")
        return _NOT_FOUND
    try:
        _watch(child, wakeup)
        _end(child, grace_s)
    finally:
        _kill_group(child.pid)
    code = child.wait()
    return code if code >= 0 else 128 - code


def _wakeup_pipe() -> int:
    """Turns the signals into bytes on a pipe, so that one select waits for them and for the parent."""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end)
    for number in (*_FORWARDED, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    return read_end


def _watch(child: subprocess.Popen[bytes], wakeup: int) -> None:
    """Returns when the child has ended or standard input is closed."""
    stdin = sys.stdin.fileno()
    while child.poll() is None:
        ready, _, _ = select.select([stdin, wakeup], [], [])
        if wakeup in ready:
            for number in os.read(wakeup, 512):
                if number in _FORWARDED:
                    child.send_signal(number)
        if stdin in ready and not os.read(stdin, 4096):
            return


def _end(child: subprocess.Popen[bytes], grace_s: float) -> None:
    if child.poll() is not None:
        return
    child.terminate()
    deadline = time.monotonic() + grace_s
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)


def _kill_group(group: int) -> None:
    """What the command left behind goes with it."""
    # macOS answers PermissionError where only a zombie is left in the group.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _die_with_guard() -> None:
    """On Linux the kernel ends the command even where the guard itself is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main(arguments: Sequence[str]) -> int:
    """Entry point of ``python -m streams.local.guard``."""
    parser = argparse.ArgumentParser(prog="guard", description="end CMD when this process's parent dies")
    parser.add_argument("--grace", type=float, default=10.0, help="seconds between SIGTERM and SIGKILL")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="-- CMD")
    options = parser.parse_args(arguments)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("no command given")
    return run(command, grace_s=options.grace)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
