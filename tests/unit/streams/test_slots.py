"""A slot belongs to one process at a time, and to nobody once that process is dead."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.records.terms import Stage
from streams.slots import SlotTaken, claim, metrics_port

HOLDER = """
import sys, time
from pathlib import Path
from streams.slots import claim
claim(Path(sys.argv[1]))
print("claimed", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    """Another process that holds the slot."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "scoring-live-0.lock")], stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"claimed\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_process_is_refused_with_the_slot_and_the_holders_number(tmp_path: Path, holder):
    with pytest.raises(SlotTaken) as caught:
        claim(tmp_path / "scoring-live-0.lock")

    assert f"scoring-live-0 is taken by process {holder.pid};" in str(caught.value)


def test_a_slot_is_free_again_when_its_holder_was_killed(tmp_path: Path, holder):
    holder.kill()
    holder.wait()

    os.close(claim(tmp_path / "scoring-live-0.lock"))

    assert (tmp_path / "scoring-live-0.lock").read_text() == str(os.getpid())


def test_a_shorter_process_number_leaves_nothing_of_a_longer_one(tmp_path: Path):
    path = tmp_path / "slots" / "delivery-live-1.lock"
    path.parent.mkdir()
    path.write_text("99999999999")

    os.close(claim(path))

    assert path.read_text() == str(os.getpid())


def test_another_slot_of_the_same_stage_is_free(tmp_path: Path, holder):
    os.close(claim(tmp_path / "scoring-live-1.lock"))


def test_no_two_workers_of_a_machine_share_a_metrics_port():
    ports = [metrics_port(9400, stage, slot) for slot in range(3) for stage in Stage]

    assert ports == list(range(9400, 9415))
    assert metrics_port(None, Stage.DELIVERY) is None
