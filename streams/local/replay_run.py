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


@dataclass(frozen=True, slots=True)
class Watch:
    """How long a replay may take, in seconds, and who is told how far it is."""

    deadline_s: float
    on_progress: Callable[[list[StageProgress]], None]


def run_replay(settings: Settings, addresses: Addresses, plan: ReplayPlan, watch: Watch) -> ReplayOutcome:
    """Prepare the lane, work it off and count what it wrote.

    The live groups are never touched. Raises GroupIsLive while another replay runs, NothingToReplay, and
    NotDrained after the deadline; the plan file then stays for a look.
    """
    folder = Path(addresses.data_dir) / "replays" / plan.run_id
    with Cluster(addresses.bootstrap) as cluster:
        prepared = prepare(cluster, plan, load_topics())
        prepared.save(folder / "plan.json")
        workers = _workers(settings, addresses, prepared, folder)
        try:
            with _KeptRunning(workers):
                wait_until_replayed(
                    cluster, prepared, deadline_s=watch.deadline_s, on_progress=watch.on_progress
                )
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait(settings.drain_seconds + 10)
        return finish(cluster, prepared)


def _workers(
    settings: Settings, addresses: Addresses, plan: ReplayPlan, folder: Path
) -> Sequence[WorkerProcess]:
    environment = child_environment(
        settings,
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
                arguments=[lane_stage.stage.value, "--lane", plan.lane, "--plan", str(folder / "plan.json")],
                environment=environment,
                log_file=folder / f"{lane_stage.stage.value}.log",
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
