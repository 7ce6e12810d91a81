"""The idle clock of aiokafka under Faust: why the longest time between polls is set to seven days.

A worker with a full buffer does not poll. aiokafka takes that for a dead application, leaves the group and
does not come back while nobody polls, and Faust does not poll while it is out of the group.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.local.kafka import EmbeddedKafka
from streams.operations.cluster import Cluster
from streams.operations.offsets import Place, ends
from streams.operations.publish import OutgoingRecord, publish

Start = Callable[..., "Worker"]

pytestmark = pytest.mark.integration

RECORDS = 60
# One record after the other, a quarter of a second each; the interval 0 is callqa's own.
PROGRAM = """
import asyncio, sys
from pathlib import Path
from schemas.records.terms import Stage
from streams.logs import configure_logs
from streams.stages.app import AppOptions
from streams.stages.attempts import AttemptJournal
from streams.stages.harness import HarnessOptions
from streams.stages.outcome import NothingToOpen, Output, Work
from streams.stages.worker import StageWorker, WorkerOptions

bootstrap, folder, group, source, output, interval, stuck = sys.argv[1:]


class Slow(NothingToOpen):
    stage = Stage.SCORING
    inputs = (source,)

    def admit(self, record):
        return Work(None, record.key.decode(), 1)

    async def work(self, record, work):
        await asyncio.sleep(0.25)
        return [Output(output, record.key, record.value)]


configure_logs("ERROR")
worker = StageWorker(
    Slow(),
    AttemptJournal(Path(folder) / group),
    AppOptions(group=group, member=group, bootstrap=bootstrap, data_dir=folder, session_timeout_seconds=6.0),
    HarnessOptions(window=1, group=group, version="1"),
    WorkerOptions(drain_seconds=5, stuck_seconds=float(stuck), outside_seconds=8),
)
if float(interval):
    worker._app.conf.broker_max_poll_interval = float(interval)
sys.exit(worker.run())
"""


class Worker:
    """The program above with topics of its own and a backlog."""

    def __init__(
        self, kafka: EmbeddedKafka, folder: Path, name: str, interval: float, stuck_seconds: float
    ) -> None:
        self.output = f"{name}-output"
        self._cluster = Cluster(kafka.bootstrap)
        topics = [name, self.output]
        self._cluster.admin.create_topics({topic: {"num_partitions": 1} for topic in topics})
        self._cluster.admin.wait_for_topics(topics)
        publish(self._cluster, name, [OutgoingRecord(key=b"k%d" % n, value=b"v") for n in range(RECORDS)])
        program = folder / f"{name}.py"
        program.write_text(PROGRAM)
        arguments = [program, kafka.bootstrap, folder, name, name, self.output, interval, stuck_seconds]
        self.process = subprocess.Popen([sys.executable, *map(str, arguments)])

    def done(self) -> int:
        place = Place(self.output, 0)
        return ends(self._cluster, [place])[place]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self._cluster.close()


@pytest.fixture
def start(kafka: EmbeddedKafka, tmp_path: Path, unique_name: Callable[[str], str]) -> Iterator[Start]:
    started: list[Worker] = []

    def starter(interval: float, stuck_seconds: float = 8) -> Worker:
        name = unique_name(f"idle-{len(started)}")
        started.append(Worker(kafka, tmp_path, name, interval, stuck_seconds))
        return started[-1]

    yield starter
    for worker in started:
        worker.stop()


def eventually(done: Callable[[], bool], seconds: float = 90) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.2)
    return False


def test_a_backlog_of_slow_work_freezes_faust_and_not_callqa(start: Start):
    """With an interval of three seconds Faust stops for good in the middle of its backlog. The watchdog
    ends the worker with code 70, for want of outcomes or, were it more patient with those, because it is
    outside its group. With callqa's interval the same worker does all of it.

    When the first half fails, Faust polls on with a full buffer or comes back to its group: the seven days
    of ``broker_max_poll_interval`` in ``streams/stages/app.py`` may become a time that means something.
    """
    frozen, outside, well = start(3), start(3, stuck_seconds=600), start(0)

    for stuck in (frozen, outside):
        assert eventually(lambda stuck=stuck: stuck.process.poll() is not None)
        assert stuck.process.returncode == 70
        assert 0 < stuck.done() < RECORDS
    assert eventually(lambda: well.done() == RECORDS)
    assert well.process.poll() is None
