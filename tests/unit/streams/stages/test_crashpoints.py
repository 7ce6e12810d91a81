import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sinks.memory import MemorySink
from streams.stages.crashpoints import CrashingSink, CrashPlan, CrashPoint, UnknownCrashPoint, nowhere

WORKER = """
import sys
from pathlib import Path
from streams.stages.crashpoints import CrashPlan, CrashPoint
plan = CrashPlan(sys.argv[1], Path(sys.argv[2]))
for _ in range(5):
    for point in CrashPoint:
        print(point.value, flush=True)
        plan.reached(point)
"""


def start(plan: str, progress: Path) -> subprocess.CompletedProcess[str]:
    """A process that passes every point five times."""
    return subprocess.run(
        [sys.executable, "-c", WORKER, plan, str(progress)], capture_output=True, text=True, check=False
    )


def test_a_plan_kills_at_the_nth_pass_of_its_point(tmp_path: Path):
    done = start("work.done:2", tmp_path / "progress")

    assert done.returncode == -signal.SIGKILL
    assert done.stdout.splitlines()[-1] == "work.done"
    assert done.stdout.splitlines().count("work.done") == 2


def test_each_start_takes_the_next_point_and_the_last_one_lives(tmp_path: Path):
    runs = [start("acked:1,in.received:3", tmp_path / "progress") for _ in range(3)]

    assert [run.returncode for run in runs] == [-signal.SIGKILL, -signal.SIGKILL, 0]
    assert runs[0].stdout.splitlines()[-1] == "acked"
    assert runs[1].stdout.splitlines()[-1] == "in.received"
    assert (tmp_path / "progress").read_text().splitlines() == ["acked", "in.received"]


@pytest.mark.parametrize("text", ["work.done", "work.done:", "nowhere:1", "acked:0", "acked:-1", "acked:x"])
def test_a_point_that_does_not_exist_is_refused(text: str, tmp_path: Path):
    with pytest.raises(UnknownCrashPoint):
        CrashPlan(text, tmp_path / "progress")


def test_without_a_plan_nothing_dies(tmp_path: Path):
    plan = CrashPlan("", tmp_path / "progress")

    for point in CrashPoint:
        plan.reached(point)
        nowhere(point)

    assert os.listdir(tmp_path) == []


def test_a_crashing_sink_writes_what_it_is_given_and_passes_after_each_table():
    inner, passed = MemorySink(), []
    sink = CrashingSink(inner, passed.append)
    survey = ("t", "i", None, 1, "sms", 5.0, 1.0, 5.0, "YES", 0, 0, 1)

    sink.write({"qa.survey": [survey]})

    assert inner.rows_of("qa.survey") == [survey]
    assert passed == [CrashPoint.TABLE_WRITTEN]
