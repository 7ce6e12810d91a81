"""Ordered acknowledgement: per partition and generation, only a contiguous prefix is ever acknowledged.

Faust 0.15.3 commits past a gap of one and past any gap while nothing is committed yet, so an
acknowledgement out of order can lose an event under ``kill -9``. Work may finish in any order here;
acknowledgements leave in offset order. The queues hold strong references to unfinished events, since
Faust itself keeps only weak ones.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Mapping
from typing import Protocol


class Message(Protocol):
    """What the acker reads of a Faust message."""

    tp: Hashable
    offset: int
    generation_id: int


class Event(Protocol):
    """A delivered event that can be acknowledged."""

    message: Message

    def ack(self) -> bool:
        """Mark the event as done for the next commit."""


class Delivery:
    """One delivered event and whether its outcome is durable."""

    __slots__ = ("event", "finished")

    def __init__(self, event: Event) -> None:
        self.event = event
        self.finished = False


class OrderedAcker:
    """Holds back acknowledgements until everything before them in the same partition is done.

    ``current_generation`` gives the group generation this worker belongs to now. Deliveries of another
    generation are never acknowledged: their partition may belong to another worker, and whoever has it
    is given them again.
    """

    def __init__(self, current_generation: Callable[[], int]) -> None:
        self._current_generation = current_generation
        self._generation: int | None = None
        self._queues: dict[Hashable, deque[Delivery]] = {}
        self._in_hand: dict[Hashable, set[Delivery]] = {}
        self._acknowledged: dict[Hashable, int] = {}

    def take(self, event: Event) -> Delivery:
        """Register a delivered event; must be called in the order of delivery."""
        delivery = Delivery(event)
        message = event.message
        self._in_hand.setdefault(message.tp, set()).add(delivery)
        if message.generation_id != self._current_generation():
            return delivery
        if message.generation_id != self._generation:
            self._queues.clear()
            self._acknowledged.clear()
            self._generation = message.generation_id
        self._queues.setdefault(message.tp, deque()).append(delivery)
        return delivery

    def finish(self, delivery: Delivery) -> None:
        """The outcome of this delivery is durable: release whatever prefix is now complete."""
        delivery.finished = True
        message = delivery.event.message
        self._in_hand[message.tp].discard(delivery)
        if message.generation_id == self._generation == self._current_generation():
            self._release(self._queues.get(message.tp, deque()))

    def unfinished(self) -> int:
        """How many deliveries of this generation are not yet acknowledged."""
        return sum(map(len, self._queues.values()))

    def smallest_unfinished(self, place: Hashable) -> int | None:
        """The smallest offset of a partition that was taken, in whatever generation, and is not finished."""
        in_hand = self._in_hand.get(place)
        return min(delivery.event.message.offset for delivery in in_hand) if in_hand else None

    def acknowledged(self) -> Mapping[Hashable, int]:
        """By partition, the offset after the last one acknowledged in the present generation."""
        return dict(self._acknowledged) if self._generation == self._current_generation() else {}

    def _release(self, queue: deque[Delivery]) -> None:
        """The only place in callqa that acknowledges."""
        while queue and queue[0].finished:
            event = queue.popleft().event
            event.ack()
            self._acknowledged[event.message.tp] = event.message.offset + 1
