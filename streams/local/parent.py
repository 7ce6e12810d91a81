"""Tie a child process to the one that started it, on every platform and for every kind of death."""

from __future__ import annotations

import os
import sys
import threading


def exit_with_parent() -> None:
    """End this process when its standard input, a pipe held by the parent, reaches its end.

    The operating system closes the pipe however the parent dies, ``kill -9`` included.
    """
    threading.Thread(target=_wait_for_end, name="exit-with-parent", daemon=True).start()


def _wait_for_end() -> None:
    descriptor = sys.stdin.fileno()
    while os.read(descriptor, 4096):
        pass
    os._exit(0)
