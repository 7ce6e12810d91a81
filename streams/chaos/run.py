"""A chaos run from an empty folder to a verdict: load, faults, rest, oracle, audit."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from schemas.records.terms import Stage
from schemas.topics import COMPLETED, load_topics
from streams.chaos.faults import Crash, Fault, Network, family
from streams.chaos.injection import Injury, Lane, Stuck
from streams.chaos.journal import Journal
from streams.chaos.load import Load, Voices
from streams.chaos.oracle import judge
from streams.chaos.oracle_reading import Store
from streams.chaos.progress import Progress
from streams.chaos.recordings import write_all
from streams.chaos.report import LABEL_SEPARATOR, ChaosReport, RunFacts, report
from streams.chaos.scenarios import Plan, Round
from streams.chaos.stack import Changes, ChaosStack
from streams.chaos.supply import Supply
from streams.chaos.workers import Workers
from streams.operations.audit import Audit, compare
from streams.operations.audit_evidence import gather
from streams.operations.cluster import Cluster
from streams.settings import SCRIPTED, Settings
from streams.stages.crashpoints import CrashPoint
from streams.store import connect

CALM = "calm"
_TICK_SECONDS = 0.5
_HOPELESS_EVERY_SECONDS = 8.0
_NOTHING_MOVES_SECONDS = 240.0
_ON_HOPELESS = {CrashPoint.ATTEMPT_NOTED, CrashPoint.DEAD_LETTER_CONFIRMED}


class Order(Struct, frozen=True, kw_only=True):
    """What to run. ``folder`` is empty and becomes the run's own. ``heard`` are calls for ``model``, a real
    one, with faults meanwhile; the rest of the load is heard by the scripted engine.
    """

    plan: Plan
    interactions: int
    folder: Path
    cache_dir: Path
    heard: Voices | None = None
    heard_count: int = 0
    heard_rounds: tuple[Round, ...] = ()


class Step(Struct, frozen=True):
    """Where a run stands. ``text`` says what it is doing."""

    text: str
    done: int
    total: int
    published: int
    kills: int


Told = Callable[[Step], None]


def chaos_settings(settings: Settings, order: Order) -> Settings:
    """``settings`` with a folder of the run's own and waiting times that fit the plan."""
    return settings.model_copy(
        update={
            "data_dir": order.folder,
            "model": settings.model if order.heard_count else SCRIPTED,
            "recording_roots": "",
            "recording_wait_seconds": 6.0,
            "recording_retry_seconds": 2.0,
            "session_timeout_seconds": order.plan.lengths.session,
            "drain_seconds": 5.0,
            "log_level": "WARNING",
            "metrics_port": None,
            "crash_at": "",
        }
    )


