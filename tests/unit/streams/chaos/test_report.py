"""What a run comes to: anything lost, doubled, unexplained, missed or disputed by the audit fails it."""

from collections import Counter

import pytest

from schemas.records.terms import Stage
from streams.chaos.faults import Kill, StoreDown
from streams.chaos.injection import Injury
from streams.chaos.oracle import Verdict
from streams.chaos.oracle_state import DUPLICATED, LOST, UNEXPLAINED, WRONG, Fault
from streams.chaos.report import RunFacts, report
from streams.operations.audit import Audit, Counts, Hole, HoleKind

KILLED, AT_ONCE = "kill:scoring", "kill:scoring store-down"
INJURIES = (
    Injury(Kill(Stage.SCORING), 0.1, 2.0),
    Injury(Kill(Stage.SCORING), 0.1, 4.0),
    Injury(Kill(Stage.SCORING), 0.1),
    Injury(StoreDown(8), 9.0, 1.5),
)


def reported(faults=(), injuries=INJURIES, holes=()):
    outcomes = {
        "calm": Counter(scored=3),
        KILLED: Counter(scored=5, excluded=1),
        AT_ONCE: Counter(scored=2, dead_lettered=1),
    }
    facts = RunFacts(
        names=("all",), seed=1, seconds=12.34, kills=4, records=20, calls={"base": 2}, injuries=injuries
    )
    counts = Counts(units=12, scored=10, excluded=1, dead_lettered=1, in_flight=0)
    audit = Audit(taken_at=0, slo_ms=0, counts=counts, deferred=0, partitions=(), holes=tuple(holes))
    absorbed = {"qa.interaction.scored.v1": 4, "qa.alert.raised.v1": 0}
    return report(facts, Verdict(12, outcomes, list(faults), absorbed), audit)


def test_a_run_in_which_nothing_went_wrong_has_passed():
    result = reported()

    assert result.passed
    assert result.states == {"scored": 10, "excluded": 1, "dead_lettered": 1}
    assert result.absorbed == {"qa.interaction.scored.v1": 4}
    assert result.absorbed_total == 4


def test_each_kind_of_fault_has_a_line_with_its_recovery_and_the_outcomes_of_what_it_met():
    lines = {one.fault: one for one in reported().outcomes}

    assert (lines["kill:scoring"].done, lines["kill:scoring"].missed) == (3, 0)
    assert lines["kill:scoring"].recovery_median == 3.0
    assert lines["kill:scoring"].recovery_longest == 4.0
    assert lines["kill:scoring"].outcomes == {"scored": 7, "excluded": 1, "dead_lettered": 1}
    assert lines["store-down"].outcomes == {"scored": 2, "dead_lettered": 1}


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (LOST, "lost"),
        (DUPLICATED, "duplicated"),
        (WRONG, "wrong"),
        (UNEXPLAINED, "unexplained_dead_letters"),
    ],
)
def test_one_wrong_outcome_fails_the_run_and_stands_in_its_line(kind, field):
    result = reported([Fault(kind, "i1", AT_ONCE, "no outcome")])
    lines = {one.fault: one for one in result.outcomes}

    assert not result.passed
    assert getattr(result.wrongs, field) == 1
    assert getattr(lines["store-down"].wrongs, field) == getattr(lines["kill:scoring"].wrongs, field) == 1


def test_a_hole_in_the_books_fails_the_run():
    result = reported(holes=[Hole(kind=HoleKind.LATE, where="i1", detail="no outcome")])

    assert not result.passed
    assert result.audit_holes == ("late i1: no outcome",)


def test_a_fault_that_could_not_be_done_fails_the_run_since_it_proves_nothing():
    missed = Injury(Kill(Stage.SCORING), 60.0, missed="no scoring worker in 60 s")

    result = reported(injuries=(*INJURIES, missed))

    assert not result.passed
    assert result.missed == ("kill:scoring: no scoring worker in 60 s",)
