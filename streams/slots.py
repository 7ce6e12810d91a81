"""One worker per slot: a second one with the same slot on this machine must fail, loudly and at once."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from schemas.records.terms import Stage

_STAGES = tuple(Stage)


class SlotTaken(Exception):
    """Another process of this machine runs the same stage, lane and slot."""


def claim(path: Path) -> int:
    """Lock ``path`` for the life of this process and return the open descriptor.

    The lock goes with the process, however it dies. Raises SlotTaken with the holder's process id.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise SlotTaken(f"{path.stem} is taken by process {holder}; choose another --slot") from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def metrics_port(base: int | None, stage: Stage, slot: int = 0) -> int | None:
    """Port of a worker's Prometheus endpoint: five ports a slot, one a stage in the order of the flow.

    Workers of one machine thereby never want the same. None where ``base`` is.
    """
    return None if base is None else base + slot * len(_STAGES) + _STAGES.index(stage)