def run(order: Order, settings: Settings, told: Told) -> ChaosReport:
    """Start a stack of its own, do what the plan says, and count afterwards.

    Raises Stuck where a stage does not go on or the stack does not come to rest, BrokerFailed,
    StoreFailed and ModelMissing where it does not start.
    """
    own = chaos_settings(settings, order)
    began = time.monotonic()
    changes = Changes(disturbed=any(isinstance(fault, Network) for fault in order.plan.faults()))
    told(Step("启动 starting", 0, 1, 0, 0))
    with (
        ChaosStack(own, order.cache_dir, changes) as stack,
        Journal(order.folder / "journal.jsonl", COMPLETED) as journal,
        Cluster(stack.addresses.bootstrap) as cluster,
        Progress(stack.addresses.bootstrap) as progress,
    ):
        load = Load(order.plan.seed, time.time_ns() // 1_000_000)
        recordings = write_all(order.folder / "recordings", order.plan.seed)
        supply = Supply(load, journal, cluster, recordings, order.interactions)
        running = Run(stack, supply, progress, told)
        running.carry_out(order)
        verdict = judge(journal.path, stack.addresses.bootstrap, Store(stack.addresses.clickhouse_url))
        facts = RunFacts(
            names=order.plan.names,
            seed=order.plan.seed,
            seconds=time.monotonic() - began,
            kills=stack.kills,
            records=journal.count,
            calls={settings.model: order.heard_count, SCRIPTED: supply.calls},
            injuries=running.injuries,
        )
        return report(facts, verdict, audited(own, stack))


class Run:
    """Faults and load side by side, on a stack that is up."""

    def __init__(self, stack: Workers, supply: Supply, progress: Progress, told: Told) -> None:
        self._stack = stack
        self._supply = supply
        self._progress = progress
        self._told = told
        self._total = 0
        self.injuries: list[Injury] = []

    def carry_out(self, order: Order) -> None:
        """Every round in order, then rest. Raises Stuck."""
        rounds = (*order.heard_rounds, *order.plan.rounds)
        self._total = sum(1 for each in rounds for _ in each.faults())
        if order.heard is not None and order.heard_count:
            self._supply.feed_calls(order.heard, order.heard_count, _label(order.heard_rounds[:1]))
            for number, each in enumerate(order.heard_rounds):
                self._round(each, random.Random(f"{order.plan.seed} heard {number}"), calls=False)  # noqa: S311
            self.rest("听完真实通话 hearing the real calls", [Stage.TRANSCRIPTION])
            if isinstance(self._stack, ChaosStack):
                self._stack.hear_with(SCRIPTED)
        for number, each in enumerate(order.plan.rounds):
            self._round(each, random.Random(f"{order.plan.seed} {number}"), calls=True)  # noqa: S311
        self._supply.finish(CALM)
        self.rest("等待完成 coming to rest", list(Stage))

    def rest(self, text: str, stages: Sequence[Stage]) -> None:
        """Wait until these stages have read everything. Raises Stuck where nothing moves any more."""
        seen: Mapping[Stage, int] | None = None
        since = time.monotonic()
        while True:
            lags = self._progress.lags()
            if lags is not None and not any(lags[stage] for stage in stages):
                return
            if lags is not None and lags != seen:
                seen, since = lags, time.monotonic()
            if time.monotonic() - since > _NOTHING_MOVES_SECONDS:
                raise Stuck(f"nothing moved for {_NOTHING_MOVES_SECONDS:.0f} s; left: {_left(seen)}")
            self._tell(f"{text}: {sum(lags[stage] for stage in stages) if lags is not None else '…'}")
            time.sleep(_TICK_SECONDS)

    def _round(self, each: Round, source: random.Random, *, calls: bool) -> None:
        label = _label([each])
        lanes = [
            Lane(self._stack, self._progress, faults, random.Random(source.random()))  # noqa: S311
            for faults in each.lanes
        ]
        for lane in lanes:
            lane.start()
        before = len(self.injuries)
        hopeless_at = time.monotonic()
        while any(lane.running for lane in lanes):
            self.injuries[before:] = [injury for lane in lanes for injury in lane.injuries]
            done = len(self.injuries) + 1
            self._supply.feed(done / (self._total + 1), label, calls=calls)
            left = [fault for lane in lanes for fault in lane.left]
            if any(map(_needs_hopeless, left)) and time.monotonic() >= hopeless_at:
                self._supply.feed_hopeless(label)
                hopeless_at = time.monotonic() + _HOPELESS_EVERY_SECONDS
            self._tell(" ".join(str(lane.left[0]) for lane in lanes if lane.left))
            time.sleep(_TICK_SECONDS)
        self.injuries[before:] = [injury for lane in lanes for injury in lane.injuries]
        for lane in lanes:
            if lane.error is not None:
                raise lane.error

    def _tell(self, text: str) -> None:
        self._told(Step(text, len(self.injuries), self._total, self._supply.published, self._stack.kills))


def _needs_hopeless(fault: Fault) -> bool:
    return isinstance(fault, Crash) and fault.point in _ON_HOPELESS


def _label(rounds: Sequence[Round]) -> str:
    return LABEL_SEPARATOR.join(sorted({family(fault) for each in rounds for fault in each.faults()}))


def _left(lags: Mapping[Stage, int] | None) -> str:
    if lags is None:
        return "no broker answers"
    return ", ".join(f"{stage.value} {lag}" for stage, lag in lags.items() if lag)


def audited(settings: Settings, stack: ChaosStack) -> Audit:
    """What the audit says of a stack at rest, where nothing may be in flight any more."""
    client = connect(settings, stack.addresses.clickhouse_url)
    try:
        with Cluster(stack.addresses.bootstrap) as cluster:
            evidence = gather(cluster, client, load_topics(), now_ms=time.time_ns() // 1_000_000)
    finally:
        client.close()
    return compare(evidence, slo_ms=0)
