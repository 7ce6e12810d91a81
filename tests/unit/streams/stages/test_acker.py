from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from streams.stages.acker import Delivery, OrderedAcker


@dataclass
class FakeMessage:
    tp: tuple[str, int]
    offset: int
    generation_id: int


@dataclass
class FakeEvent:
    message: FakeMessage
    acked: list[tuple[tuple[str, int], int]] = field(default_factory=list)

    def ack(self) -> bool:
        self.acked.append((self.message.tp, self.message.offset))
        return True


def event(offset: int, log: list, partition: int = 0, generation: int = 1) -> FakeEvent:
    return FakeEvent(FakeMessage(("t", partition), offset, generation), log)


def test_acknowledgements_leave_in_offset_order_whatever_finishes_first():
    acked: list = []
    acker = OrderedAcker(lambda: 1)
    first, second, third = (acker.take(event(n, acked)) for n in range(3))

    acker.finish(third)
    acker.finish(first)
    between = list(acked)
    acker.finish(second)

    assert between == [(("t", 0), 0)]
    assert acked == [(("t", 0), 0), (("t", 0), 1), (("t", 0), 2)]


def test_a_slow_partition_does_not_hold_back_another():
    acked: list = []
    acker = OrderedAcker(lambda: 1)
    acker.take(event(0, acked, partition=0))
    quick = acker.take(event(7, acked, partition=1))

    acker.finish(quick)

    assert acked == [(("t", 1), 7)]


def test_work_of_an_older_generation_is_never_acknowledged():
    acked: list = []
    generation = 1
    acker = OrderedAcker(lambda: generation)
    old = acker.take(event(0, acked))

    generation = 2
    acker.finish(old)

    assert acked == []


def test_the_smallest_unfinished_offset_counts_what_any_generation_has_in_hand():
    generation = 1
    acker = OrderedAcker(lambda: generation)
    old, later = acker.take(event(4, [])), acker.take(event(5, []))
    generation = 2
    again = acker.take(event(4, [], generation=2))

    acker.finish(again)
    acker.finish(later)
    with_old = acker.smallest_unfinished(("t", 0))
    acker.finish(old)

    assert with_old == 4
    assert acker.smallest_unfinished(("t", 0)) is None
    assert acker.smallest_unfinished(("t", 1)) is None


def test_a_partition_that_comes_back_starts_with_an_empty_queue():
    acked: list = []
    generation = 1
    acker = OrderedAcker(lambda: generation)
    old = acker.take(event(0, acked))
    generation = 2
    again = acker.take(event(0, acked, generation=2))

    acker.finish(again)
    acker.finish(old)

    assert acked == [(("t", 0), 0)]


def test_an_event_of_an_older_generation_that_comes_late_does_not_disturb_the_queue():
    acked: list = []
    acker = OrderedAcker(lambda: 2)
    acker.take(event(0, acked, generation=2))
    stale = acker.take(event(0, acked, generation=1))
    second = acker.take(event(1, acked, generation=2))

    acker.finish(stale)
    acker.finish(second)

    assert acked == []
    assert acker.unfinished() == 2


def test_what_a_revoked_partition_left_unfinished_is_not_counted_for_ever():
    acked: list = []
    generation = 1
    acker = OrderedAcker(lambda: generation)
    acker.take(event(0, acked, partition=0))
    generation = 2
    acker.take(event(0, acked, partition=1, generation=2))

    assert acker.unfinished() == 1


class AckerUnderFire(RuleBasedStateMachine):
    """Deliver, finish in any order, rebalance, stale events, ``kill -9``: what is acknowledged never
    passes unfinished work.
    """

    def __init__(self) -> None:
        super().__init__()
        self.generation = 1
        self.acked: list = []
        self.acker = OrderedAcker(lambda: self.generation)
        self.next_offset = {0: 0, 1: 0}
        self.open: list[tuple[Delivery, int, int, int]] = []
        self.finished: set[tuple[int, int]] = set()

    @rule(partition=st.sampled_from([0, 1]))
    def deliver(self, partition: int) -> None:
        offset = self.next_offset[partition]
        self.next_offset[partition] += 1
        taken = self.acker.take(event(offset, self.acked, partition, self.generation))
        self.open.append((taken, partition, offset, self.generation))

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.open) - 1))
        delivery, partition, offset, _ = self.open.pop(index)
        self.finished.add((partition, offset))
        self.acker.finish(delivery)

    @rule(partition=st.sampled_from([0, 1]), offset=st.integers(0, 5), back=st.integers(1, 2))
    def deliver_stale(self, partition: int, offset: int, back: int) -> None:
        """Faust may still hand out an event that it fetched before the last rebalance."""
        taken = self.acker.take(event(offset, self.acked, partition, self.generation - back))
        self.open.append((taken, partition, offset, self.generation - back))

    @rule()
    def kill(self) -> None:
        """All memory is gone; the next process is given everything after what was acknowledged."""
        self.acker = OrderedAcker(lambda: self.generation)
        self.open.clear()
        self._deliver_again()

    @rule()
    def rebalance(self) -> None:
        self.generation += 1
        self._deliver_again()

    def _deliver_again(self) -> None:
        for partition in self.next_offset:
            done = [offset for (_, p), offset in self.acked if p == partition]
            self.next_offset[partition] = max(done, default=-1) + 1

    @invariant()
    def nothing_unfinished_is_passed(self) -> None:
        for partition in (0, 1):
            done = [offset for (_, p), offset in self.acked if p == partition]
            for offset in range(max(done, default=-1) + 1):
                assert (partition, offset) in self.finished


TestAckerUnderFire = AckerUnderFire.TestCase
TestAckerUnderFire.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
