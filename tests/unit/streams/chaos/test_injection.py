"""Lanes: one fault after the other, each over when the stage it hit has committed again."""

import random
import time

import pytest

from schemas.records.terms import Stage
from streams.chaos import injection
from streams.chaos.faults import Crash, Kill, StoreDown, Terminate
from streams.chaos.injection import Lane, NotPossibleHere, Stuck
from streams.chaos.workers import WorkerGone
from streams.stages.crashpoints import CrashPoint


class Crew:
    """Workers of which some are not there."""

    def __init__(self, absent: frozenset[Stage] = frozenset()) -> None:
        self.kills = 0
        self.done = []
        self._absent = absent

    def kill(self, stage: Stage) -> int:
        if stage in self._absent:
            raise WorkerGone(f"no {stage.value} worker")
        self.done.append(f"kill {stage.value}")
        return 1

    def terminate(self, stage: Stage) -> None:
        self.done.append(f"terminate {stage.value}")

    def freeze(self, stage: Stage, seconds: float) -> None:
        self.done.append(f"freeze {stage.value}")


class Positions:
    """Answers in turn, then the last one for ever; None is a broker that does not answer."""

    def __init__(self, *answers: int | None) -> None:
        self._answers = list(answers)
        self.asked = 0

    def positions(self, stages):
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return None if answer is None else dict.fromkeys(stages, answer)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(injection, "_POLL_SECONDS", 0)
    monkeypatch.setattr(injection, "_RECOVERED_SECONDS", 5.0)
    monkeypatch.setattr(injection, "_AT_ONCE", 0.0)


def done(crew: Crew, positions: Positions, *faults) -> Lane:
    lane = Lane(crew, positions, faults, random.Random(1))
    lane.start()
    deadline = time.monotonic() + 60
    while lane.running and time.monotonic() < deadline:
        time.sleep(0.01)
    return lane


def test_a_fault_is_over_when_its_stage_has_committed_beyond_where_it_stood_afterwards():
    positions = Positions(None, 7, None, 7, 7, 8)

    lane = done(Crew(), positions, Kill(Stage.SCORING))

    assert lane.error is None
    assert lane.injuries[0].recovered is not None
    assert positions.asked == 6


def test_faults_of_a_lane_follow_each_other():
    crew = Crew()

    lane = done(crew, Positions(1, 2, 3, 4, 5, 6), Kill(Stage.SCORING), Terminate(Stage.SCORING))

    assert crew.done == ["kill scoring", "terminate scoring"]
    assert lane.left == ()


def test_a_worker_that_does_not_come_up_is_a_fault_missed_and_the_lane_goes_on():
    crew = Crew(absent=frozenset({Stage.SCORING}))

    lane = done(crew, Positions(1, 2), Kill(Stage.SCORING), Terminate(Stage.DELIVERY))

    assert lane.injuries[0].missed == "no scoring worker"
    assert lane.injuries[0].recovered is None
    assert crew.done == ["terminate delivery"]


def test_a_stage_that_never_goes_on_is_said_by_the_fault_that_stopped_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(injection, "_RECOVERED_SECONDS", 0.2)

    lane = done(Crew(), Positions(7), Kill(Stage.SCORING))

    assert isinstance(lane.error, Stuck)
    assert "kill:scoring" in str(lane.error)


@pytest.mark.parametrize("fault", [StoreDown(1), Crash(Stage.SCORING, CrashPoint.ACKED, 1)])
def test_what_only_an_embedded_stack_can_suffer_is_refused_elsewhere(fault):
    lane = done(Crew(), Positions(1, 2), fault)

    assert isinstance(lane.error, NotPossibleHere)
    assert lane.injuries == []
