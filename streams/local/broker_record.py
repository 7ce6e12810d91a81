"""Who runs the embedded broker on a data directory: a lock that lives as long as the JVM, and a record."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import msgspec
import psutil

LOOPBACK = "127.0.0.1"
_OWNER_ALIVE_WAIT_S = 1.0
_OWNER_DEAD_WAIT_S = 30.0


class BrokerInUse(Exception):
    """Another live process runs a broker on the same data directory."""


class BrokerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What ``broker.json`` says of the broker that was started last on a data directory."""

    port: int
    controller_port: int
    owner: int
    owner_started: float

    @property
    def bootstrap(self) -> str:
        """Address for Kafka clients."""
        return f"{LOOPBACK}:{self.port}"


def read_record(data_dir: Path) -> BrokerRecord | None:
    """The record of the last start on ``data_dir``; None where there is none."""
    path = data_dir / "broker.json"
    return msgspec.json.decode(path.read_bytes(), type=BrokerRecord) if path.exists() else None


def running_at(data_dir: Path) -> str | None:
    """Address of the embedded broker that runs on ``data_dir`` now, started by any process."""
    if not (data_dir / "broker.lock").exists():
        return None
    lock = os.open(data_dir / "broker.lock", os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        record = read_record(data_dir)
        return record.bootstrap if record is not None else None
    else:
        return None
    finally:
        os.close(lock)


def take_lock(data_dir: Path) -> int:
    """Descriptor of the exclusive lock; whoever inherits it keeps the directory taken.

    A broker whose owner died is on its way out and waited for. Raises BrokerInUse.
    """
    lock = os.open(data_dir / "broker.lock", os.O_RDWR | os.O_CREAT, 0o600)
    begun = time.monotonic()
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = time.monotonic() - begun
            record = read_record(data_dir)
            owned = record is not None and _is_alive(record)
            if waited > (_OWNER_ALIVE_WAIT_S if owned else _OWNER_DEAD_WAIT_S):
                os.close(lock)
                owner = f"process {record.owner}" if record is not None else "another process"
                raise BrokerInUse(f"{owner} runs an embedded Kafka on {data_dir}") from None
            time.sleep(0.1)
        else:
            return lock


def _is_alive(record: BrokerRecord) -> bool:
    try:
        return bool(psutil.Process(record.owner).create_time() == record.owner_started)
    except psutil.NoSuchProcess:
        return False
