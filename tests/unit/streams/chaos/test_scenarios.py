"""Plans: the same for the same seed, and what their names promise."""

import pytest

from schemas.records.terms import Stage
from streams.chaos.faults import (
    POINTS_OF,
    Crash,
    Disturbance,
    Kill,
    KillAll,
    Network,
    Stop,
    Target,
    UnknownFault,
)
from streams.chaos.scenarios import FULL, SCALED, SCENARIOS, describe, make_plan


def plan(*names, seed=1, kills=20, lengths=SCALED):
    return make_plan(names, seed=seed, kills=kills, lengths=lengths)


def test_the_same_seed_makes_the_same_plan_and_another_seed_another():
    assert plan("all") == plan("all")
    assert plan("all").rounds != plan("all", seed=2).rounds


@pytest.mark.parametrize("kills", [0, 20, 90, 200])
def test_all_kills_at_least_as_often_as_asked(kills):
    assert plan("all", kills=kills).kills >= kills


def test_all_is_every_scenario():
    faults = list(plan("all").faults())

    assert {type(fault) for fault in faults} >= {type(f) for name in SCENARIOS for f in plan(name).faults()}
    assert KillAll() in faults


def test_every_stage_dies_at_every_crash_point_it_passes():
    done = {(fault.stage, fault.point) for fault in plan("crash-points").faults() if isinstance(fault, Crash)}

    assert done == {(stage, point) for stage, points in POINTS_OF.items() for point in points}


@pytest.mark.parametrize("lengths", [SCALED, FULL])
def test_every_stage_is_stopped_for_less_and_for_more_than_its_session(lengths):
    stops = [fault for fault in plan("stops", lengths=lengths).faults() if isinstance(fault, Stop)]

    for stage in Stage:
        shortest, longest = sorted(fault.seconds for fault in stops if fault.stage is stage)
        assert shortest < lengths.session < longest


def test_every_disturbance_of_every_connection_is_there():
    found = {(f.target, f.disturbance) for f in plan("network").faults() if isinstance(f, Network)}

    assert found == {(target, disturbance) for target in Target for disturbance in Disturbance}


def test_kills_strike_all_stages_at_once():
    for each in plan("kills", kills=60).rounds:
        assert {fault.stage for fault in each.faults()} == set(Stage)
        assert all(isinstance(fault, Kill) for fault in each.faults())


def test_single_faults_are_done_one_after_the_other():
    rounds = plan("kill:scoring", "stop:delivery:3", "crashpoint:acked:1").rounds

    assert all(len(list(each.faults())) == 1 for each in rounds)
    assert len(rounds) == 2 + len(Stage)


def test_calm_does_nothing():
    assert list(plan("calm").faults()) == []


@pytest.mark.parametrize("name", ["kils", "everything", "", "Kills"])
def test_an_unknown_scenario_is_answered_with_those_that_there_are(name):
    with pytest.raises(UnknownFault, match="crash-points"):
        plan(name)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_says_what_it_does(name):
    assert describe(name).endswith(".")
