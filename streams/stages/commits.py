"""A second belt under the ordered acknowledgement: no commit goes beyond the smallest unfinished offset.

Faust 0.15.3 decides from its own list of acknowledged offsets, passes over a hole of one, and over any
hole while it knows of no committed offset (``faust/transport/consumer.py``, ``_new_offset``). The acker
never leaves such a hole; should a message reach it with the wrong generation, this belt still holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import faust
import structlog
from faust.transport.drivers.aiokafka import Consumer, Transport

log = structlog.get_logger()

SmallestUnfinished = Callable[[Any], int | None]
"""Of a partition: the smallest offset that was taken and whose outcome is not durable; None for none."""


def nothing_unfinished(place: Any) -> int | None:
    """For an application that takes no work in hand."""
    return None


class BeltedConsumer(Consumer):  # type: ignore[misc]  # Faust is untyped
    """Faust's consumer, which sees no acknowledgement beyond the smallest unfinished offset."""

    smallest_unfinished: SmallestUnfinished = staticmethod(nothing_unfinished)

    @property
    def settled(self) -> bool:
        """Whether this worker is a member of its group, with or without partitions, and reads.

        In between, Faust prepares a rebalance or seeks. Where that takes longer than a request may, its task
        ends without a word, and nothing is ever read again (``faust/tables/recovery.py``, ``_wait``).
        """
        coordinator = getattr(self._thread._consumer, "_coordinator", None)
        return coordinator is not None and coordinator.generation >= 0 and not self.app.rebalancing

    @property
    def places(self) -> set[Any]:
        """Partitions of ours; none before there is a client."""
        return set() if self._thread._consumer is None else self.assignment()

    def uncommitted(self, acknowledged: Mapping[Any, int]) -> dict[Any, int]:
        """Partitions of ours whose committed offset is behind ``acknowledged``, and where it stands."""
        ours = self.places
        stands = {place: self._committed_offset[place] or 0 for place in acknowledged if place in ours}
        return {place: offset for place, offset in stands.items() if offset < acknowledged[place]}

    async def seek_to_committed(self) -> Mapping[Any, int | None]:
        """Go to the committed offsets, all asked for at once; by partition, None for none.

        Faust's own asks for one partition after the other, which over a slow network takes so long that
        ``settled`` is never reached.
        """
        found: Mapping[Any, int | None] = await self._thread.call_thread(self._seek_to_committed)
        return found

    async def _seek_to_committed(self) -> dict[Any, int | None]:
        client = self._thread._ensure_consumer()
        places = client.assignment()
        found = await client._coordinator.fetch_committed_offsets(list(places))
        stored = {place: found[place].offset for place in places if place in found}
        offsets = {place: offset for place, offset in stored.items() if offset >= 0}
        for place, offset in offsets.items():
            client.seek(place, offset)
        return {place: offsets.get(place) for place in places}

    def _new_offset(self, tp: Any) -> int | None:
        """The offset to commit next, or None; acknowledgements that come too early wait in the list."""
        smallest = self.smallest_unfinished(tp)
        early = [offset for offset in self._acked[tp] if smallest is not None and offset >= smallest]
        if early:
            # After a rebalance these are of work that was done before it, not committed, and is done again.
            log.info(
                "commit.held_back", topic=tp.topic, partition=tp.partition, at=smallest, early=len(early)
            )
            self._acked[tp] = [offset for offset in self._acked[tp] if offset not in early]
        found: int | None = super()._new_offset(tp)
        self._acked[tp].extend(early)
        return found if found is None or smallest is None else min(found, smallest)


class BeltedTransport(Transport):  # type: ignore[misc]  # Faust is untyped
    """Faust's aiokafka transport, whose consumer wears the belt."""

    Consumer = BeltedConsumer

    def __init__(self, app: faust.App, smallest_unfinished: SmallestUnfinished) -> None:
        super().__init__(app.conf.broker_consumer, app)
        self._smallest_unfinished = smallest_unfinished

    def create_consumer(self, callback: Any, **settings: Any) -> BeltedConsumer:
        """See ``Transport.create_consumer``."""
        consumer: BeltedConsumer = super().create_consumer(callback, **settings)
        consumer.smallest_unfinished = self._smallest_unfinished
        return consumer
