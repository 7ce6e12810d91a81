"""The store's process: one owner, no loss at a kill, no orphan, passwords."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import clickhouse_connect
import psutil
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

from streams.local.store import EmbeddedStore, StoreFailed

pytestmark = pytest.mark.integration

PARENT = """
import pathlib, sys, time
from streams.local.store import EmbeddedStore
store = EmbeddedStore(pathlib.Path(sys.argv[1]))
store.start()
print(store.pid, flush=True)
time.sleep(120)
"""


def _client(store: EmbeddedStore, **options: Any) -> Any:
    return clickhouse_connect.get_client(host=store.host, port=store.port, **options)


def test_a_kill_during_inserts_loses_no_acknowledged_row(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.start()
    client = _client(store)
    client.command("CREATE TABLE t (id UInt64, text String) ENGINE = ReplacingMergeTree ORDER BY id")
    acknowledged: set[int] = set()
    for kill in range(3):
        pid = store.pid
        assert pid is not None
        killer = subprocess.Popen(["sh", "-c", f"sleep 0.{kill + 3}; kill -9 {pid}"])
        for number in range(kill * 100_000, kill * 100_000 + 10_000):
            try:
                client.insert("t", [[number, "x" * 500]], column_names=["id", "text"])
            except (DatabaseError, OperationalError):
                break
            acknowledged.add(number)
        killer.wait()
        store.restart()

    kept = {row[0] for row in _client(store).query("SELECT id FROM t FINAL").result_rows}
    store.stop()

    assert len(acknowledged) > 10
    assert acknowledged - kept == set()
    assert len(kept - acknowledged) <= 3


def test_a_second_opener_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as first:
        with pytest.raises(StoreFailed, match="another process has it open"):
            EmbeddedStore(tmp_path).start()

        assert _client(first).command("SELECT 1") == 1


def test_the_store_ends_with_its_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))

    parent.kill()
    parent.communicate()

    child.wait(30)
    with EmbeddedStore(tmp_path) as again:
        assert _client(again).command("SELECT 1") == 1


def test_data_stays_over_a_restart_on_the_same_port(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "数据 ? a&b") as store:
        port = store.port
        client = _client(store)
        client.command("CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id")
        client.insert("t", [[1]], column_names=["id"])

        store.restart()

        assert store.port == port
        assert client.command("SELECT count() FROM t") == 1


def test_sigterm_lets_a_query_in_work_finish(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.start()
    slow = subprocess.Popen(
        ["curl", "-sS", store.url, "-d", "SELECT sleep(2), 'done' FORMAT CSV"],
        stdout=subprocess.PIPE,
        text=True,
    )
    time.sleep(1)

    store.stop()

    assert slow.communicate()[0] == '0,"done"\n'


def test_only_the_password_opens(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path, user="bi", password="密码 p&w:") as store:
        assert _client(store, username="bi", password="密码 p&w:").command("SELECT 1") == 1
        for password in ("wrong", ""):
            with pytest.raises(DatabaseError) as raised:
                _client(store, username="bi", password=password)
            assert raised.value.code in (194, 516)

        sqlalchemy = pytest.importorskip("sqlalchemy")
        engine = sqlalchemy.create_engine(store.sqlalchemy_url())
        with engine.connect() as connection:
            assert connection.execute(sqlalchemy.text("SELECT 1")).scalar() == 1
        engine.dispose()


def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store", password="secret") as store:
        _client(store, password="secret").command("CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id")
        open_to_others = [
            path
            for path in (tmp_path / "store").rglob("*")
            if not path.is_symlink() and path.stat().st_mode & 0o077
        ]

    assert open_to_others == []


def test_a_store_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "engine").write_text("a file where a folder must be")

    with pytest.raises(StoreFailed, match=r"(?s)did not start.*engine"):
        EmbeddedStore(tmp_path).start()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_store_that_died_is_started_again(tmp_path: Path, number: signal.Signals) -> None:
    with EmbeddedStore(tmp_path) as store:
        first = store.pid
        assert first is not None
        _client(store).command("CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id")
        os.kill(first, number)
        deadline = time.monotonic() + 20
        while store.running and time.monotonic() < deadline:
            time.sleep(0.02)

        store.check()

        assert store.pid != first
        assert _client(store).command("SELECT count() FROM t") == 0


def test_ctrl_c_at_a_terminal_reaches_only_the_parent(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        assert store.pid is not None
        assert os.getpgid(store.pid) != os.getpgid(0)


def test_a_store_that_runs_is_left_alone(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        first = store.pid

        store.check()

        assert store.pid == first
