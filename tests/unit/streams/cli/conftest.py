"""The command line as an operator runs it: a process of its own, in an empty folder, with no settings."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def callqa(tmp_path: Path) -> Run:
    """``callqa("status", CALLQA_WINDOW="7")`` runs the command and returns how it ended."""

    def run(*arguments: object, **settings: object) -> subprocess.CompletedProcess[str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("CALLQA_")}  # noqa: TID251
        own = {"CALLQA_DATA_DIR": tmp_path / "data", "COLUMNS": "200", **settings}
        return subprocess.run(
            [sys.executable, "-m", "streams.cli.main", *map(str, arguments)],
            env={**inherited, **{name: str(value) for name, value in own.items()}},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )

    return run
