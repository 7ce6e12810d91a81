import asyncio
import threading
from collections.abc import Callable

import pytest

from sinks.batcher import Batcher, BatchLimits
from sinks.memory import MemorySink
from sinks.sink import SinkOverloaded, SinkRejected, SinkUnavailable
from sinks.tables import TABLES, Row, Rows

EAGER = BatchLimits(rows=1000, bytes=1_000_000, age_s=0.01)


def survey(interaction_id: str, tenant: str = "t") -> Row:
    return (tenant, interaction_id, None, 1, "sms", 5.0, 1.0, 5.0, "YES", 0, 0, 1)


def surveys(*names: str) -> Rows:
    return {"qa.survey": [survey(name) for name in names]}


def names_in(sink: MemorySink) -> list[str]:
    return [row[1] for row in sink.rows_of("qa.survey")]


class Recorded:
    """Notes of what the batcher waited for."""

    def __init__(self) -> None:
        self.waits: list[tuple[int, str]] = []
        self.slept = 0

    def waiting(self, attempt: int, error: BaseException) -> None:
        self.waits.append((attempt, str(error)))

    async def sleep(self, _: float) -> None:
        self.slept += 1
        await asyncio.sleep(0)


class ChoosySink(MemorySink):
    """Asks ``verdict`` before each write, and notes the number of rows of each."""

    def __init__(self, verdict: Callable[[list[Row]], Exception | None]) -> None:
        super().__init__()
        self._verdict = verdict
        self.sizes: list[int] = []
        self.orders: list[list[str]] = []

    def write(self, rows: Rows) -> None:
        every = [row for name in TABLES for row in rows.get(name, [])]
        self.sizes.append(len(every))
        self.orders.append([name for name in rows for _ in rows[name]])
        error = self._verdict(every)
        if error is not None:
            raise error
        super().write(rows)


def batcher(sink: MemorySink, limits: BatchLimits = EAGER, notes: Recorded | None = None) -> Batcher:
    notes = notes or Recorded()
    return Batcher(sink, limits, notes.waiting, notes.sleep)


async def test_a_submission_is_durable_when_add_returns():
    sink = MemorySink()
    async with batcher(sink) as running:
        await running.add(surveys("a"))

        assert names_in(sink) == ["a"]


async def test_submissions_that_meet_go_in_one_insert():
    sink = ChoosySink(lambda rows: None)
    async with batcher(sink) as running:
        await asyncio.gather(*(running.add(surveys(name)) for name in "abcde"))

    assert sink.sizes == [5]


async def test_a_full_batch_does_not_wait_for_its_age():
    sink = ChoosySink(lambda rows: None)
    async with batcher(sink, BatchLimits(rows=3, age_s=3600)) as running:
        await asyncio.gather(*(running.add(surveys(name)) for name in "abcdef"))

    assert sink.sizes == [3, 3]


async def test_bytes_fill_a_batch_as_rows_do():
    sink = ChoosySink(lambda rows: None)
    large = {"qa_content.survey_comment": [("t", "i", "字" * 400, 1)]}
    async with batcher(sink, BatchLimits(bytes=1000, age_s=3600)) as running:
        await running.add(large)

    assert sink.sizes == [1]


async def test_only_the_submission_with_the_bad_row_is_rejected():
    def verdict(rows: list[Row]) -> Exception | None:
        return SinkRejected("bad") if any(row[1] == "bad" for row in rows) else None

    sink = ChoosySink(verdict)
    async with batcher(sink) as running:
        outcomes = await asyncio.gather(
            *(running.add(surveys(name)) for name in ["a", "b", "bad", "c", "d"]), return_exceptions=True
        )

    assert [type(outcome) for outcome in outcomes] == [type(None)] * 2 + [SinkRejected] + [type(None)] * 2
    assert names_in(sink) == ["a", "b", "c", "d"]


async def test_an_unavailable_store_is_tried_again_until_it_answers():
    failures = iter([SinkUnavailable("down")] * 7)
    sink = ChoosySink(lambda rows: next(failures, None))
    notes = Recorded()
    async with batcher(sink, EAGER, notes) as running:
        await running.add(surveys("a"))

    assert names_in(sink) == ["a"]
    assert notes.waits == [(n, "down") for n in range(1, 8)]
    assert notes.slept == 7


