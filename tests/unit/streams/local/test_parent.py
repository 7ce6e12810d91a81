"""A child that is tied to its parent never outlives it."""

import os
import signal
import subprocess
import sys
import time

import psutil

CHILD = """
import time
from streams.local.parent import exit_with_parent
exit_with_parent()
print("tied", flush=True)
time.sleep(120)
"""
PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen(
    [sys.executable, "-c", {CHILD!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE
)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(120)
"""
LONGEST = 20


def ended(pid: int) -> bool:
    """Wait for a process that may be nobody's child any more."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_a_child_ends_when_its_parent_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE)
    child = int(parent.stdout.readline())

    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    assert ended(child)


def test_a_child_goes_on_while_its_parent_lives_and_ends_with_code_zero_when_let_go():
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"tied\n"
    child.stdin.write(b"what is written to it does not end it")
    child.stdin.flush()
    assert child.poll() is None

    child.stdin.close()

    assert child.wait(LONGEST) == 0
    child.stdout.close()
