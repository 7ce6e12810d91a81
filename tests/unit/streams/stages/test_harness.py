import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry

from schemas.dead_letters import DeadLetterHeaders
from schemas.records.terms import DeadLetterReason, Stage
from schemas.topics import CLASSIFIED, dead_letter_topic
from streams.stages.acker import OrderedAcker
from streams.stages.attempts import AttemptJournal
from streams.stages.harness import FATAL, Harness, HarnessOptions, Shell
from streams.stages.metrics import StageMetrics
from streams.stages.outcome import (
    Incoming,
    NothingToOpen,
    Output,
    ResourceFailure,
    Unavailable,
    Unprocessable,
    Work,
)


@dataclass
class FakeMessage:
    tp: tuple[str, int]
    offset: int
    generation_id: int = 1


@dataclass
class FakeEvent:
    message: FakeMessage
    world: "World"

    def ack(self) -> bool:
        self.world.acked.append(self.message.offset)
        return True


@dataclass
class World:
    """The fake outside: what was sent, acknowledged and stopped, in the order it happened."""

    sent: list[Output] = field(default_factory=list)
    acked: list[int] = field(default_factory=list)
    stopped: list[tuple[int, str]] = field(default_factory=list)
    broker_failures: int = 0
    too_large: str = ""

    async def send(self, output: Output) -> None:
        if output.topic == self.too_large:
            raise Unprocessable(DeadLetterReason.OVERSIZE, "too large")
        if self.broker_failures:
            self.broker_failures -= 1
            raise Unavailable("NotLeaderForPartition")
        self.sent.append(output)


class EchoSteps(NothingToOpen):
    """Sends what it gets; ``behaviour`` may raise or wait first. Values starting with 's' are not its own."""

    stage = Stage.CLASSIFICATION
    inputs = ("in",)

    def __init__(self, behaviour: Callable[[Incoming], object] = lambda record: None) -> None:
        self.behaviour = behaviour
        self.now = 0
        self.most_at_once = 0

    def admit(self, record: Incoming) -> Work | None:
        if record.value == b"bad":
            raise Unprocessable(DeadLetterReason.UNDECODABLE, "no frame")
        if record.value is not None and record.value.startswith(b"s"):
            return None
        return Work(record, (record.key or b"").decode(), 1)

    async def work(self, record: Incoming, work: Work) -> Sequence[Output]:
        self.now += 1
        self.most_at_once = max(self.most_at_once, self.now)
        try:
            pending = self.behaviour(record)
            if asyncio.iscoroutine(pending):
                await pending
            else:
                await asyncio.sleep(0)
        finally:
            self.now -= 1
        return [Output(CLASSIFIED, record.key or b"", record.value or b"")]


class MistakenSteps(EchoSteps):
    """Decoding has a bug."""

    def admit(self, record: Incoming) -> Work | None:
        raise ZeroDivisionError


class LateSteps(EchoSteps):
    """Values "late" are not due for ``delay_ms``."""

    def __init__(self, delay_ms: int = 3_600_000) -> None:
        super().__init__()
        self.delay_ms = delay_ms

    def admit(self, record: Incoming) -> Work | None:
        due = 1_000 + self.delay_ms if record.value == b"late" else 0
        return Work(record, (record.key or b"").decode(), 1, not_before_ms=due)


class Bench:
    """One harness over the fake world."""

    def __init__(self, folder: Path, steps: EchoSteps, **options: object) -> None:
        self.world = World()
        self.steps = steps
        self.journal = AttemptJournal(folder / "attempts")
        chosen = {"window": 8, "group": "g", "version": "1", "longest_wait_seconds": 0.01, **options}
        self.acker = OrderedAcker(lambda: 1)
        shell = Shell(
            send=self.world.send,
            acker=self.acker,
            journal=self.journal,
            metrics=StageMetrics(Stage.CLASSIFICATION, CollectorRegistry()),
            clock_ms=lambda: 1_000,
            stop=lambda code, reason: self.world.stopped.append((code, reason)),
        )
        self.harness = Harness(steps, shell, HarnessOptions(**chosen))  # type: ignore[arg-type]

    async def feed(self, *values: bytes, keys: Sequence[bytes] = (), first: int = 0) -> None:
        for n, value in enumerate(values, start=first):
            key = keys[n - first] if keys else b"k%d" % n
            record = Incoming("in", 0, n, 0, key, value)
            await self.harness.receive(FakeEvent(FakeMessage(("in", 0), n), self.world), record)
        await self.harness.drain(5)
        self.harness._draining = False


async def test_an_input_is_acknowledged_only_after_its_output_is_confirmed(tmp_path: Path):
    bench = Bench(tmp_path, EchoSteps())
    bench.world.broker_failures = 3

    await bench.feed(b"a")

    assert [output.value for output in bench.world.sent] == [b"a"]
    assert bench.world.acked == [0]
    assert bench.world.stopped == []


