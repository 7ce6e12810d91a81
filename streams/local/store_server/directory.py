"""The store's directory: one process owns it, and nothing of a request outlives that process in it."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

# What the one user of the engine may do. Without SOURCES it reaches no file, URL or other server, so that
# whoever can open the port gets the store's tables and nothing else of this machine.
_GRANTS = (
    "CHECK, SHOW, SELECT, INSERT, ALTER, CREATE, DROP, UNDROP TABLE, TRUNCATE, OPTIMIZE, KILL QUERY, SYSTEM, "
    "dictGet, INTROSPECTION, SET DEFINER ON *.*"
)
_TABLE_ENGINES = (
    "MergeTree", "ReplacingMergeTree", "SummingMergeTree", "AggregatingMergeTree", "CollapsingMergeTree",
    "VersionedCollapsingMergeTree", "CoalescingMergeTree", "Memory", "Null", "Set", "Join", "Buffer", "Merge",
    "Log", "TinyLog", "StripeLog", "View", "MaterializedView", "Dictionary", "GenerateRandom",
)  # fmt: skip
# chDB reads a bare expression as a SELECT unless told not to; a ClickHouse server does not.
_PROFILE = {"implicit_select": "0", "async_insert": "0"}


# Exit status of a process that found the store open in another one (EX_CANTCREAT of sysexits.h).
IN_USE_STATUS = 73


class DirectoryInUse(RuntimeError):
    """Another process has the store open."""


class StoreDirectory:
    """``engine/`` holds chDB's data, ``config/`` its configuration, ``spool/`` bodies in flight."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.spool = self.path / "spool"
        self._lock: IO[str] | None = None

    @property
    def connection_string(self) -> str:
        """What chDB opens, relative to :attr:`path`: chDB reads ``?`` and ``&`` in a path as its own."""
        return "engine?config-file=config/server.xml"

    def take(self) -> None:
        """Own the directory until this process ends, empty its spool and write the configuration.

        The lock is the kernel's, so it ends with the process that holds it, however that process ends.
        Raises :class:`DirectoryInUse` if another process owns it.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (self.path / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            lock.close()
            raise DirectoryInUse(f"the store in {self.path} is already open in process {owner}") from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock
        shutil.rmtree(self.spool, ignore_errors=True)
        self.spool.mkdir(mode=0o700)
        self._forget_unused_default()
        self._configure()

    @property
    def has_default_database(self) -> bool:
        """Whether ``default`` was ever used; ClickHouse makes a database's folder with its first table."""
        return (self.path / "engine" / "metadata" / "default").exists()

    def _forget_unused_default(self) -> None:
        """A ``default`` without folder gets a new UUID from chDB at every start and could not be attached."""
        if not self.has_default_database:
            (self.path / "engine" / "metadata" / "default.sql").unlink(missing_ok=True)

    def _configure(self) -> None:
        folder = self.path / "config"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "users.xml").write_text(_users())
        (folder / "server.xml").write_text(
            "<clickhouse><users_config>config/users.xml</users_config><display_name>callqa</display_name>"
            "<max_server_memory_usage_to_ram_ratio>0.4</max_server_memory_usage_to_ram_ratio>"
            "<mark_cache_size>268435456</mark_cache_size></clickhouse>"
        )


def _users() -> str:
    # SYSTEM SHUTDOWN would signal the whole process group, the one that started the store included.
    grants = [
        f"GRANT {_GRANTS}",
        "REVOKE SYSTEM SHUTDOWN ON *.*",
        *(f"GRANT TABLE ENGINE ON {engine}" for engine in _TABLE_ENGINES),
    ]
    queries = "".join(f"<query>{escape(grant)}</query>" for grant in grants)
    profile = "".join(f"<{name}>{value}</{name}>" for name, value in _PROFILE.items())
    return (
        f"<clickhouse><profiles><default>{profile}</default></profiles><quotas><default/></quotas><users><default>"
        "<password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>"
        f"<grants>{queries}</grants></default></users></clickhouse>"
    )
