from streams.stages.acker import OrderedAcker
from streams.stages.watchdog import Stall


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
