"""One process owns the directory, and no lock outlives it."""

import subprocess
import sys
from pathlib import Path

import pytest

from streams.local.store_server.directory import DirectoryInUse, StoreDirectory

HOLD = """
import sys, time, pathlib
from streams.local.store_server.directory import StoreDirectory
directory = StoreDirectory(pathlib.Path(sys.argv[1]))
directory.take()
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_opener_is_told_who_has_it(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    holder.stdout.readline()
    try:
        with pytest.raises(DirectoryInUse, match=str(holder.pid)):
            StoreDirectory(tmp_path).take()
    finally:
        holder.kill()
        holder.communicate()


def test_a_killed_owner_leaves_no_lock(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    holder.stdout.readline()
    holder.kill()
    holder.communicate()

    StoreDirectory(tmp_path).take()

    assert (tmp_path / "spool").is_dir()


def test_what_a_dead_owner_left_in_the_spool_is_gone(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "left").write_text("rows")

    StoreDirectory(tmp_path).take()

    assert list((tmp_path / "spool").iterdir()) == []
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
