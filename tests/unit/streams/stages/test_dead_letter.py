"""A dead letter is the event itself with the reason beside it, the same one however often it fails."""

import pytest

from schemas.dead_letters import DeadLetterHeaders, payload_sha256
from schemas.records.terms import DeadLetterReason, Stage
from schemas.topics import COMPLETED, TRANSCRIBED
from streams.stages.dead_letter import Failed, dead_letter
from streams.stages.deferral import deferred
from streams.stages.outcome import Incoming, Unprocessable, Work

WORK = Work(object(), "call-1", 7)
RECORD = Incoming(COMPLETED, 3, 17, 1_790_000_000_000, b"call-1", b"\xc3\x01event", (("traceparent", b"00"),))
FAILURE = Unprocessable(DeadLetterReason.RECORDING_MISSING, "not there 1800 s after the call's end")


def failed(**changes) -> Failed:
    return Failed(
        **{
            "stage": Stage.TRANSCRIPTION,
            "group": "callqa-transcription",
            "version": "0.1.0",
            "attempts": 2,
            "now_ms": 1_790_000_009_000,
            "largest_value": 1_000,
            **changes,
        }
    )


def headers_of(output) -> DeadLetterHeaders:
    return DeadLetterHeaders.from_kafka(output.headers)


def redriven(output, offset: int = 99) -> Incoming:
    """The dead letter as an operator sends it back to its topic, where it gets a new offset."""
    again = DeadLetterHeaders.from_kafka(output.headers)
    counted = [
        (name, b"%d" % (again.redrive_count + 1) if name == "callqa-redrive-count" else value)
        for name, value in output.headers
    ]
    return Incoming(COMPLETED, 3, offset, 1_790_000_500_000, output.key, output.value, tuple(counted))


def test_key_and_bytes_are_untouched_and_the_headers_say_why_and_where():
    letter = dead_letter(RECORD, FAILURE, WORK, failed())

    assert (letter.topic, letter.key, letter.value) == (
        "qa.dead_letter.transcription.v1",
        RECORD.key,
        RECORD.value,
    )
    assert headers_of(letter) == DeadLetterHeaders(
        stage=Stage.TRANSCRIPTION,
        reason=DeadLetterReason.RECORDING_MISSING,
        error_class="Unprocessable",
        detail="not there 1800 s after the call's end",
        src_topic=COMPLETED,
        src_partition=3,
        src_offset=17,
        src_timestamp=1_790_000_000_000,
        group="callqa-transcription",
        app_version="0.1.0",
        attempts=2,
        first_failed_at=1_790_000_009_000,
        redrive_count=0,
        payload_sha256=payload_sha256(RECORD.value),
        interaction_id="call-1",
        record_version=7,
    )


def test_an_event_that_could_not_be_decoded_has_no_id_but_coordinates():
    headers = headers_of(dead_letter(RECORD, FAILURE, None, failed()))

    assert headers.interaction_id is None
    assert (headers.src_topic, headers.src_partition, headers.src_offset) == (COMPLETED, 3, 17)


def test_a_redriven_event_that_fails_again_is_the_same_dead_letter_counted_once_more():
    first = dead_letter(RECORD, FAILURE, WORK, failed())

    second = dead_letter(redriven(first), FAILURE, WORK, failed(now_ms=1_790_000_900_000))

    assert headers_of(second).dead_letter_id == headers_of(first).dead_letter_id
    assert headers_of(second).first_failed_at == 1_790_000_009_000
    assert headers_of(second).redrive_count == 1


def test_a_redriven_event_that_is_late_again_before_it_fails_is_still_the_same_dead_letter():
    first = dead_letter(RECORD, FAILURE, WORK, failed())
    late = deferred(redriven(first), not_before_ms=1)
    returned = Incoming(late.topic, 0, 5, 1_790_000_600_000, late.key, late.value, late.headers)

    second = dead_letter(returned, FAILURE, WORK, failed())

    assert headers_of(second).dead_letter_id == headers_of(first).dead_letter_id
    assert headers_of(second).redrive_count == 1


def test_a_late_recordings_event_points_at_the_completed_topic_and_not_at_its_waiting_room():
    late = deferred(RECORD, not_before_ms=1)
    returned = Incoming(late.topic, 0, 5, 1_790_000_300_000, late.key, late.value, late.headers)

    headers = headers_of(dead_letter(returned, FAILURE, WORK, failed()))

    assert (headers.src_topic, headers.src_partition, headers.src_offset) == (COMPLETED, 3, 17)


def test_a_value_too_large_to_travel_stays_where_it_is_and_is_pointed_at():
    letter = dead_letter(RECORD, FAILURE, WORK, failed(largest_value=3))

    assert letter.value == b""
    assert headers_of(letter).pointer
    assert headers_of(letter).payload_sha256 == payload_sha256(RECORD.value)


@pytest.mark.parametrize("headers", [(("callqa-redrive-count", b"many"),), (("callqa-redrive-count", b"1"),)])
def test_headers_that_look_redriven_but_are_not_cannot_stop_the_way_out(headers):
    record = Incoming(COMPLETED, 3, 17, 1, None, None, headers)

    letter = dead_letter(record, FAILURE, None, failed())

    assert (letter.key, letter.value) == (None, b"")
    assert headers_of(letter).src_offset == 17
    assert headers_of(letter).redrive_count == 0


@pytest.mark.parametrize(
    ("topic", "key", "expected"),
    [
        (TRANSCRIBED, b"call-1", "call-1"),
        (f"{TRANSCRIBED}.lane-replay", b"call-1", "call-1"),
        (TRANSCRIBED, b"\xff no id", None),
        (TRANSCRIBED, None, None),
        (COMPLETED, b"call-1", None),
    ],
)
def test_between_stages_the_key_says_whom_an_undecodable_record_is_about(topic, key, expected):
    record = Incoming(topic, 0, 1, 0, key, b"junk")

    letter = dead_letter(record, FAILURE, None, failed())

    assert headers_of(letter).interaction_id == expected
