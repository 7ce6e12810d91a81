"""Runs a planned replay: lane workers for the replayed stage and all after it, until the lane is drained."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.topics import load_topics
from streams.local.stack import Addresses
from streams.local.worker_process import WorkerCommand, WorkerProcess
from streams.operations.cluster import Cluster
from streams.operations.replay import ReplayOutcome, StageProgress, finish, prepare, wait_until_replayed
from streams.operations.replay_plan import ReplayPlan
from streams.settings import Settings, child_environment

_CHECK_SECONDS = 0.2


_MOST_RESTARTS = 5


class LaneFailed(Exception):
    """A worker of the lane ends again and again; the text names its log."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How long a replay may take, in seconds, and who is told how far it is."""

    deadline_s: float
    on_progress: Callable[[list[StageProgress]], None]


def plan_file(addresses: Addresses, plan: ReplayPlan) -> Path:
    """Where a replay that has begun keeps its plan, beside the logs of its workers."""
    return Path(addresses.data_dir) / "replays" / plan.run_id / "plan.json"


def run_replay(
    cluster: Cluster, settings: Settings, addresses: Addresses, plan: ReplayPlan, watch: Watch
) -> ReplayOutcome:
    """Prepare the lane, work it off and count what it wrote. A plan that was prepared before goes on.

    The live groups are never touched. Raises GroupIsLive while another replay runs, NothingToReplay,
    LaneFailed, and NotDrained after the deadline; the plan file then stays, to go on with.
    """
    file = plan_file(addresses, plan)
    prepared = plan if plan.lane_starts else prepare(cluster, plan, load_topics())
    prepared.save(file)
    workers = _workers(settings, addresses, prepared, file)

    def watched(stages: list[StageProgress]) -> None:
        _require_running(workers)
        watch.on_progress(stages)

    try:
        with _KeptRunning(workers):
            wait_until_replayed(cluster, prepared, deadline_s=watch.deadline_s, on_progress=watched)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(settings.drain_seconds + 10)
    return finish(cluster, prepared)


def _require_running(workers: Sequence[WorkerProcess]) -> None:
    for worker in workers:
        if worker.restarts > _MOST_RESTARTS:
            raise LaneFailed(f"{worker.command.name} ends again and again; see {worker.command.log_file}")


def _workers(
    settings: Settings, addresses: Addresses, plan: ReplayPlan, file: Path
) -> Sequence[WorkerProcess]:
    environment = child_environment(
        # The live workers hold the port of the metrics.
        settings.model_copy(update={"metrics_port": None}),
        {
            "kafka_bootstrap": addresses.bootstrap,
            "clickhouse_url": addresses.clickhouse_url,
            "data_dir": addresses.data_dir,
        },
    )
    return [
        WorkerProcess(
            WorkerCommand(
                name=f"{lane_stage.stage.value}-{plan.lane}",
                arguments=[lane_stage.stage.value, "--lane", plan.lane, "--plan", str(file)],
                environment=environment,
                log_file=file.parent / f"{lane_stage.stage.value}.log",
            )
        )
        for lane_stage in plan.stages
    ]


class _KeptRunning:
    """Start workers and start again those that end, from a thread, until the block is left."""

    def __init__(self, workers: Sequence[WorkerProcess]) -> None:
        self._workers = workers
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._check, name="lane", daemon=True)

    def __enter__(self) -> None:
        for worker in self._workers:
            worker.start()
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _check(self) -> None:
        while not self._stopping.wait(_CHECK_SECONDS):
            for worker in self._workers:
                worker.check()
