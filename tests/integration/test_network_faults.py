"""A network that misbehaves between real workers and real Kafka and store.

Whatever it does, the outcome of every interaction is in the store exactly once, delivery has never
committed an offset whose row was not there, and nobody becomes a dead letter for it.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from schemas.records.terms import Stage
from schemas.topics import COMPLETED
from streams.chaos.cuts import KafkaApi, Moment
from streams.chaos.oracle_reading import Store
from streams.chaos.proxy import ChaosProxy, Mode
from streams.operations.cluster import Cluster
from streams.operations.group_names import group_of
from streams.operations.groups import committed

pytestmark = [pytest.mark.integration, pytest.mark.chaos, pytest.mark.timeout(400)]

INTERACTIONS = 15
LONGER_THAN_A_REQUEST = 8.0
LATENCY = 0.15
"""Each way. Delivery reads 44 partitions: asked for one by one, all take longer than one request may."""
INSERT = b"INSERT"


class Ledger:
    """Looks all the time whether delivery has committed anything that is not in the store."""

    def __init__(self, disturbed: Any) -> None:
        self._addresses = disturbed.stack.addresses
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.missing: set[tuple[int, int]] = set()
        self.looks = 0

    def __enter__(self) -> "Ledger":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        store = Store(self._addresses.clickhouse_url)
        with Cluster(self._addresses.bootstrap) as cluster:
            while not self._ended.wait(0.2):
                offsets = committed(cluster, group_of(Stage.DELIVERY))
                rows = defaultdict(set)
                for row in store.rows("SELECT source_partition AS p, source_offset AS o FROM qa.intake"):
                    rows[int(row["p"])].add(int(row["o"]))
                for place, offset in offsets.items():
                    if place.topic == COMPLETED:
                        gone = set(range(offset)) - rows[place.partition]
                        self.missing |= {(place.partition, each) for each in gone}
                self.looks += 1


@pytest.fixture
def ledger(disturbed: Any) -> Iterator[Ledger]:
    with Ledger(disturbed) as watching:
        yield watching


@pytest.fixture
def nothing_lost(disturbed: Any, ledger: Ledger) -> Callable[[], None]:
    """What must hold when a fault is over, however often something was done."""

    def check() -> None:
        disturbed.rest()
        verdict = disturbed.verdict()
        audit = disturbed.audit()
        assert verdict.faults == []
        assert audit.holes == ()
        assert audit.counts.in_flight == 0
        assert audit.counts.units >= verdict.units
        assert ledger.looks > 0
        assert ledger.missing == set()

    return check


def absorbed(disturbed: Any) -> int:
    return sum(disturbed.verdict().absorbed.values())


def restarts(disturbed: Any) -> int:
    return sum(worker.restarts for worker in disturbed.stack.workers.values())


def log_of(disturbed: Any, stage: Stage) -> str:
    return (disturbed.settings.data_dir / "logs" / f"{stage.value}.log").read_text()


def test_records_that_kafka_took_and_whose_answer_was_lost_are_sent_again_under_the_same_id(
    disturbed: Any, nothing_lost: Callable[[], None]
):
    before, cuts = absorbed(disturbed), disturbed.network.kafka.cuts
    disturbed.network.kafka.cut(KafkaApi.PRODUCE, Moment.BEFORE_ANSWER, times=4)
    disturbed.publish(INTERACTIONS, "produce answers lost")
    assert disturbed.network.kafka.await_cuts(cuts + 4, 60)

    nothing_lost()
    assert absorbed(disturbed) > before


def test_commits_whose_answer_was_lost_or_that_never_arrived_are_made_again(
    disturbed: Any, nothing_lost: Callable[[], None]
):
    cuts = disturbed.network.kafka.cuts
    for moment in Moment:
        disturbed.network.kafka.cut(KafkaApi.OFFSET_COMMIT, moment, times=4)
    disturbed.publish(INTERACTIONS, "offset commits cut")
    assert disturbed.network.kafka.await_cuts(cuts + 8, 60)

    nothing_lost()


def test_requests_that_break_off_are_made_again(disturbed: Any, nothing_lost: Callable[[], None]):
    kafka, store = disturbed.network.kafka, disturbed.network.store
    cuts, insert_cuts = kafka.cuts, store.cuts
    for request in (KafkaApi.FETCH, KafkaApi.HEARTBEAT, KafkaApi.PRODUCE):
        kafka.cut(request, Moment.IN_REQUEST, times=3)
    store.cut(INSERT, Moment.IN_REQUEST, times=4)
    disturbed.publish(INTERACTIONS, "requests cut in the middle")
    assert kafka.await_cuts(cuts + 9, 60)
    assert store.await_cuts(insert_cuts + 4, 60)

    nothing_lost()


def test_connections_that_are_reset_again_and_again_are_made_again(
    disturbed: Any, nothing_lost: Callable[[], None]
):
    for _ in range(6):
        disturbed.publish(3, "resets")
        disturbed.network.kafka.reset_once()
        disturbed.network.store.reset_once()
        time.sleep(0.3)

    nothing_lost()


@pytest.mark.parametrize("mode", [Mode.BLACKHOLE, Mode.HALF_OPEN])
def test_workers_go_on_when_kafka_answers_again_after_longer_than_a_request_may_take(
    disturbed: Any, nothing_lost: Callable[[], None], mode: Mode
):
    disturbed.publish(INTERACTIONS, f"kafka {mode.value}")
    with disturbed.network.kafka.fault(mode):
        disturbed.publish(INTERACTIONS, f"kafka {mode.value}")
        time.sleep(LONGER_THAN_A_REQUEST)

    nothing_lost()


def test_rows_that_the_store_took_and_whose_answer_was_lost_count_once(
    disturbed: Any, nothing_lost: Callable[[], None]
):
    cuts = disturbed.network.store.cuts
    disturbed.network.store.cut(INSERT, Moment.BEFORE_ANSWER, times=4)
    disturbed.publish(INTERACTIONS, "insert answers lost")
    assert disturbed.network.store.await_cuts(cuts + 4, 60)

    nothing_lost()


def test_a_delivery_that_waits_for_a_half_open_store_too_long_ends_with_70_and_starts_again(
    disturbed: Any, nothing_lost: Callable[[], None]
):
    with disturbed.network.store.fault(Mode.HALF_OPEN):
        before = disturbed.stack.workers[Stage.DELIVERY].restarts
        disturbed.publish(INTERACTIONS, "store half-open")
        deadline = time.monotonic() + 120
        while disturbed.stack.workers[Stage.DELIVERY].restarts == before and time.monotonic() < deadline:
            time.sleep(0.2)

    assert disturbed.stack.workers[Stage.DELIVERY].restarts > before
    assert "worker.stuck" in log_of(disturbed, Stage.DELIVERY)
    nothing_lost()


def test_a_slow_network_makes_everything_slow_and_nothing_wrong_and_a_worker_starts_over_it(
    disturbed: Any, nothing_lost: Callable[[], None]
):
    slow: list[ChaosProxy] = [disturbed.network.kafka, disturbed.network.store]
    with (
        slow[0].fault(Mode.LATENCY, latency_seconds=LATENCY),
        slow[1].fault(Mode.LATENCY, latency_seconds=LATENCY),
    ):
        disturbed.publish(5, "latency")
        time.sleep(3)
        disturbed.stack.kill(Stage.DELIVERY)
        disturbed.publish(5, "latency")
        disturbed.rest()

    nothing_lost()


def test_a_worker_that_is_told_to_end_while_kafka_is_away_ends(
    disturbed: Any, nothing_lost: Callable[[], None]
):
    before = disturbed.stack.workers[Stage.SCORING].restarts
    with disturbed.network.kafka.fault(Mode.REFUSE):
        disturbed.publish(INTERACTIONS, "told to end while kafka is away")
        disturbed.stack.terminate(Stage.SCORING)
        deadline = time.monotonic() + 60
        while disturbed.stack.workers[Stage.SCORING].restarts == before and time.monotonic() < deadline:
            time.sleep(0.2)

    assert disturbed.stack.workers[Stage.SCORING].restarts > before
    nothing_lost()


def test_workers_killed_while_answers_are_lost_lose_nothing(disturbed: Any, nothing_lost: Callable[[], None]):
    disturbed.network.kafka.cut(KafkaApi.PRODUCE, Moment.BEFORE_ANSWER, times=3)
    disturbed.network.kafka.cut(KafkaApi.OFFSET_COMMIT, Moment.BEFORE_ANSWER, times=3)
    disturbed.publish(INTERACTIONS, "killed while answers are lost")
    for stage in (Stage.NORMALIZATION, Stage.CLASSIFICATION, Stage.SCORING, Stage.DELIVERY):
        time.sleep(0.3)
        disturbed.stack.kill(stage)

    nothing_lost()
