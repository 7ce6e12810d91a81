"""One worker on a real broker, with steps made for the test: what Faust does around the harness."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer, TopicPartition

from streams.local.kafka import EmbeddedKafka
from streams.operations.cluster import Cluster
from streams.operations.groups import committed
from streams.operations.offsets import Place, ends
from streams.operations.publish import OutgoingRecord, publish

pytestmark = pytest.mark.integration

# Copies records to its output topic. A value "late" is due in an hour, "other" is another lane's,
# "stuck" never ends, and "closed" ends with an error when the steps are closed.
PROGRAM = """
import asyncio, sys, time
from pathlib import Path
from schemas.records.terms import Stage
from streams.logs import configure_logs
from streams.stages.app import AppOptions
from streams.stages.attempts import AttemptJournal
from streams.stages.harness import HarnessOptions
from streams.stages.outcome import NothingToOpen, Output, Work
from streams.stages.worker import StageWorker, WorkerOptions

bootstrap, folder, group, output, stuck, *inputs = sys.argv[1:]


class Copy(NothingToOpen):
    stage = Stage.SCORING

    def __init__(self):
        self.inputs = tuple(inputs)

        self.closed = asyncio.Event()

    async def close(self):
        self.closed.set()
        await asyncio.sleep(0.5)

    def admit(self, record):
        if record.value == b"other":
            return None
        due = time.time_ns() // 1_000_000 + 3_600_000 if record.value == b"late" else 0
        return Work(None, record.key.decode(), 1, not_before_ms=due)

    async def work(self, record, work):
        if record.value == b"stuck":
            await asyncio.sleep(3600)
        if record.value == b"closed":
            Path(folder, "begun").touch()
            await self.closed.wait()
            raise RuntimeError("cannot schedule new futures after shutdown")
        return [Output(output, record.key, record.value)]


configure_logs("WARNING")
worker = StageWorker(
    Copy(),
    AttemptJournal(Path(folder) / "attempts"),
    AppOptions(group=group, member=group, bootstrap=bootstrap, data_dir=folder, session_timeout_seconds=6.0),
    HarnessOptions(window=4, group=group, version="1"),
    WorkerOptions(drain_seconds=1, stuck_seconds=float(stuck)),
)
sys.exit(worker.run())
"""


class Worker:
    """The program above as a process, with topics of its own."""

    def __init__(self, kafka: EmbeddedKafka, folder: Path, name: Callable[[str], str]) -> None:
        self.bootstrap, self.folder = kafka.bootstrap, folder
        self.group, self.output = name("group"), name("output")
        self.inputs = [name("first"), name("second")]
        self.cluster = Cluster(kafka.bootstrap)
        self.cluster.admin.create_topics(
            {topic: {"num_partitions": 1} for topic in (*self.inputs, self.output)}
        )
        self.cluster.admin.wait_for_topics([*self.inputs, self.output])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, stuck_seconds: float = 60) -> None:
        program = self.folder / "program.py"
        program.write_text(PROGRAM)
        arguments = [self.bootstrap, self.folder, self.group, self.output, stuck_seconds, *self.inputs]
        self.process = subprocess.Popen([sys.executable, program, *map(str, arguments)])

    def stop(self) -> None:
        if self.process is not None and self.running:
            self.process.terminate()
            self.process.wait(30)
        self.cluster.close()

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self.process.poll() if self.process is not None else None

    def publish(self, topic: int, values: list[bytes]) -> None:
        records = [OutgoingRecord(key=b"k%d" % n, value=value) for n, value in enumerate(values)]
        publish(self.cluster, self.inputs[topic], records)

    def copied(self) -> int:
        place = Place(self.output, 0)
        return ends(self.cluster, [place])[place]

    def committed(self, topic: int) -> int:
        return committed(self.cluster, self.group).get(Place(self.inputs[topic], 0), 0)


@pytest.fixture
def worker(kafka: EmbeddedKafka, tmp_path: Path, unique_name: Callable[[str], str]) -> Iterator[Worker]:
    made = Worker(kafka, tmp_path, unique_name)
    yield made
    made.stop()


def eventually(done: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.2)
    return False


def test_records_that_wait_for_their_time_hold_up_no_other_topic(worker: Worker):
    worker.publish(0, [b"late"] * 200)
    worker.start()
    time.sleep(8)

    worker.publish(1, [b"now"] * 20)

    assert eventually(lambda: worker.copied() == 20)
    assert worker.committed(0) == 0


def test_a_topic_that_ends_in_a_transaction_marker_or_was_emptied_gives_no_work(worker: Worker):
    producer = KafkaProducer(
        bootstrap_servers=worker.bootstrap, transactional_id=worker.group, acks="all", key_serializer=None
    )
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(worker.inputs[0], key=b"k", value=b"now").get(30)
    producer.commit_transaction()
    producer.close()
    worker.publish(1, [b"now"] * 3)
    worker.cluster.admin.delete_records({TopicPartition(worker.inputs[1], 0): 3})

    worker.start(stuck_seconds=2)

    assert eventually(lambda: worker.copied() == 1)
    time.sleep(6)
    assert worker.running


def test_work_that_makes_no_progress_ends_the_worker_with_code_70(worker: Worker):
    worker.start(stuck_seconds=2)
    worker.publish(0, [b"stuck"])

    assert eventually(lambda: not worker.running)
    assert worker.exit_code == 70
    assert worker.committed(0) == 0


def test_a_record_that_is_still_in_work_when_the_worker_must_end_is_not_blamed_for_it(worker: Worker):
    worker.start()
    worker.publish(0, [b"closed"])
    assert eventually((worker.folder / "begun").exists)

    worker.process.terminate()

    assert eventually(lambda: not worker.running)
    assert worker.exit_code == 0
    assert not (worker.folder / "attempts").exists() or (worker.folder / "attempts").read_text() == ""
    assert worker.committed(0) == 0
