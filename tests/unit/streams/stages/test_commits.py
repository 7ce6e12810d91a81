"""Faust's own consumer and its own list of acknowledged offsets, without a broker."""

from typing import Any

import pytest
from aiokafka.structs import OffsetAndMetadata
from faust.types import TP

from streams.stages.app import AppOptions, create_app
from streams.stages.commits import BeltedConsumer

PLACE = TP("t", 0)


class Hand:
    """Offsets in work, as the acker knows them."""

    def __init__(self) -> None:
        self.unfinished: set[int] = set()

    def smallest(self, place: Any) -> int | None:
        return min(self.unfinished, default=None)


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
async def consumer(tmp_path, hand) -> BeltedConsumer:
    options = AppOptions(group="g", member="g-0", bootstrap="127.0.0.1:1", data_dir=str(tmp_path))
    return create_app(options, hand.smallest).consumer


def acknowledge(consumer: Any, *offsets: int) -> None:
    consumer._acked[PLACE].extend(offsets)
    consumer._acked_index[PLACE].update(offsets)


@pytest.mark.parametrize("committed", [None, 0, 4])
async def test_an_acknowledgement_beyond_an_unfinished_offset_is_not_committed(consumer, hand, committed):
    consumer._committed_offset[PLACE] = committed
    hand.unfinished = {4}
    acknowledge(consumer, 5)

    assert consumer._new_offset(PLACE) is None


async def test_what_was_held_back_is_committed_once_everything_before_it_is_done(consumer, hand):
    consumer._committed_offset[PLACE] = 4
    hand.unfinished = {4, 6}
    acknowledge(consumer, 5, 7, 8)
    held_back = consumer._new_offset(PLACE)

    hand.unfinished = {6}
    acknowledge(consumer, 4)
    first = consumer._new_offset(PLACE)
    consumer._committed_offset[PLACE] = first
    hand.unfinished = set()
    acknowledge(consumer, 6)
    second = consumer._new_offset(PLACE)

    assert (held_back, first, second) == (None, 6, 9)


async def test_what_was_acknowledged_while_partitions_were_revoked_waits_for_the_work_that_is_done_again(
    consumer, hand
):
    consumer._on_partitions_revoked = nothing_to_do
    consumer._committed_offset[PLACE] = 4
    acknowledge(consumer, 4)
    await consumer.on_partitions_revoked({PLACE})
    acknowledge(consumer, 5)  # 4 and 5 are done, neither is committed, and Faust has forgotten 4
    consumer._committed_offset[PLACE] = 4
    hand.unfinished = {4, 5}

    assert consumer._new_offset(PLACE) is None
    hand.unfinished = {5}
    acknowledge(consumer, 4)
    assert consumer._new_offset(PLACE) == 5


async def nothing_to_do(places: set[TP]) -> None:
    """The application's own part in a rebalance, which needs a broker."""


async def test_acknowledgements_in_order_are_committed_as_they_come(consumer, hand):
    consumer._committed_offset[PLACE] = 4
    hand.unfinished = {7, 8}
    acknowledge(consumer, 4, 5, 6)

    assert consumer._new_offset(PLACE) == 7


class Coordinator:
    """aiokafka's, as far as it is asked: what is committed is answered for all partitions at once."""

    def __init__(self, **committed: int) -> None:
        self.generation = 1
        self.asked: list[Any] = []
        self._committed = {TP("t", int(name[1:])): offset for name, offset in committed.items()}

    async def fetch_committed_offsets(self, places: list[Any]) -> dict[Any, OffsetAndMetadata]:
        self.asked.append(sorted(places))
        return {place: OffsetAndMetadata(offset, "") for place, offset in self._committed.items()}


class Client:
    """aiokafka's consumer of a worker that has partitions."""

    def __init__(self, places: set[Any], **committed: int) -> None:
        self._coordinator = Coordinator(**committed)
        self.assignment = lambda: frozenset(places)
        self.sought: dict[Any, int] = {}

    def seek(self, place: Any, offset: int) -> None:
        self.sought[place] = offset


async def test_partitions_whose_commit_is_behind_are_named_with_where_it_stands(consumer):
    consumer._thread._consumer = Client({PLACE, TP("t", 1)})
    consumer._committed_offset[PLACE] = 4

    behind = consumer.uncommitted({PLACE: 5, TP("t", 1): 2, TP("t", 2): 7})

    assert behind == {PLACE: 4, TP("t", 1): 0}
    assert consumer.uncommitted({PLACE: 4}) == {}


async def test_a_consumer_without_a_client_has_no_partitions_and_is_not_settled(consumer):
    assert consumer.places == set()
    assert consumer.uncommitted({PLACE: 5}) == {}
    assert not consumer.settled


async def test_a_consumer_is_settled_as_a_member_of_its_group_that_is_not_being_rebalanced(consumer):
    consumer._thread._consumer = Client({PLACE})
    consumer.app.rebalancing = False
    assert consumer.settled

    consumer.app.rebalancing = True
    assert not consumer.settled

    consumer.app.rebalancing = False
    consumer._thread._consumer._coordinator.generation = -1
    assert not consumer.settled


async def test_committed_offsets_of_all_partitions_are_asked_for_at_once(consumer):
    places = {TP("t", n) for n in range(4)}
    client = consumer._thread._consumer = Client(places, p0=5, p1=0, p2=-1)

    found = await consumer._seek_to_committed()

    assert client._coordinator.asked == [sorted(places)]
    assert found == {TP("t", 0): 5, TP("t", 1): 0, TP("t", 2): None, TP("t", 3): None}
    assert client.sought == {TP("t", 0): 5, TP("t", 1): 0}
