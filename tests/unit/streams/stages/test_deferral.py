"""A call whose recording is late waits on its own topic and forgets nothing."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.topics import COMPLETED, DEFERRED
from streams.stages.deferral import attempt_of, deferred, due_at, origin_of
from streams.stages.outcome import Incoming, Output

FIRST = Incoming(
    COMPLETED, 3, 17, 1_790_000_000_000, b"call-1", b"\xc3\x01event", (("traceparent", b"00-1"),)
)


def as_read(output: Output, partition: int = 3, offset: int = 99) -> Incoming:
    """The output as it comes back from its topic."""
    return Incoming(
        output.topic, partition, offset, 1_790_000_300_000, output.key, output.value, output.headers
    )


@given(
    partition=st.integers(0, 10_000),
    offset=st.integers(0, 2**62),
    timestamp=st.integers(0, 2**41),
    due=st.integers(0, 2**41),
    times=st.integers(1, 5),
)
def test_coordinates_survive_however_often_the_recording_is_late(partition, offset, timestamp, due, times):
    first = Incoming(COMPLETED, partition, offset, timestamp, b"k", b"v", FIRST.headers)
    record = first

    for n in range(times):
        record = as_read(deferred(record, not_before_ms=due), offset=n)

    assert origin_of(record) == first
    assert attempt_of(record) == times
    assert due_at(record) == due


def test_key_and_bytes_are_the_events_own():
    output = deferred(FIRST, not_before_ms=5)

    assert (output.topic, output.key, output.value) == (DEFERRED, FIRST.key, FIRST.value)


def test_a_record_that_was_never_deferred_is_its_own_origin_and_due_at_once():
    assert origin_of(FIRST) is FIRST
    assert due_at(FIRST) == 0
    assert attempt_of(FIRST) == 0