async def test_quick_records_wait_for_the_slow_one_before_them(tmp_path: Path):
    slow = asyncio.Event()

    async def behaviour(record: Incoming) -> None:
        if record.offset == 0:
            await slow.wait()

    bench = Bench(tmp_path, EchoSteps(behaviour))
    feeding = asyncio.create_task(bench.feed(b"a", b"b", b"c"))
    async with asyncio.timeout(10):
        while len(bench.world.sent) < 2:
            await asyncio.sleep(0.001)
    before = list(bench.world.acked)
    slow.set()
    await feeding

    assert before == []
    assert bench.world.acked == [0, 1, 2]


async def test_records_of_one_key_are_worked_one_after_the_other(tmp_path: Path):
    steps = EchoSteps(lambda record: asyncio.sleep(0.001))
    bench = Bench(tmp_path, steps)

    await bench.feed(b"a", b"b", b"c", keys=[b"same"] * 3)

    assert steps.most_at_once == 1
    assert [output.value for output in bench.world.sent] == [b"a", b"b", b"c"]


async def test_no_more_records_are_taken_than_the_window_holds(tmp_path: Path):
    steps = EchoSteps(lambda record: asyncio.sleep(0.001))
    bench = Bench(tmp_path, steps, window=2)

    await bench.feed(*[b"%d" % n for n in range(6)])

    assert steps.most_at_once == 2
    assert bench.world.acked == list(range(6))


async def test_a_bad_record_becomes_a_dead_letter_with_its_bytes_and_its_neighbours_go_on(tmp_path: Path):
    bench = Bench(tmp_path, EchoSteps())

    await bench.feed(b"a", b"bad", b"c")

    letter = next(
        output for output in bench.world.sent if output.topic == dead_letter_topic(Stage.CLASSIFICATION)
    )
    headers = DeadLetterHeaders.from_kafka(letter.headers)
    assert (letter.key, letter.value) == (b"k1", b"bad")
    assert (headers.reason, headers.src_topic, headers.src_offset) == (DeadLetterReason.UNDECODABLE, "in", 1)
    assert bench.world.acked == [0, 1, 2]


async def test_records_of_another_lane_are_acknowledged_without_output(tmp_path: Path):
    bench = Bench(tmp_path, EchoSteps())

    await bench.feed(b"skip", b"b")

    assert [output.value for output in bench.world.sent] == [b"b"]
    assert bench.world.acked == [0, 1]


async def test_an_unavailable_world_is_waited_for_and_never_dead_lettered(tmp_path: Path):
    tries = []

    def behaviour(record: Incoming) -> None:
        tries.append(record.offset)
        if len(tries) < 8:
            raise Unavailable("store down")

    bench = Bench(tmp_path, EchoSteps(behaviour))
    await bench.feed(b"a")

    assert len(tries) == 8
    assert [output.topic for output in bench.world.sent] == [CLASSIFIED]


async def test_broken_means_get_three_attempts_and_then_a_dead_letter(tmp_path: Path):
    tries = []

    def behaviour(record: Incoming) -> None:
        tries.append(1)
        raise ResourceFailure(DeadLetterReason.ASR_CRASH, "child ended by signal 11")

    bench = Bench(tmp_path, EchoSteps(behaviour))
    await bench.feed(b"a")

    headers = DeadLetterHeaders.from_kafka(bench.world.sent[0].headers)
    assert len(tries) == 3
    assert (headers.reason, headers.attempts) == (DeadLetterReason.ASR_CRASH, 3)
    assert bench.world.acked == [0]


async def test_an_unknown_failure_stops_the_worker_and_acknowledges_nothing(tmp_path: Path):
    bench = Bench(tmp_path, EchoSteps(_explode))

    await bench.feed(b"a")

    assert bench.world.stopped == [(FATAL, "ZeroDivisionError")]
    assert bench.world.acked == []


async def test_a_record_that_stopped_its_worker_three_times_becomes_a_dead_letter(tmp_path: Path):
    for _ in range(3):
        bench = Bench(tmp_path, EchoSteps(_explode))
        await bench.feed(b"a")
        bench.journal.close()

    bench = Bench(tmp_path, EchoSteps(_explode))
    await bench.feed(b"a")

    headers = DeadLetterHeaders.from_kafka(bench.world.sent[0].headers)
    assert headers.reason is DeadLetterReason.REPEATED_FAILURE
    assert bench.world.acked == [0]
    assert bench.world.stopped == []


async def test_a_flood_of_dead_letters_stops_the_worker(tmp_path: Path):
    bench = Bench(tmp_path, EchoSteps(), dead_letters_in_a_row=3)

    await bench.feed(*[b"bad"] * 4)

    assert len(bench.world.sent) == 3
    assert bench.world.stopped == [(FATAL, "TooManyDeadLetters")]
    assert bench.world.acked == [0, 1, 2]


