"""On a stack that is the user's, processes are hurt and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from schemas.records.terms import Stage
from streams.chaos.faults import Kill, Stop, Terminate
from streams.chaos.injection import NotPossibleHere, inflict
from streams.chaos.own import OwnWorkers, own_addresses, possible
from streams.chaos.scenarios import SCALED, make_plan
from streams.local.running import NothingRuns
from streams.settings import Settings

HOLD = (
    "import sys, time; from pathlib import Path; from streams.slots import claim; claim(Path(sys.argv[1]));"
)
HOLD += "print('held', flush=True); time.sleep(60)"


def plan(*names: str):
    return make_plan(names, seed=1, kills=10, lengths=SCALED)


@pytest.fixture
def worker(tmp_path: Path):
    """A process that holds a worker's slot."""
    slot = tmp_path / "slots" / "scoring-live-0.lock"
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(slot)], stdout=subprocess.PIPE)
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()


def test_the_worker_that_holds_a_slot_is_killed(worker, tmp_path: Path):
    workers = OwnWorkers(tmp_path)

    inflict(workers, Kill(Stage.SCORING))

    assert worker.wait(30) == -9
    assert workers.kills == 1


def test_a_worker_is_told_to_end_and_one_that_was_stopped_goes_on(worker, tmp_path: Path):
    workers = OwnWorkers(tmp_path)

    inflict(workers, Stop(Stage.SCORING, 0.05))
    stopped = worker.poll()
    inflict(workers, Terminate(Stage.SCORING))

    assert stopped is None
    assert worker.wait(30) == -15
    assert workers.kills == 0


def test_of_all_only_what_can_be_done_to_processes_is_kept_and_the_rest_is_named():
    kept, left_out = possible(plan("all"))

    assert {type(fault) for fault in kept.faults()} == {Kill, Stop, Terminate}
    assert {"broker-restart", "store-down", "kill:all", "crashpoint:acked", "network:store:reset"} <= set(
        left_out
    )


@pytest.mark.parametrize("name", ["store-down:3", "broker-restart", "network", "crash-points"])
def test_a_plan_of_which_nothing_can_be_done_is_refused(name: str):
    with pytest.raises(NotPossibleHere, match="kill, stop and terminate"):
        possible(plan(name))


def test_without_addresses_and_without_a_running_stack_there_is_nothing_to_hurt(tmp_path: Path):
    with pytest.raises(NothingRuns, match="CALLQA_KAFKA_BOOTSTRAP"):
        own_addresses(Settings(data_dir=tmp_path))
