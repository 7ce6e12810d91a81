"""A shared stack that everything happens to: kills, stops, outages of broker and store, all at once.

The same stack then shows that the oracle can fail: a worker that acknowledges too early, a row that is
taken away, a row too much, and a dead letter out of nowhere are all found.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer

from schemas.records.terms import Stage
from schemas.topics import COMPLETED
from streams.chaos.faults import (
    BrokerRestart,
    Kill,
    KillAll,
    Stop,
    StoreDown,
    stages_of,
)
from streams.chaos.injection import Injury
from streams.chaos.journal import Journal
from streams.chaos.oracle import Verdict, judge
from streams.chaos.oracle_reading import Store
from streams.chaos.oracle_state import DUPLICATED, LOST, UNEXPLAINED
from streams.chaos.own import run_on_own
from streams.chaos.progress import Progress
from streams.chaos.run import Order, Run
from streams.chaos.scenarios import SCALED, Plan, Round
from streams.chaos.supply import Supply
from streams.operations.audit import Audit, HoleKind
from streams.operations.cluster import Cluster
from streams.store import connect

pytestmark = [pytest.mark.integration, pytest.mark.chaos, pytest.mark.timeout(900)]

INTERACTIONS = 100
ROUNDS = (
    Round(tuple((Kill(stage),) for stage in Stage)),
    Round(((Stop(Stage.NORMALIZATION, 2),), (Stop(Stage.SCORING, SCALED.session + 3),))),
    Round(((BrokerRestart(2),), (Kill(Stage.DELIVERY),))),
    Round(((StoreDown(4),), (Kill(Stage.CLASSIFICATION),))),
    Round(((KillAll(),),)),
)
PLAN = Plan(names=("test",), seed=7, lengths=SCALED, rounds=ROUNDS)


@dataclass
class Hurt:
    """A stack to which all of it has happened, at rest, and what was said of it then."""

    victim: Any
    injuries: list[Injury]
    verdict: Verdict
    audit: Audit
    scored: tuple[str, ...]

    def judge_again(self) -> Verdict:
        return self.victim.judge()

    def client(self) -> Any:
        return connect(self.victim.settings, self.victim.stack.addresses.clickhouse_url)


def scored_units(victim: Any) -> tuple[str, ...]:
    """Ids of the interactions that are scored now, before other tests publish their own."""
    client = connect(victim.settings, victim.stack.addresses.clickhouse_url)
    rows = client.query(
        "SELECT unit_id FROM qa_bi.v_coverage WHERE state = 'scored' AND unit_id LIKE 'chaos-%'"
        " ORDER BY unit_id"
    )
    return tuple(str(unit) for (unit,) in rows.result_rows)


@pytest.fixture(scope="module")
def hurt(start_victim: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hurt]:
    with start_victim(tmp_path_factory.mktemp("hurt"), disturbed=True) as victim:
        bootstrap = victim.stack.addresses.bootstrap
        with Cluster(bootstrap) as cluster, Progress(bootstrap) as progress:
            supply = Supply(victim.load, victim.journal, cluster, victim.recordings, INTERACTIONS)
            run = Run(victim.stack, supply, progress, lambda step: None)
            run.carry_out(Order(plan=PLAN, interactions=INTERACTIONS, folder=Path(), cache_dir=Path()))
        yield Hurt(victim, run.injuries, victim.judge(), victim.audit(), scored_units(victim))


@pytest.fixture(scope="module")
def forgetful(hurt: Hurt, tmp_path_factory: pytest.TempPathFactory) -> Verdict:
    """What the oracle says of interactions that a worker acknowledged too early, and was killed.

    Comes after the verdict on the honest workers, whatever the order of the tests.
    """
    stack, stage = hurt.victim.stack, Stage.NORMALIZATION
    worker = stack.workers[stage]
    honest = worker.command
    worker.command = replace(honest, program=[str(Path(__file__).with_name("early_ack_worker.py"))])
    stack.kill(stage)
    path = tmp_path_factory.mktemp("forgetful") / "journal.jsonl"
    with Progress(stack.addresses.bootstrap) as progress, Journal(path, COMPLETED) as journal:
        before = progress.positions([stage])
        with Cluster(stack.addresses.bootstrap) as cluster:
            records = [record for n in range(8) for record in hurt.victim.load.clean_chat(f"early-{n}")]
            journal.publish(cluster, records, "kill")
        while (now := progress.positions([stage])) is None or now[stage] < before[stage] + len(records):
            time.sleep(0.2)
    worker.command = honest
    stack.kill(stage)
    hurt.victim.rest()
    return judge(path, stack.addresses.bootstrap, Store(stack.addresses.clickhouse_url))


def test_every_fault_was_really_done_and_every_stage_went_on(hurt: Hurt):
    assert [injury.fault for injury in hurt.injuries] == list(PLAN.faults())
    assert [injury.missed for injury in hurt.injuries if injury.missed] == []
    assert {stage for injury in hurt.injuries for stage in stages_of(injury.fault)} == set(Stage)
    assert all(hurt.victim.stack.workers[stage].restarts >= 2 for stage in Stage)


def test_nothing_is_lost_and_nothing_counts_twice(hurt: Hurt):
    assert hurt.verdict.faults == []
    assert hurt.verdict.units >= INTERACTIONS


def test_work_was_done_twice_and_absorbed(hurt: Hurt):
    assert sum(hurt.verdict.absorbed.values()) > 0


def test_the_audit_agrees(hurt: Hurt):
    assert hurt.audit.holes == ()
    assert hurt.audit.counts.in_flight == 0
    assert hurt.audit.counts.units == hurt.verdict.units


def test_a_worker_that_acknowledges_before_the_outcome_is_durable_is_found_out(
    hurt: Hurt, forgetful: Verdict
):
    lost = {fault.unit for fault in forgetful.faults if fault.kind == LOST}

    assert lost == {f"early-{n}" for n in range(8)}
    assert {hole.where for hole in hurt.victim.audit().holes if hole.kind is HoleKind.LATE} >= lost


def test_a_stack_that_is_there_already_is_hurt_and_judged_by_what_the_run_published_alone(
    hurt: Hurt, tmp_path: Path
):
    addresses = hurt.victim.stack.addresses
    settings = hurt.victim.settings.model_copy(
        update={"kafka_bootstrap": addresses.bootstrap, "clickhouse_url": addresses.clickhouse_url}
    )
    plan = Plan(names=("own",), seed=8, lengths=SCALED, rounds=(Round(((Kill(Stage.SCORING),),)),))

    result = run_on_own(
        Order(plan=plan, interactions=20, folder=tmp_path, cache_dir=tmp_path), settings, lambda step: None
    )

    assert result.wrongs.none
    assert (result.units, result.kills) == (20, 1)


def test_a_result_that_is_taken_away_is_found(hurt: Hurt):
    unit = hurt.scored[0]

    hurt.client().command(
        f"ALTER TABLE qa.result_assignment DELETE WHERE interaction_id = '{unit}' SETTINGS mutations_sync = 2"
    )

    assert LOST in {fault.kind for fault in hurt.judge_again().faults if fault.unit == unit}


def test_a_second_result_that_counts_is_found(hurt: Hurt):
    unit = hurt.scored[-1]

    hurt.client().command(
        "INSERT INTO qa.result_assignment SELECT * REPLACE ('other' AS scorecard_id, 'twice' AS result_id)"
        f" FROM qa.result_assignment WHERE interaction_id = '{unit}'"
    )

    assert DUPLICATED in {fault.kind for fault in hurt.judge_again().faults if fault.unit == unit}


def test_the_same_rows_once_more_are_no_duplicate(hurt: Hurt):
    unit = hurt.scored[-2]

    for table in ("qa.interaction", "qa.result", "qa.result_assignment", "qa.finding"):
        hurt.client().command(f"INSERT INTO {table} SELECT * FROM {table} WHERE interaction_id = '{unit}'")

    assert [fault for fault in hurt.judge_again().faults if fault.unit == unit] == []


def test_a_dead_letter_of_an_interaction_that_has_a_result_is_found(hurt: Hurt):
    unit = hurt.scored[-3]
    place = hurt.client().query(
        f"SELECT source_partition, source_offset FROM qa.intake FINAL WHERE unit_id = '{unit}'"
    )
    partition, offset = place.result_rows[0]
    producer = KafkaProducer(bootstrap_servers=hurt.victim.stack.addresses.bootstrap)
    headers = {
        "stage": "scoring",
        "reason": "RULE_ERROR",
        "src-topic": COMPLETED,
        "src-partition": str(partition),
        "src-offset": str(offset),
    }
    producer.send(
        "qa.dead_letter.scoring.v1",
        key=unit.encode(),
        value=b"",
        headers=[(f"callqa-{name}", value.encode()) for name, value in headers.items()],
    )
    producer.close()

    assert UNEXPLAINED in {fault.kind for fault in hurt.judge_again().faults if fault.unit == unit}
