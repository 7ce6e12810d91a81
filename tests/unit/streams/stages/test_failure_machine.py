"""The harness, record by record, through every class of failure and ``kill -9``."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from prometheus_client import CollectorRegistry

from schemas.dead_letters import DeadLetterHeaders
from schemas.records.terms import DeadLetterReason, Stage
from schemas.topics import CLASSIFIED, dead_letter_topic
from streams.stages.acker import OrderedAcker
from streams.stages.attempts import AttemptJournal
from streams.stages.harness import Harness, HarnessOptions, Shell
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

IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""The journal fsyncs; thousands of them on a disk would take minutes."""
ATTEMPTS = 3
DEAD_LETTER = dead_letter_topic(Stage.CLASSIFICATION)
REASONS = {
    "resource": DeadLetterReason.ASR_CRASH,
    "bug": DeadLetterReason.REPEATED_FAILURE,
    "invalid": DeadLetterReason.INVALID,
}


@dataclass
class Plan:
    """What becomes of a record's work: it fails ``times`` in this way, then it passes."""

    kind: str
    times: int
    done: int = 0

    @property
    def reason(self) -> DeadLetterReason | None:
        """Why it must become a dead letter; None where it must pass."""
        bounded = self.kind in ("resource", "bug") and self.times >= ATTEMPTS
        return REASONS[self.kind] if self.kind == "invalid" or bounded else None


@dataclass
class Message:
    tp: tuple[str, int]
    offset: int
    generation_id: int = 1


@dataclass
class Event:
    message: Message
    acked: list[int]

    def ack(self) -> bool:
        self.acked.append(self.message.offset)
        return True


@dataclass
class World:
    """What outlives a process: the log with its plans, what was sent, what was acknowledged."""

    plans: list[Plan] = field(default_factory=list)
    sent: dict[int, list[Output]] = field(default_factory=dict)
    acked: list[int] = field(default_factory=list)
    broker_failures: int = 0


class PlannedSteps(NothingToOpen):
    stage = Stage.CLASSIFICATION
    inputs = ("in",)

    def __init__(self, world: World) -> None:
        self.world = world

    def admit(self, record: Incoming) -> Work | None:
        return Work(None, f"i{record.offset}", 1)

    async def work(self, record: Incoming, work: Work) -> Sequence[Output]:
        await asyncio.sleep(0)
        plan = self.world.plans[record.offset]
        if plan.kind == "invalid":
            raise Unprocessable(DeadLetterReason.INVALID, "never")
        if plan.done < plan.times:
            plan.done += 1
            raise {
                "transient": Unavailable("down"),
                "resource": ResourceFailure(DeadLetterReason.ASR_CRASH, "signal 11"),
                "bug": ZeroDivisionError(),
            }[plan.kind]
        return [Output(CLASSIFIED, record.key or b"", b"out")]


class HarnessUnderFire(RuleBasedStateMachine):
    """Records with plans, a broker that does not answer, ``kill -9`` at any await, and restarts after it."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda loop, context: None)  # a dead process complains to nobody
        self.folder = TemporaryDirectory(dir=IN_MEMORY)
        self.world = World()
        self._start()

    def _start(self) -> None:
        """A new process: it is given everything after what is committed, in order."""
        self.journal = AttemptJournal(Path(self.folder.name) / "attempts")
        shell = Shell(
            send=self._send,
            acker=OrderedAcker(lambda: 1),
            journal=self.journal,
            metrics=StageMetrics(Stage.CLASSIFICATION, CollectorRegistry()),
            clock_ms=lambda: 1_000,
            stop=self._exit,
        )
        options = HarnessOptions(
            window=3, group="g", version="1", attempts=ATTEMPTS, longest_wait_seconds=0.001
        )
        self.harness = Harness(PlannedSteps(self.world), shell, options)
        self.delivered = len(self.world.acked)

    async def _send(self, output: Output) -> None:
        await asyncio.sleep(0)
        if self.world.broker_failures:
            self.world.broker_failures -= 1
            raise Unavailable("NotLeaderForPartition")
        self.world.sent.setdefault(int(output.key), []).append(output)

    def _exit(self, code: int, reason: str) -> NoReturn:
        """``os._exit``: nothing of this process runs any more."""
        raise SystemExit(code)

    def _run(self, turns: int) -> None:
        """So many turns of the loop; a worker that stops itself is started again by its supervisor."""
        try:
            self.loop.run_until_complete(self._turns(turns))
        except SystemExit:
            self.kill()

    async def _turns(self, turns: int) -> None:
        for _ in range(turns):
            if self.delivered < len(self.world.plans):
                offset = self.delivered
                self.delivered += 1
                record = Incoming("in", 0, offset, 0, b"%d" % offset, b"v")
                event = Event(Message(("in", 0), offset), self.world.acked)
                feeding = asyncio.ensure_future(self.harness.receive(event, record))
                while not feeding.done():
                    await asyncio.sleep(0.0005)
            await asyncio.sleep(0)

    @rule(kind=st.sampled_from(["transient", "resource", "bug", "invalid"]), times=st.integers(0, 4))
    def publish(self, kind: str, times: int) -> None:
        self.world.plans.append(Plan(kind, times))

    @rule(failures=st.integers(1, 4))
    def the_broker_does_not_answer(self, failures: int) -> None:
        self.world.broker_failures += failures

    @rule(turns=st.integers(1, 12))
    def go_on(self, turns: int) -> None:
        self._run(turns)

    @rule()
    def kill(self) -> None:
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.journal.close()
        self._start()

    @invariant()
    def acknowledged_is_a_prefix_and_every_record_of_it_has_its_one_kind_of_outcome(self) -> None:
        assert self.world.acked == list(range(len(self.world.acked)))
        for offset in self.world.acked:
            assert self.world.sent.get(offset)
        for offset, outputs in self.world.sent.items():
            for output in outputs:
                self._check(self.world.plans[offset], output)

    @staticmethod
    def _check(plan: Plan, output: Output) -> None:
        if plan.reason is None:
            assert output.topic == CLASSIFIED, f"{plan} became a dead letter"
            return
        headers = DeadLetterHeaders.from_kafka(output.headers)
        assert (output.topic, output.value, headers.reason) == (DEAD_LETTER, b"v", plan.reason)
        assert headers.attempts == (1 if plan.kind == "invalid" else ATTEMPTS)

    @invariant()
    def nobody_gets_more_attempts_than_the_limit(self) -> None:
        for plan in self.world.plans:
            assert plan.kind == "transient" or plan.done <= ATTEMPTS

    def teardown(self) -> None:
        for _ in range(400):
            if len(self.world.acked) == len(self.world.plans):
                break
            self._run(20)
        assert len(self.world.acked) == len(self.world.plans), "a record never had its outcome"
        self.acknowledged_is_a_prefix_and_every_record_of_it_has_its_one_kind_of_outcome()
        self.kill()
        self.loop.close()
        self.journal.close()
        self.folder.cleanup()


TestHarnessUnderFire = HarnessUnderFire.TestCase
TestHarnessUnderFire.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