async def test_a_worker_stopped_by_a_flood_sets_aside_one_record_after_each_restart(tmp_path: Path):
    sent = []
    for _ in range(3):
        bench = Bench(tmp_path, EchoSteps(), dead_letters_in_a_row=3)
        await bench.feed(*[b"bad"] * 6)
        bench.journal.close()
        sent.append(len(bench.world.sent))

    assert sent == [3, 1, 1]


async def test_a_record_that_passes_closes_the_breaker_for_the_next_process_too(tmp_path: Path):
    bench = Bench(tmp_path, EchoSteps(), dead_letters_in_a_row=3)
    await bench.feed(b"bad", b"bad", b"good")
    bench.journal.close()

    after = Bench(tmp_path, EchoSteps(), dead_letters_in_a_row=3)
    await after.feed(b"bad", b"bad", b"bad")

    assert len(after.world.sent) == 3
    assert after.world.stopped == []


async def test_a_flood_is_not_the_fault_of_the_record_at_which_the_worker_stops(tmp_path: Path):
    bench = Bench(tmp_path, EchoSteps(), dead_letters_in_a_row=1)
    await bench.feed(b"bad", b"bad")

    assert bench.journal.attempts(Incoming("in", 0, 1, 0, b"k1", b"bad")) == 0


async def test_a_failure_nobody_thought_of_while_decoding_stops_the_worker_and_later_sets_aside(
    tmp_path: Path,
):
    stopped = []
    for _ in range(4):
        bench = Bench(tmp_path, MistakenSteps())
        await bench.feed(b"a")
        bench.journal.close()
        stopped.append(bool(bench.world.stopped))

    headers = DeadLetterHeaders.from_kafka(bench.world.sent[0].headers)
    assert stopped == [True, True, True, False]
    assert headers.reason is DeadLetterReason.REPEATED_FAILURE
    assert bench.world.acked == [0]


async def test_an_output_too_large_for_its_topic_makes_its_input_a_dead_letter(tmp_path: Path):
    bench = Bench(tmp_path, EchoSteps())
    bench.world.too_large = CLASSIFIED

    await bench.feed(b"a", b"b")

    reasons = [DeadLetterHeaders.from_kafka(output.headers).reason for output in bench.world.sent]
    assert reasons == [DeadLetterReason.OVERSIZE] * 2
    assert [output.value for output in bench.world.sent] == [b"a", b"b"]
    assert bench.world.acked == [0, 1]


async def test_a_record_that_is_not_due_holds_up_no_other_and_no_drain(tmp_path: Path):
    bench = Bench(tmp_path, LateSteps(), window=1)

    async with asyncio.timeout(5):
        await bench.feed(b"late", b"now")

    assert [output.value for output in bench.world.sent] == [b"now"]
    assert bench.world.acked == []
    assert bench.harness.in_work == 0


async def test_a_record_is_worked_once_it_is_due(tmp_path: Path):
    bench = Bench(tmp_path, LateSteps(delay_ms=20))
    receiving = asyncio.create_task(bench.feed(b"late"))
    await receiving

    async with asyncio.timeout(5):
        while not bench.world.acked:
            await asyncio.sleep(0.005)

    assert [output.value for output in bench.world.sent] == [b"late"]


async def test_only_so_many_records_lie_behind_an_unfinished_one(tmp_path: Path):
    slow = asyncio.Event()

    async def behaviour(record: Incoming) -> None:
        await slow.wait()

    bench = Bench(tmp_path, EchoSteps(behaviour), backlog=5)
    feeding = asyncio.create_task(bench.feed(b"work", *[b"skip"] * 20))
    for _ in range(50):
        await asyncio.sleep(0)
    held = bench.acker.unfinished()
    slow.set()
    async with asyncio.timeout(5):
        await feeding

    assert held == 5
    assert bench.world.acked == list(range(21))


async def test_a_replay_ends_at_its_offset_and_takes_only_what_was_asked_for(tmp_path: Path):
    bench = Bench(tmp_path, EchoSteps(), until={"in": {0: 3}}, only=frozenset({"k1"}), lane="replay")

    await bench.feed(b"a", b"b", b"c", b"d")

    assert [(output.topic, output.value) for output in bench.world.sent] == [
        (f"{CLASSIFIED}.lane-replay", b"b")
    ]
    assert bench.world.acked == [0, 1, 2]


async def test_a_drained_harness_takes_nothing_more(tmp_path: Path):
    bench = Bench(tmp_path, EchoSteps())

    assert await bench.harness.drain(1)
    await bench.harness.receive(
        FakeEvent(FakeMessage(("in", 0), 0), bench.world), Incoming("in", 0, 0, 0, b"k", b"v")
    )

    assert bench.harness.in_work == 0
    assert bench.world.sent == []


def _explode(record: Incoming) -> None:
    raise ZeroDivisionError
