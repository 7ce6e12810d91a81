"""``kill -9`` of every stage just before and after everything that becomes durable, on one real stack."""

import itertools
import time
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.records.terms import Stage
from streams.chaos.oracle_state import DUPLICATED, LOST
from streams.stages.crashpoints import CrashPoint

pytestmark = [pytest.mark.integration, pytest.mark.chaos, pytest.mark.timeout(800)]

IN_EVERY_STAGE = ["in.received:3", "in.admitted:2", "work.done:2", "acked:3"]
PLANS = {
    Stage.TRANSCRIPTION: [
        *IN_EVERY_STAGE,
        "out.confirmed:2",
        "attempt.noted:1",
        "dead_letter.confirmed:1",
    ],
    Stage.NORMALIZATION: [*IN_EVERY_STAGE, "out.confirmed:2", "dead_letter.confirmed:1"],
    Stage.CLASSIFICATION: [*IN_EVERY_STAGE, "out.confirmed:2"],
    Stage.SCORING: [*IN_EVERY_STAGE, "out.confirmed:2"],
    Stage.DELIVERY: [*IN_EVERY_STAGE, "sink.table_written:1", "sink.table_written:4", "sink.table_written:9"],
}
LAST = "drained:1"
DEADLINE_SECONDS = 300


@pytest.fixture(scope="module")
def crashed(start_victim: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A stack whose workers have killed themselves at every point of their plans, and which is at rest."""
    plans = {stage: ",".join([*points, LAST]) for stage, points in PLANS.items()}
    with start_victim(tmp_path_factory.mktemp("crashed"), plans) as victim:
        victim.publish(30, "crash points", calls=2)
        victim.publish_broken_calls("crash points")
        _publish_until(victim, lambda stage: len(died_at(victim, stage)) >= len(PLANS[stage]))
        _publish_until(victim, lambda stage: len(died_at(victim, stage)) > len(PLANS[stage]), stop=True)
        victim.rest()
        yield victim


def died_at(victim: Any, stage: Stage) -> list[str]:
    progress = victim.settings.data_dir / "crashpoints" / stage.value
    return progress.read_text().splitlines() if progress.exists() else []


def _publish_until(victim: Any, done: Any, *, stop: bool = False) -> None:
    """Keep publishing until ``done`` says of every stage that it is. With ``stop``, tell those that are not
    to end, again and again: a worker that has only just started does not drain yet.
    """
    deadline = time.monotonic() + DEADLINE_SECONDS
    for turn in itertools.count(1):
        waiting = [stage for stage in Stage if not done(stage)]
        if not waiting:
            return
        if time.monotonic() > deadline:
            left = {stage.value: died_at(victim, stage) for stage in Stage}
            pytest.fail(f"not every point was reached: {left}\n{victim.logs()}")
        victim.publish(3, "crash points", calls=1)
        if turn % 10 == 0:
            victim.publish_broken_calls("crash points")
            for stage in waiting if stop else ():
                victim.stack.terminate(stage)
        time.sleep(0.5)


def test_every_worker_died_at_every_point_of_its_plan(crashed: Any):
    died = {stage: died_at(crashed, stage) for stage in Stage}

    planned = {stage: [point.split(":")[0] for point in [*points, LAST]] for stage, points in PLANS.items()}
    assert died == planned
    assert {point for each in died.values() for point in each} == set(CrashPoint)
    assert all(crashed.stack.workers[stage].restarts >= len(planned[stage]) for stage in Stage)


def test_nothing_is_lost_and_nothing_counts_twice(crashed: Any):
    verdict = crashed.judge()

    assert verdict.faults == []
    assert verdict.count(LOST) == verdict.count(DUPLICATED) == 0
    assert verdict.units >= 30


def test_work_was_really_done_twice_and_absorbed(crashed: Any):
    absorbed = crashed.judge().absorbed

    assert absorbed["qa.interaction.transcribed.v1"] > 0
    assert absorbed["qa.interaction.classified.v1"] > 0
    assert absorbed["qa.interaction.scored.v1"] > 0
    assert sum(count for topic, count in absorbed.items() if topic.startswith("qa.dead_letter.")) > 0


def test_the_audit_agrees(crashed: Any):
    audit = crashed.audit()

    assert audit.holes == ()
    assert audit.counts.in_flight == 0
    assert audit.counts.units == crashed.judge().units
