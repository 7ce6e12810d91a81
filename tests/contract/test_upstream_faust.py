"""What Faust 0.15.3 does that callqa is built around. No broker is needed.

Each test holds one fact of upstream. When one fails, upstream has changed: read its docstring, which says
what may then go, and see whether the new behaviour is what callqa needs.
"""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import faust
import pytest
from faust.tables.recovery import ServiceStopped
from faust.transport.conductor import ConductorCompiler
from faust.types import TP
from faust.types.tuples import ConsumerMessage

PLACE = TP("t", 0)
BOOM = RuntimeError("boom")


@pytest.fixture
async def app(tmp_path: Any) -> faust.App:
    """An application as Faust makes it by itself: its consumer does not wear callqa's belt."""
    made = faust.App(
        "pins", broker="kafka://127.0.0.1:1", store="memory://", web_enabled=False, datadir=str(tmp_path)
    )
    made.topics._acking_topics.add("t")
    made.consumer_generation_id = 1
    made.flow_control.resume()
    return made


def message(offset: int, value: bytes | None = b"v") -> ConsumerMessage:
    return ConsumerMessage("t", 0, offset, 0.0, 0, None, b"k", value, None, tp=PLACE, generation_id=1)


async def delivered(app: faust.App, count: int) -> tuple[Any, list[ConsumerMessage]]:
    """A channel that holds ``count`` events, and their messages."""
    channel = app.topic("t", key_serializer="raw", value_serializer="raw").clone(is_iterator=True)
    messages = [message(offset) for offset in range(count)]
    for each in messages:
        each.incref()
        await channel.queue.put(app.create_event(b"k", b"v", {}, each))
    return channel, messages


async def settled() -> None:
    """Give Faust's clean-up handlers, of which some run when an object is collected, their turn."""
    await asyncio.sleep(0.02)
    gc.collect()
    await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("committed", "acknowledged", "would_commit"),
    [(31, [32], 33), (None, [1], 2), (0, [5], 6), (31, [33], None)],
    ids=["a hole of one", "nothing committed yet", "zero committed", "a hole of two is seen"],
)
def test_a_commit_passes_over_an_event_in_work(
    app: faust.App, committed: int | None, acknowledged: list[int], would_commit: int | None
):
    """``Consumer._new_offset`` looks for a hole larger than one, and not at all without a committed offset.

    When it fails because None comes back: Faust holds commits back by itself; ``streams/stages/commits.py``
    (the belt) may go. The ordered acker stays: it also fences old generations.
    """
    consumer = app.consumer
    consumer._committed_offset[PLACE] = committed
    consumer._acked[PLACE].extend(acknowledged)

    assert consumer._new_offset(PLACE) == would_commit


def test_a_late_acknowledgement_of_another_generation_is_taken(app: faust.App):
    """``Consumer.ack`` does not look at the generation of a message.

    When it fails: the generation check of ``OrderedAcker.finish`` may go.
    """
    late = message(7)
    app.consumer_generation_id = 2

    assert app.consumer.ack(late)
    assert app.consumer._acked[PLACE] == [7]


def test_a_message_that_nobody_holds_is_forgotten_without_an_acknowledgement(app: faust.App):
    """Faust keeps messages in work in a ``WeakSet``: a lost reference leaves an offset that never commits.

    When it fails: ``OrderedAcker`` need not hold its events.
    """
    consumer = app.consumer
    in_work = message(3)
    consumer.track_message(in_work)
    held = len(consumer._unacked_messages)
    del in_work
    gc.collect()

    assert (held, len(consumer._unacked_messages)) == (1, 0)


async def test_revoked_partitions_forget_what_was_committed_before_their_work_has_ended(app: faust.App):
    """After it, the guard against holes is off for events that are still in work.

    When it fails: one reason less to drain by ourselves (``stream_wait_empty=False``).
    """
    consumer = app.consumer
    consumer._committed_offset[PLACE] = 31
    while_draining: list[int | None] = []

    async def drained(revoked: set[TP]) -> None:
        while_draining.append(consumer._committed_offset[PLACE])

    consumer._on_partitions_revoked = drained
    await consumer.on_partitions_revoked({PLACE})

    assert while_draining == [None]


@pytest.mark.parametrize("how", ["raises", "is cancelled"])
async def test_an_ordinary_stream_acknowledges_what_failed(app: faust.App, how: str):
    """The acknowledgement stands in a ``finally`` around the body of the agent.

    When it fails: ``noack`` in ``StageWorker._subscribe`` is no longer the only safe way to read.
    """
    channel, (only,) = await delivered(app, 1)
    stream = app.stream(channel)

    async def body() -> None:
        async for _ in stream:
            if how == "raises":
                raise BOOM
            await asyncio.sleep(60)

    await failed(body, cancel=how != "raises")

    assert only.acked


