"""The batcher beside a store that falls, fills up and refuses: nothing dropped, nothing blamed wrongly."""

import asyncio
from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sinks.batcher import Batcher, BatchLimits
from sinks.memory import MemorySink
from sinks.sink import SinkOverloaded, SinkRejected, SinkUnavailable
from sinks.tables import Row, Rows

LIMITS = BatchLimits(rows=6, bytes=1_000, age_s=0.002)
POISON = "poison"


def survey(number: int, place: int, name: str) -> Row:
    return (f"{number}", f"{number}-{place}", None, 1, name, 5.0, 1.0, 5.0, "YES", 0, 0, 1)


class Store(MemorySink):
    """Down, short of memory, or in order; a row of poison is always refused."""

    def __init__(self) -> None:
        super().__init__()
        self.down = False
        self.most_rows = 100
        self.sizes: list[int] = []
        self.order: list[int] = []

    def write(self, rows: Rows) -> None:
        every = [row for each in rows.values() for row in each]
        self.sizes.append(len(every))
        if self.down:
            raise SinkUnavailable("down")
        if len(every) > self.most_rows:
            raise SinkOverloaded("memory")
        if any(row[4] == POISON for row in every):
            raise SinkRejected("poison")
        super().write(rows)
        self.order += [int(row[0]) for row in every]


@dataclass
class Submitted:
    rows: list[Row]
    task: "asyncio.Task[None]"

    @property
    def poisoned(self) -> bool:
        return any(row[4] == POISON for row in self.rows)


class BatcherUnderFire(RuleBasedStateMachine):
    """Submissions of some rows, one of them perhaps poison, while the store changes its mind."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.store = Store()
        self.submitted: list[Submitted] = []
        self.batcher = Batcher(self.store, LIMITS, lambda attempt, error: None, lambda _: asyncio.sleep(0))
        self.loop.run_until_complete(self.batcher.__aenter__())

    @rule(names=st.lists(st.sampled_from(["sms", "email", POISON, "字" * 200]), min_size=1, max_size=8))
    def submit(self, names: list[str]) -> None:
        number = len(self.submitted)
        rows = [survey(number, place, name) for place, name in enumerate(names)]
        self.submitted.append(Submitted(rows, self.loop.create_task(self.batcher.add({"qa.survey": rows}))))

    @rule(down=st.booleans(), most_rows=st.sampled_from([1, 2, 5, 100]))
    def change_the_store(self, down: bool, most_rows: int) -> None:
        self.store.down, self.store.most_rows = down, most_rows

    @precondition(lambda self: self.submitted)
    @rule(milliseconds=st.integers(0, 4))
    def let_time_pass(self, milliseconds: int) -> None:
        self.loop.run_until_complete(asyncio.sleep(milliseconds / 1000))

    @invariant()
    def what_is_durable_is_stored_and_only_poison_is_refused(self) -> None:
        stored = self.store.rows_of("qa.survey")
        for one in self.submitted:
            if not one.task.done():
                continue
            error = one.task.exception()
            assert (type(error) is SinkRejected) == one.poisoned
            assert error is not None or all(row in stored for row in one.rows)

    @invariant()
    def rows_are_stored_in_the_order_of_submission(self) -> None:
        assert self.store.order == sorted(self.store.order)

    @invariant()
    def no_insert_holds_more_than_the_limit_unless_one_submission_does(self) -> None:
        assert all(size <= max(LIMITS.rows, 8) for size in self.store.sizes)

    def teardown(self) -> None:
        self.store.down, self.store.most_rows = False, 1
        tasks = [one.task for one in self.submitted]
        if tasks:
            done, late = self.loop.run_until_complete(asyncio.wait(tasks, timeout=30))
            assert not late, "a submission was dropped"
        self.what_is_durable_is_stored_and_only_poison_is_refused()
        self.rows_are_stored_in_the_order_of_submission()
        self.loop.run_until_complete(self.batcher.__aexit__(None, None, None))
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()


TestBatcherUnderFire = BatcherUnderFire.TestCase
TestBatcherUnderFire.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
