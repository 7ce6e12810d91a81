from schemas.dead_letters import DeadLetterHeaders
from schemas.records.terms import DeadLetterReason, Stage
from sinks.rows.dead_letters import dead_letter_rows
from sinks.rows.intake import Coordinates

HEADERS = DeadLetterHeaders(
    stage=Stage.SCORING,
    reason=DeadLetterReason.RULE_ERROR,
    error_class="UnfoundedVerdict",
    detail="rule x",
    src_topic="qa.interaction.classified.v1",
    src_partition=4,
    src_offset=11,
    src_timestamp=100,
    group="callqa-scoring",
    app_version="0.1.0",
    attempts=3,
    first_failed_at=200,
    payload_sha256="0" * 64,
    interaction_id="i-1",
    record_version=3,
)
AT = Coordinates(topic="qa.dead_letter.scoring.v1", partition=0, offset=2, timestamp_ms=300)


def test_the_index_says_why_where_from_and_where_the_bytes_lie(named):
    headers = DeadLetterHeaders.from_kafka(HEADERS.to_kafka())

    [row] = named(dead_letter_rows(headers, AT), "qa.dead_letter")

    assert (row["stage"], row["reason"], row["attempts"]) == ("scoring", "RULE_ERROR", 3)
    assert (row["source_topic"], row["source_partition"], row["source_offset"]) == (
        "qa.interaction.classified.v1",
        4,
        11,
    )
    assert (row["dead_letter_topic"], row["dead_letter_partition"], row["dead_letter_offset"]) == (
        "qa.dead_letter.scoring.v1",
        0,
        2,
    )
    assert (row["first_failed_at"], row["failed_at"]) == (200, 300)


def test_the_same_event_set_aside_twice_at_one_stage_is_one_row(named):
    again = Coordinates(topic=AT.topic, partition=AT.partition, offset=9, timestamp_ms=900)

    [first] = named(dead_letter_rows(HEADERS, AT), "qa.dead_letter")
    [second] = named(dead_letter_rows(HEADERS, again), "qa.dead_letter")

    assert first["dead_letter_id"] == second["dead_letter_id"]
    assert second["failed_at"] > first["failed_at"]
