"""Workers of one group over Faust's own bookkeeping: what the broker holds as committed is always done."""

import asyncio
from dataclasses import dataclass, field
from tempfile import gettempdir
from typing import Any

from faust.types import TP
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from streams.stages.acker import Delivery, OrderedAcker
from streams.stages.app import AppOptions, create_app

PARTITIONS = (TP("t", 0), TP("t", 1), TP("t", 2))
WORKERS = (0, 1)


@dataclass
class Broker:
    """What Kafka keeps of a group."""

    generation: int = 1
    owner: dict[TP, int] = field(default_factory=lambda: dict.fromkeys(PARTITIONS, 0))
    committed: dict[TP, int] = field(default_factory=dict)


class Message:
    """What Faust's consumer and the acker read of a message."""

    def __init__(self, tp: TP, offset: int, generation_id: int) -> None:
        self.tp, self.offset, self.generation_id = tp, offset, generation_id
        self.topic, self.acked = tp.topic, False


class Event:
    def __init__(self, message: Message, consumer: Any) -> None:
        self.message, self._consumer = message, consumer

    def ack(self) -> bool:
        return bool(self._consumer.ack(self.message))


class Process:
    """One worker process: the real acker, and the real consumer with its belt, without a connection."""

    def __init__(self) -> None:
        self.local_generation = 0
        self.broker_generation = 0
        self.places: set[TP] = set()
        self.position: dict[TP, int] = {}
        self.in_hand: list[Delivery] = []
        self.fetched: list[Message] = []
        self.acker = OrderedAcker(lambda: self.local_generation)
        asyncio.run(self._build())

    async def _build(self) -> None:
        options = AppOptions(group="g", member="m", bootstrap="127.0.0.1:1", data_dir=gettempdir())
        app = create_app(options, self.acker.smallest_unfinished)
        self.consumer = app.consumer
        app.topics._acking_topics.add("t")

    def assigned(self, broker: Broker, number: int) -> None:
        """Faust's book-keeping on a rebalance: forget what was revoked, ask what is committed."""
        for place in self.places:
            for kept in ("_gap", "_acked", "_acked_index", "_read_offset", "_committed_offset"):
                getattr(self.consumer, kept).pop(place, None)
        self.local_generation += 1
        self.broker_generation = broker.generation
        self.places = {place for place, owner in broker.owner.items() if owner == number}
        self.position = {place: broker.committed.get(place, 0) for place in self.places}
        for place in self.places & broker.committed.keys():
            self.consumer._committed_offset[place] = broker.committed[place]

    def fetch(self, place: TP) -> Message:
        message = Message(place, self.position[place], self.local_generation)
        self.position[place] += 1
        return message

    def take(self, message: Message) -> None:
        self.in_hand.append(self.acker.take(Event(message, self.consumer)))


class GroupUnderFire(RuleBasedStateMachine):
    """Two workers, three partitions: fetch, deliver at once or late, finish in any order, commit, lose a
    commit's answer, rebalance with and without one worker hearing of it, crash.
    """

    def __init__(self) -> None:
        super().__init__()
        self.broker = Broker()
        self.processes = [Process() for _ in WORKERS]
        for number in WORKERS:
            self.processes[number].assigned(self.broker, number)
        self.done: set[tuple[TP, int]] = set()

    @rule(number=st.sampled_from(WORKERS), place=st.sampled_from(PARTITIONS), count=st.integers(1, 4))
    def deliver(self, number: int, place: TP, count: int) -> None:
        process = self.processes[number]
        for _ in range(count if place in process.places else 0):
            process.take(process.fetch(place))

    @rule(number=st.sampled_from(WORKERS), place=st.sampled_from(PARTITIONS))
    def fetch_for_later(self, number: int, place: TP) -> None:
        """Fetched now, handed out after the next rebalance: later deliveries go on behind it."""
        process = self.processes[number]
        if place in process.places:
            process.fetched.append(process.fetch(place))
            process.places.discard(place)

    @rule(number=st.sampled_from(WORKERS))
    def deliver_late(self, number: int) -> None:
        process = self.processes[number]
        if process.fetched and process.fetched[0].generation_id != process.local_generation:
            process.take(process.fetched.pop(0))

    @precondition(lambda self: any(process.in_hand for process in self.processes))
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        busy = [process for process in self.processes if process.in_hand]
        process = data.draw(st.sampled_from(busy))
        delivery = process.in_hand.pop(data.draw(st.integers(0, len(process.in_hand) - 1)))
        message: Any = delivery.event.message
        self.done.add((message.tp, message.offset))
        process.acker.finish(delivery)

    @rule(number=st.sampled_from(WORKERS), answered=st.booleans())
    def commit(self, number: int, answered: bool) -> None:
        """A worker that missed a rebalance is refused; Faust believes its commit all the same."""
        process = self.processes[number]
        for place in [*process.consumer._acked]:
            offset = process.consumer._new_offset(place)
            if offset is None or not process.consumer._should_commit(place, offset):
                continue
            process.consumer._committed_offset[place] = offset
            if process.broker_generation == self.broker.generation and answered:
                assert offset >= self.broker.committed.get(place, 0), "a commit went back"
                self.broker.committed[place] = offset

    @rule(owners=st.tuples(*[st.sampled_from(WORKERS)] * len(PARTITIONS)), deaf=st.sampled_from([None, 0, 1]))
    def rebalance(self, owners: tuple[int, ...], deaf: int | None) -> None:
        """``deaf`` is stopped, and goes on with its old partitions until the next rebalance."""
        self.broker.generation += 1
        self.broker.owner = dict(zip(PARTITIONS, owners, strict=True))
        for number, process in enumerate(self.processes):
            if number != deaf:
                process.assigned(self.broker, number)

    @rule(number=st.sampled_from(WORKERS))
    def crash(self, number: int) -> None:
        """``kill -9``, or a failure that stops the worker: its member id brings its partitions back."""
        self.processes[number] = Process()
        self.processes[number].assigned(self.broker, number)

    @invariant()
    def everything_committed_is_done(self) -> None:
        for place, offset in self.broker.committed.items():
            assert all((place, before) in self.done for before in range(offset))

    @invariant()
    def nothing_unfinished_lies_below_what_is_committed(self) -> None:
        """Unless it is being done a second time."""
        for process in self.processes:
            for place in PARTITIONS:
                smallest = process.acker.smallest_unfinished(place)
                if smallest is not None and smallest < self.broker.committed.get(place, 0):
                    assert (place, smallest) in self.done

    def teardown(self) -> None:
        """Once everybody listens and everything is finished, everything delivered can be committed."""
        self.rebalance((0, 1, 0), None)
        for process in self.processes:
            process.fetched.clear()
        for place, owner in self.broker.owner.items():
            self.deliver(owner, place, 3)
        for process in self.processes:
            while process.in_hand:
                delivery = process.in_hand.pop()
                self.done.add((delivery.event.message.tp, delivery.event.message.offset))
                process.acker.finish(delivery)
        for number in WORKERS:
            self.commit(number, True)
            self.commit(number, True)
        for place, owner in self.broker.owner.items():
            assert self.broker.committed[place] == self.processes[owner].position[place]


TestGroupUnderFire = GroupUnderFire.TestCase
TestGroupUnderFire.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