async def test_an_overloaded_store_gets_halves():
    sink = ChoosySink(lambda rows: SinkOverloaded("memory") if len(rows) > 2 else None)
    async with batcher(sink) as running:
        await asyncio.gather(*(running.add(surveys(name)) for name in "abcdefgh"))

    assert max(sink.sizes) == 8
    assert sink.sizes[-1] == 2
    assert names_in(sink) == list("abcdefgh")


async def test_one_large_submission_is_halved_in_the_order_of_writing():
    sink = ChoosySink(lambda rows: SinkOverloaded("memory") if len(rows) > 1 else None)
    rows: Rows = {
        "qa.survey": [survey("a"), survey("b")],
        "qa_content.survey_comment": [("t", "a", "", 1), ("t", "b", "", 1)],
    }
    async with batcher(sink) as running:
        await running.add(rows)

    stored = [order[0] for order, size in zip(sink.orders, sink.sizes, strict=True) if size == 1]
    assert stored == ["qa_content.survey_comment"] * 2 + ["qa.survey"] * 2


async def test_a_single_row_that_is_too_much_waits_for_better_times():
    failures = iter([SinkOverloaded("memory")] * 3)
    sink = ChoosySink(lambda rows: next(failures, None))
    notes = Recorded()
    async with batcher(sink, EAGER, notes) as running:
        await running.add(surveys("a"))

    assert names_in(sink) == ["a"]
    assert len(notes.waits) == 3


async def test_tables_are_written_in_their_order_over_all_submissions_of_a_batch():
    sink = ChoosySink(lambda rows: None)
    comment: Rows = {"qa_content.survey_comment": [("t", "a", "", 1)]}
    async with batcher(sink) as running:
        await asyncio.gather(running.add(surveys("a")), running.add(comment))

    assert sink.orders == [["qa_content.survey_comment", "qa.survey"]]


async def test_submissions_gather_while_an_insert_is_under_way():
    entered, leave = threading.Event(), threading.Event()

    def slow(rows: list[Row]) -> None:
        entered.set()
        leave.wait(10)

    sink = ChoosySink(slow)
    async with batcher(sink) as running:
        first = asyncio.create_task(running.add(surveys("a")))
        await asyncio.to_thread(entered.wait, 10)
        others = [asyncio.create_task(running.add(surveys(name))) for name in "bcd"]
        await asyncio.sleep(0.05)
        leave.set()
        await asyncio.gather(first, *others)

    assert sink.sizes == [1, 3]


async def test_an_error_nobody_foresaw_reaches_everyone_and_ends_the_batcher():
    sink = ChoosySink(lambda rows: ZeroDivisionError("a bug"))
    async with batcher(sink) as running:
        outcomes = await asyncio.gather(
            running.add(surveys("a")), running.add(surveys("b")), return_exceptions=True
        )
        with pytest.raises(RuntimeError, match="not running"):
            await running.add(surveys("c"))

    assert [type(outcome) for outcome in outcomes] == [ZeroDivisionError, ZeroDivisionError]


async def test_leaving_cancels_what_is_not_durable():
    sink = ChoosySink(lambda rows: SinkUnavailable("down"))
    running = batcher(sink)
    async with running:
        waiting = asyncio.create_task(running.add(surveys("a")))
        late = asyncio.create_task(running.add(surveys("b")))
        await asyncio.sleep(0.05)

    outcomes = await asyncio.gather(waiting, late, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError] * 2
    assert names_in(sink) == []


async def test_a_caller_that_gives_up_does_not_disturb_the_others():
    failures = iter([SinkUnavailable("down")] * 3)
    sink = ChoosySink(lambda rows: next(failures, None))
    async with batcher(sink) as running:
        gone = asyncio.create_task(running.add(surveys("a")))
        stays = asyncio.create_task(running.add(surveys("b")))
        await asyncio.sleep(0)
        gone.cancel()
        await stays

    assert "b" in names_in(sink)


async def test_no_rows_are_durable_at_once():
    sink = ChoosySink(lambda rows: None)
    async with batcher(sink) as running:
        await running.add({})
        await running.add({"qa.survey": []})

    assert sink.sizes == []
