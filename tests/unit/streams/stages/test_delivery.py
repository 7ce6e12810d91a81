"""Delivery turns every outcome into rows, and returns once they are durable."""

import asyncio

import pytest

from schemas.codec import SchemaViolation
from schemas.dead_letters import DeadLetterHeaders
from schemas.records.terms import DeadLetterReason, Stage
from schemas.topics import (
    ALERT_RAISED,
    COMPLETED,
    REVIEW_RECORDED,
    SCORED,
    SURVEY_ANSWERED,
    TRANSCRIBED,
    dead_letter_topic,
    lane_topic,
)
from sinks.batcher import Batcher, BatchLimits
from sinks.memory import MemorySink
from sinks.sink import SinkRejected
from sinks.tables import TABLES
from streams.stages.dead_letter import Failed, dead_letter
from streams.stages.delivery import LIVE_INPUTS, DeliverySteps
from streams.stages.outcome import Unprocessable

LIMITS = BatchLimits(rows=1, age_s=0.01)
PHONE = "13812345678"


class Store(MemorySink):
    """A store in memory that may be slow or refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.refusal: SinkRejected | None = None

    def write(self, rows):
        if self.refusal is not None:
            raise self.refusal
        super().write(rows)

    def rows(self, table: str) -> list[dict]:
        """Current rows by column name."""
        return [dict(zip(TABLES[table].columns, row, strict=True)) for row in self.rows_of(table)]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def steps(codec, store):
    opened = DeliverySteps(codec, lambda: Batcher(store, LIMITS, lambda attempt, error: None))
    await opened.open()
    yield opened
    await opened.close()


async def delivered(steps, record):
    return await steps.work(record, steps.admit(record))


@pytest.mark.parametrize(
    ("record", "case", "topic", "table"),
    [
        ("InteractionCompleted", "voice", COMPLETED, "qa.intake"),
        ("InteractionTranscribed", "call", TRANSCRIBED, "qa_content.turn"),
        ("InteractionScored", "call", SCORED, "qa.result"),
        ("AlertRaised", "care-for-agent", ALERT_RAISED, "qa.alert"),
        ("SurveyAnswered", "by-sms", SURVEY_ANSWERED, "qa.survey"),
        ("ReviewRecorded", "overturned", REVIEW_RECORDED, "qa.review"),
    ],
)
async def test_a_record_of_every_topic_has_its_rows_when_the_work_returns(
    steps, store, example, arrived, record, case, topic, table
):
    event = example(record, case)

    assert await delivered(steps, arrived(event, topic)) == ()

    found = store.rows(table)
    assert found
    assert {row.get("interaction_id", "call-20251124-0001") for row in found} == {"call-20251124-0001"}


async def test_the_ledger_names_the_place_of_each_event(steps, store, example, arrived):
    await delivered(steps, arrived(example("InteractionCompleted", "chat"), partition=3, offset=8))

    (row,) = store.rows("qa.intake")
    assert (row["source_topic"], row["source_partition"], row["source_offset"]) == (COMPLETED, 3, 8)
    assert row["unit_id"] == "chat-20251124-0001"


async def test_an_event_that_nobody_can_decode_is_a_unit_of_the_ledger_all_the_same(steps, store, arrived):
    await delivered(steps, arrived(b"no event", partition=3, offset=8))

    (row,) = store.rows("qa.intake")
    assert row["unit_id"] == f"{COMPLETED}:3:8"
    assert row["decodable"] == 0


async def test_bytes_sent_again_from_the_dead_letters_stay_the_unit_they_were(steps, store, arrived):
    first = arrived(b"no event", partition=3, offset=8)
    refusal = Unprocessable(DeadLetterReason.UNDECODABLE, "no frame")
    failed = Failed(
        stage=Stage.NORMALIZATION, group="g", version="1", attempts=1, now_ms=1, largest_value=1000
    )
    letter = dead_letter(first, refusal, None, failed)
    again = arrived(b"no event", partition=3, offset=99, headers=letter.headers)

    await delivered(steps, first)
    await delivered(steps, again)

    assert [(row["source_offset"], row["unit_id"]) for row in store.rows("qa.intake")] == [
        (8, f"{COMPLETED}:3:8"),
        (99, f"{COMPLETED}:3:8"),
    ]


async def test_an_event_with_an_id_that_must_not_be_used_is_known_by_its_place(
    steps, store, example, arrived
):
    event = example("InteractionCompleted", "chat", interaction_id="has a space")

    await delivered(steps, arrived(event, partition=3, offset=8))

    (row,) = store.rows("qa.intake")
    assert row["unit_id"] == f"{COMPLETED}:3:8"
    assert row["interaction_id"] is None


@pytest.mark.parametrize(
    ("record", "case", "topic"),
    [("SurveyAnswered", "by-sms", SURVEY_ANSWERED), ("ReviewRecorded", "overturned", REVIEW_RECORDED)],
)
async def test_a_number_in_a_comment_is_masked_before_it_is_stored(
    steps, store, example, arrived, record, case, topic
):
    event = example(record, case, comment=f"打我手机{PHONE}")

    await delivered(steps, arrived(event, topic))

    stored = repr([store.rows_of(name) for name in TABLES])
    assert PHONE not in stored
    assert "[电话]" in stored


async def test_a_dead_letter_is_indexed_under_the_stage_that_wrote_it(steps, store, arrived):
    headers = DeadLetterHeaders(
        stage=Stage.TRANSCRIPTION,
        reason=DeadLetterReason.ASR_CRASH,
        src_topic=COMPLETED,
        src_partition=1,
        src_offset=2,
        src_timestamp=3,
        group="g",
        app_version="1",
        first_failed_at=4,
        payload_sha256="0" * 64,
        interaction_id="call-1",
    )
    topic = dead_letter_topic(Stage.TRANSCRIPTION)

    await delivered(steps, arrived(b"raw", topic, headers=tuple(headers.to_kafka())))

    (row,) = store.rows("qa.dead_letter")
    assert (row["stage"], row["reason"], row["source_offset"]) == ("transcription", "ASR_CRASH", 2)
    assert "raw" not in repr(row)


async def test_the_same_record_twice_is_the_same_rows(steps, store, example, arrived):
    record = arrived(example("InteractionScored", "call"), SCORED)
    await delivered(steps, record)
    before = {name: store.rows_of(name) for name in TABLES}

    await delivered(steps, record)

    assert {name: store.rows_of(name) for name in TABLES} == before
    assert store.written("qa.result") == 2


async def test_a_row_that_the_store_refuses_becomes_a_dead_letter_of_this_stage(
    steps, store, example, arrived
):
    store.refusal = SinkRejected("qa.result: code 6")

    with pytest.raises(Unprocessable) as caught:
        await delivered(steps, arrived(example("InteractionScored", "call"), SCORED))

    assert caught.value.reason is DeadLetterReason.SINK_REJECTED


async def test_rows_that_are_not_durable_when_the_stage_closes_are_not_reported_as_done(
    codec, example, arrived
):
    steps = DeliverySteps(
        codec, lambda: Batcher(MemorySink(), BatchLimits(age_s=3600), lambda attempt, error: None)
    )
    await steps.open()
    record = arrived(example("InteractionScored", "call"), SCORED)
    working = asyncio.create_task(steps.work(record, steps.admit(record)))
    await asyncio.sleep(0)

    await steps.close()

    with pytest.raises(asyncio.CancelledError):
        await working


@pytest.mark.parametrize("topic", [TRANSCRIBED, SCORED, ALERT_RAISED, SURVEY_ANSWERED, REVIEW_RECORDED])
async def test_bytes_that_are_no_record_of_their_topic_are_refused(steps, arrived, topic):
    with pytest.raises(SchemaViolation):
        steps.admit(arrived(b"nothing of the kind", topic))


async def test_a_dead_letter_without_its_headers_is_refused(steps, arrived):
    with pytest.raises(SchemaViolation):
        steps.admit(arrived(b"raw", dead_letter_topic(Stage.SCORING)))


async def test_a_lanes_topics_are_mapped_like_the_live_ones(codec, store, example, arrived):
    topic = lane_topic(SCORED, "replay")
    steps = DeliverySteps(codec, lambda: Batcher(store, LIMITS, lambda attempt, error: None), [topic])
    await steps.open()

    await delivered(steps, arrived(example("InteractionScored", "call"), topic))
    await steps.close()

    assert store.rows("qa.result")
    assert set(LIVE_INPUTS) >= {SCORED}
