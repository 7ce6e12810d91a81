"""Progress or exit: what a worker does when it is killed, when the broker is away, and when a topic is."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.records.terms import Stage
from schemas.topics import dead_letter_topic
from streams.local.kafka import EmbeddedKafka
from streams.local.worker_process import WorkerCommand, WorkerProcess
from streams.operations.cluster import Cluster
from streams.operations.groups import committed
from streams.operations.offsets import Place, ends
from streams.operations.publish import OutgoingRecord, publish

pytestmark = pytest.mark.integration

# Copies records to its output topic; "bad" becomes a dead letter.
PROGRAM = """
import sys
from pathlib import Path
from schemas.records.terms import DeadLetterReason, Stage
from streams.logs import configure_logs
from streams.stages.app import AppOptions
from streams.stages.attempts import AttemptJournal
from streams.stages.harness import HarnessOptions
from streams.stages.outcome import NothingToOpen, Output, Unprocessable, Work
from streams.stages.worker import StageWorker, WorkerOptions

bootstrap, folder, name, source, output = sys.argv[1:6]


class Copy(NothingToOpen):
    stage = Stage.SCORING
    inputs = (source,)

    def admit(self, record):
        if record.value == b"bad":
            raise Unprocessable(DeadLetterReason.INVALID, "bad")
        return Work(None, record.key.decode(), 1)

    async def work(self, record, work):
        return [Output(output, record.key, record.value)]


configure_logs("WARNING")
worker = StageWorker(
    Copy(),
    AttemptJournal(Path(folder) / "attempts"),
    AppOptions(
        group=name,
        member=name,
        bootstrap=bootstrap,
        data_dir=folder,
        session_timeout_seconds=600.0,
        request_seconds=600.0,
    ),
    HarnessOptions(
        window=4, group=name, version="1", lane=name, longest_wait_seconds=1.0, dead_letters_in_a_row=3
    ),
    WorkerOptions(drain_seconds=5, stuck_seconds=600.0),
)
sys.exit(worker.run())
"""


class Kept:
    """The program above, kept running as ``callqa up`` keeps its workers, on topics of its own."""

    def __init__(self, bootstrap: str, folder: Path, name: str) -> None:
        self.bootstrap, self.name = bootstrap, name
        self.source, self.output = f"source-{name}", f"output-{name}"
        self.written = f"{self.output}.lane-{name}"
        self.letters = f"{dead_letter_topic(Stage.SCORING)}.lane-{name}"
        program = folder / "program.py"
        program.write_text(PROGRAM)
        command = WorkerCommand(
            name=name,
            arguments=[bootstrap, str(folder), name, self.source, self.output],
            environment=dict(os.environ),  # noqa: TID251
            log_file=folder / "worker.log",
            program=[str(program)],
        )
        self.worker = WorkerProcess(command, longest_pause=1.0)

    def create(self, *topics: str) -> None:
        with Cluster(self.bootstrap) as cluster:
            cluster.admin.create_topics({topic: {"num_partitions": 1} for topic in topics})
            cluster.admin.wait_for_topics(list(topics))

    def publish(self, *values: bytes) -> None:
        records = [OutgoingRecord(key=b"k%d" % n, value=value) for n, value in enumerate(values)]
        with Cluster(self.bootstrap) as cluster:
            publish(cluster, self.source, records)

    def count(self, topic: str) -> int:
        with Cluster(self.bootstrap) as cluster:
            return ends(cluster, [Place(topic, 0)])[Place(topic, 0)]

    def committed(self) -> int:
        with Cluster(self.bootstrap) as cluster:
            return committed(cluster, self.name).get(Place(self.source, 0), 0)

    def until(self, done: Callable[[], bool], seconds: float = 120) -> bool:
        """Keep the worker running until it is done; False when that took too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.worker.check()
            if done():
                return True
            time.sleep(0.2)
        return False

    def ended(self) -> int | None:
        """The exit code of the worker, once it has ended by itself."""
        process = self.worker._process
        return process.wait(60) if process is not None else None

    def stop(self) -> None:
        self.worker.terminate()
        self.worker.wait(20)


@pytest.fixture
def kept(kafka: EmbeddedKafka, tmp_path: Path, unique_name: Callable[[str], str]) -> Iterator[Kept]:
    made = Kept(kafka.bootstrap, tmp_path, unique_name("progress"))
    yield made
    made.stop()


def test_the_partitions_of_a_killed_worker_go_on_long_before_its_session_ends(kept: Kept):
    kept.create(kept.source, kept.written)
    kept.publish(b"a")
    kept.worker.start()
    assert kept.until(lambda: kept.count(kept.written) == 1)

    os.kill(kept.worker.pid, signal.SIGKILL)
    kept.publish(b"b")

    assert kept.until(lambda: kept.count(kept.written) >= 2)
    assert kept.worker.restarts == 1


def test_a_dead_letter_whose_topic_is_missing_holds_its_record_and_those_after_it(kept: Kept):
    kept.create(kept.source, kept.written)
    kept.publish(b"a", b"bad", b"c")
    kept.worker.start()
    assert kept.until(lambda: kept.count(kept.written) >= 2)
    time.sleep(3)
    held = kept.committed()

    kept.create(kept.letters)

    assert held <= 1
    assert kept.until(lambda: kept.committed() == 3)
    assert kept.count(kept.letters) >= 1


def test_a_release_that_fails_everything_stops_its_worker_and_fills_no_dead_letters(kept: Kept):
    kept.create(kept.source, kept.written, kept.letters)
    kept.publish(*[b"bad"] * 20)

    kept.worker.start()
    code = kept.ended()

    assert code == 70
    assert kept.count(kept.letters) == kept.committed() == 3
    assert kept.until(lambda: kept.committed() == 5)
    assert kept.count(kept.letters) == 5
    assert kept.worker.restarts >= 2


def test_a_worker_that_is_told_to_end_while_it_still_starts_ends(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        kept = Kept(f"127.0.0.1:{silent.getsockname()[1]}", tmp_path, "starting")
        kept.worker.start()
        connection, _ = silent.accept()
        with connection:
            kept.worker.terminate()

            assert kept.ended() == 0


def test_a_worker_that_is_started_while_the_broker_is_away_does_its_work_when_it_comes(
    kafka_jars: Path, tmp_path: Path, unique_name: Callable[[str], str]
):
    folder = tmp_path / "kafka"
    with EmbeddedKafka(folder, kafka_jars) as broker:
        kept = Kept(broker.bootstrap, tmp_path, unique_name("early"))
        kept.create(kept.source, kept.written)
        kept.publish(b"a")
    kept.worker.start()
    kept.until(lambda: kept.worker.restarts > 0, seconds=8)

    try:
        with EmbeddedKafka(folder, kafka_jars) as broker:
            assert broker.bootstrap == kept.bootstrap
            assert kept.until(lambda: kept.count(kept.written) >= 1)
            assert kept.until(lambda: kept.committed() == 1)
            kept.stop()
    finally:
        kept.stop()