async def failed(body: Callable[[], Any], *, cancel: bool) -> None:
    task = asyncio.ensure_future(body())
    await asyncio.sleep(0.1)
    if cancel:
        task.cancel()
    with pytest.raises((RuntimeError, asyncio.CancelledError)):
        await task
    del task
    await settled()


async def test_noack_alone_commits_over_what_failed_once_the_agent_has_started_again(app: faust.App):
    """Nothing is acknowledged for the failed event, but those after it are, and the commit passes it over.

    When it fails: a plain agent with ``noack`` may be restarted in place, and ``CrashingSupervisor`` is no
    longer needed for that.
    """
    channel, messages = await delivered(app, 3)
    first, second = app.stream(channel).noack(), app.stream(channel).noack()

    async def failing() -> None:
        async for _ in first.events():
            raise BOOM

    async def restarted() -> None:
        async for event in second.events():
            event.ack()

    await failed(failing, cancel=False)
    await failed(restarted, cancel=True)

    assert [each.acked for each in messages] == [False, True, True]
    assert app.consumer._new_offset(PLACE) == 3


@pytest.mark.parametrize("how", ["raises", "is stopped"])
async def test_take_acknowledges_a_batch_that_was_never_written(app: faust.App, how: str):
    """``Stream.take`` acknowledges in a ``finally``, also while the body still writes.

    When it fails: ``take`` could batch for delivery, and leave the ban list of ``test_code_rules.py``.
    """
    channel, messages = await delivered(app, 3)
    stream = app.stream(channel)
    written = False

    async def body() -> None:
        nonlocal written
        async for _ in stream.take(3, within=1.0):
            if how == "raises":
                raise BOOM
            await asyncio.sleep(30)
            written = True

    task = asyncio.ensure_future(body())
    await asyncio.sleep(0.2)
    if how == "raises":
        with pytest.raises(RuntimeError):
            await task
    else:
        await stream.stop()
    del task
    await settled()

    assert not written
    assert [each.acked for each in messages] == [True, True, True]


async def test_an_event_that_cannot_be_decoded_is_acknowledged_before_anybody_hears_of_it(app: faust.App):
    """Were the process to die in the hook, or the dead letter not to be written, the event would be gone.

    When it fails: typed topics could be used; until then everything is raw and decoded in ``admit``.
    """
    topic = app.topic("t", value_serializer="json")
    channel = topic.clone(is_iterator=True)
    acknowledged: list[bool] = []

    async def hook(error: Exception, poison: Any) -> None:
        acknowledged.append(poison.acked)

    channel.on_value_decode_error = hook

    class Conductor:
        """What the compiled callback needs of the real one."""

        def __init__(self) -> None:
            self.app = app

    deliver = ConductorCompiler().build(Conductor(), PLACE, {channel})
    await deliver(message(7, b"\xff\x00 not json"))

    assert acknowledged == [True]


@pytest.mark.parametrize(("key", "value"), [(b"k", None), (None, None), (b"\xff\xfe", b"\x00"), (b"k", b"")])
async def test_the_raw_codec_takes_everything(app: faust.App, key: bytes | None, value: bytes | None):
    """Tombstones, keys that are no text and empty values come through as they are.

    When it fails: poison could raise inside Faust again, where it is acknowledged first.
    """
    topic = app.topic("t", key_serializer="raw", value_serializer="raw")
    poison = ConsumerMessage("t", 0, 0, 0.0, 0, None, key, value, None, tp=PLACE)

    event = await topic.decode(poison, propagate=True)

    assert (event.key, event.value) == (key, value)


async def test_no_limit_for_polls_means_leaving_the_group_at_once(app: faust.App):
    """Faust turns ``broker_max_poll_interval=None`` into 0 ms for aiokafka.

    When it fails: None could stand for "never" instead of seven days (``streams/stages/app.py``).
    """
    app.conf.broker_max_poll_interval = None

    client = app.consumer._thread._create_worker_consumer(app.transport)

    assert client._max_poll_interval_ms == 0


async def test_a_step_of_a_recovery_that_takes_too_long_ends_all_recoveries_in_silence(app: faust.App):
    """Faust takes a time-out for the end of the service. The task that ends a rebalance by resuming all
    streams is over then, without an error, and the worker never reads again.

    When it fails: ``seek_to_committed`` and ``settled`` (``streams/stages/commits.py``) may be simpler.
    """
    recovery = app.tables.recovery

    with pytest.raises(ServiceStopped):
        await recovery._wait(asyncio.sleep(5), timeout=0.01)

    assert not recovery.should_stop
