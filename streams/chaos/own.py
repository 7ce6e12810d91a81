"""A chaos run on a stack that is the user's: real workers of this machine, text only, nothing cut off."""

from __future__ import annotations

import fcntl
import time
from pathlib import Path

import psutil
from msgspec.structs import replace

from schemas.records.terms import Stage
from schemas.topics import COMPLETED, load_topics
from streams.chaos.faults import Fault, Kill, Stop, Terminate, family
from streams.chaos.injection import NotPossibleHere
from streams.chaos.journal import Journal
from streams.chaos.load import Load
from streams.chaos.oracle import judge
from streams.chaos.oracle_reading import Store
from streams.chaos.progress import Progress
from streams.chaos.report import ChaosReport, RunFacts, report
from streams.chaos.run import Order, Run, Told
from streams.chaos.scenarios import Plan, Round
from streams.chaos.supply import Supply
from streams.chaos.workers import WorkerGone, Workers
from streams.local.running import NothingRuns, running
from streams.local.stack import Addresses
from streams.operations.audit import compare
from streams.operations.audit_evidence import gather
from streams.operations.cluster import Cluster
from streams.operations.offsets import ends, places_of
from streams.settings import Settings
from streams.store import connect

_APPEAR_SECONDS = 120.0
_POLL_SECONDS = 0.1
_SLO_MS = 3_600_000


class OwnWorkers(Workers):
    """The workers that hold a slot of ``data_dir`` on this machine. Whoever runs them starts them again."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__()
        self._slots = data_dir / "slots"

    def _pid(self, stage: Stage) -> int:
        deadline = time.monotonic() + _APPEAR_SECONDS
        while time.monotonic() < deadline:
            for path in sorted(self._slots.glob(f"{stage.value}-live-*.lock")):
                pid = _holder(path)
                if pid is not None:
                    return pid
            time.sleep(_POLL_SECONDS)
        raise WorkerGone(f"no {stage.value} worker of this machine in {_APPEAR_SECONDS:.0f} s: {self._slots}")


def own_addresses(settings: Settings) -> Addresses:
    """The configured Kafka and store, or the running stack. Raises NothingRuns."""
    if settings.kafka_bootstrap and settings.clickhouse_url:
        return Addresses(settings.kafka_bootstrap, settings.clickhouse_url, str(settings.data_dir), 0)
    found = running(settings)
    if found is None:
        raise NothingRuns(
            "no stack of yours to hurt: set CALLQA_KAFKA_BOOTSTRAP and CALLQA_CLICKHOUSE_URL, or `callqa up`"
        )
    return found


def possible(plan: Plan) -> tuple[Plan, tuple[str, ...]]:
    """What of a plan can be done to processes alone, and the kinds of fault that are left out.

    Raises NotPossibleHere where nothing is left.
    """
    rounds = [Round(tuple(filter(None, map(_by_process, each.lanes)))) for each in plan.rounds]
    kept = replace(plan, rounds=tuple(each for each in rounds if each.lanes))
    left_out = {family(fault) for fault in plan.faults() if not isinstance(fault, Kill | Terminate | Stop)}
    if left_out and not kept.rounds:
        raise NotPossibleHere(
            f"{', '.join(sorted(left_out))}: only on a stack of its own; yours can be given kill, stop and"
            " terminate of its workers"
        )
    return kept, tuple(sorted(left_out))


def run_on_own(order: Order, settings: Settings, told: Told) -> ChaosReport:
    """Publish the load, hurt the workers, and count. The interactions stay, under the tenant ``chaos``.

    Raises NothingRuns, Stuck, BrokerUnreachable and the store client's errors.
    """
    addresses = own_addresses(settings)
    workers = OwnWorkers(Path(addresses.data_dir))
    began, now_ms = time.monotonic(), time.time_ns() // 1_000_000
    load = Load(order.plan.seed, now_ms, name=f"chaos-{order.plan.seed}-{now_ms}")
    store = Store(
        addresses.clickhouse_url, settings.clickhouse_user, settings.clickhouse_password.get_secret_value()
    )
    with (
        Journal(order.folder / "journal.jsonl", COMPLETED) as journal,
        Cluster(addresses.bootstrap) as cluster,
        Progress(addresses.bootstrap) as progress,
    ):
        journal.begin(ends(cluster, places_of(cluster, load_topics())))
        running_load = Run(workers, Supply(load, journal, cluster, None, order.interactions), progress, told)
        running_load.carry_out(order)
        verdict = judge(journal.path, addresses.bootstrap, store)
        client = connect(settings, addresses.clickhouse_url)
        evidence = gather(cluster, client, load_topics(), now_ms=time.time_ns() // 1_000_000)
        client.close()
        facts = RunFacts(
            names=order.plan.names,
            seed=order.plan.seed,
            seconds=time.monotonic() - began,
            kills=workers.kills,
            records=journal.count,
            calls={},
            injuries=running_load.injuries,
        )
        return report(facts, verdict, compare(evidence, slo_ms=_SLO_MS))


def _by_process(lane: tuple[Fault, ...]) -> tuple[Fault, ...]:
    return tuple(fault for fault in lane if isinstance(fault, Kill | Terminate | Stop))


def _holder(path: Path) -> int | None:
    """The process that holds a slot now; None for a lock that its process took with it."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = file.read(32).decode("ascii", "replace").strip()
            return int(text) if text.isdecimal() and psutil.pid_exists(int(text)) else None
    return None
