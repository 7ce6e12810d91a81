import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from streams.stages.acker import OrderedAcker
from streams.stages.watchdog import Patience, Stall, Watchdog


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def looks(stall: Stall, clock: Clock, *seen: tuple[float, object, bool]) -> list[bool]:
    """What ``over`` says when it is asked after so many seconds, with a state, and whether one waits."""
    said = []
    for seconds, state, waiting in seen:
        clock.now += seconds
        said.append(stall.over(state, waiting=waiting))
    return said


def test_what_stands_still_for_too_long_while_it_is_waited_for_is_over():
    clock = Clock()

    assert looks(Stall(10, clock), clock, (1, 5, True), (6, 5, True), (5, 5, True)) == [False, False, True]


def test_what_moves_now_and_then_is_not():
    clock = Clock()

    assert looks(Stall(10, clock), clock, (1, 5, True), (9, 6, True), (9, 7, True)) == [False] * 3


def test_time_in_which_nothing_was_waited_for_does_not_count():
    clock = Clock()

    assert looks(Stall(10, clock), clock, (1, 5, False), (60, 5, False), (9, 5, True)) == [False] * 3


def test_what_never_moves_from_the_start_is_over():
    clock = Clock()

    assert looks(Stall(10, clock), clock, (11, None, True)) == [True]


class Message:
    tp = ("t", 0)

    def __init__(self, offset: int, generation_id: int) -> None:
        self.offset = offset
        self.generation_id = generation_id


class Event:
    def __init__(self, offset: int, generation: int) -> None:
        self.message = Message(offset, generation)

    def ack(self) -> bool:
        return True


def test_what_was_acknowledged_before_a_rebalance_is_nobodys_to_commit_after_it():
    generation = 1
    acker = OrderedAcker(lambda: generation)
    acker.finish(acker.take(Event(4, 1)))
    before = acker.acknowledged()

    generation = 2
    after = acker.acknowledged()
    acker.finish(acker.take(Event(9, 2)))

    assert (before, after, acker.acknowledged()) == ({("t", 0): 5}, {}, {("t", 0): 10})


@dataclass
class Consumer:
    """What the watchdog asks of a worker's consumer; by default of one that reads and has read everything."""

    settled: bool = True
    places: set[str] = field(default_factory=lambda: {"t-0"})
    positions: Mapping[str, int] = field(default_factory=lambda: {"t-0": 3})
    ends: Mapping[str, int] = field(default_factory=lambda: {"t-0": 3})
    behind: dict[Any, int] = field(default_factory=dict)

    async def position(self, place: str) -> int:
        return self.positions[place]

    def highwater(self, place: str) -> int:
        return self.ends[place]

    def uncommitted(self, acknowledged: Mapping[Any, int]) -> dict[Any, int]:
        return self.behind


@dataclass
class App:
    consumer: Consumer
    should_stop: bool = False


@dataclass
class Harness:
    in_work: int = 0
    finished_count: int = 0


async def why_it_ends(consumer: Consumer, harness: Harness, seconds: float) -> str | None:
    """What a watchdog of little patience says of this worker, or None when it says nothing for so long."""
    said: list[str] = []
    app = App(consumer)

    def stop(reason: str) -> None:
        said.append(reason)
        app.should_stop = True

    async def stop_in_time() -> None:
        await asyncio.sleep(seconds)
        app.should_stop = True

    stopping = asyncio.create_task(stop_in_time())
    await Watchdog(app, harness, dict, Patience(0.05, 0.05), stop).run()
    stopping.cancel()
    return said[0] if said else None


@pytest.mark.parametrize(
    ("consumer", "harness", "reason"),
    [
        (Consumer(), Harness(), None),
        (Consumer(), Harness(in_work=1), "no outcome"),
        (Consumer(ends={"t-0": 4}), Harness(), "no outcome"),
        (Consumer(behind={"t-0": 2}), Harness(), "no commit"),
        (Consumer(settled=False), Harness(), "outside its group"),
        (Consumer(settled=False, places=set()), Harness(), "outside its group"),
    ],
    ids=["idle", "in work", "unread", "uncommitted", "being rebalanced", "before it has a client"],
)
async def test_a_worker_that_does_not_get_on_ends_and_one_that_has_nothing_to_do_goes_on(
    consumer: Consumer, harness: Harness, reason: str | None
):
    assert await why_it_ends(consumer, harness, 0.3 if reason is None else 30) == reason
