from datetime import date

from schemas.records.completed import InteractionCompleted, Survey
from sinks.rows.intake import Coordinates, intake_rows, unit_of

AT = Coordinates(topic="qa.interaction.completed.v1", partition=1, offset=7, timestamp_ms=1_790_033_400_000)


def completed(**changes: object) -> InteractionCompleted:
    facts = {
        "interaction_id": "i-1",
        "record_version": 3,
        "tenant_id": "t-1",
        "source_system": "test",
        "started_at": 1_790_033_000_000,
        "ended_at": 1_790_033_400_000,
    }
    return InteractionCompleted(**{**facts, **changes})


def test_a_record_that_cannot_be_decoded_is_a_unit_by_its_coordinates(named):
    [row] = named(intake_rows(AT, None), "qa.intake")

    assert row["unit_id"] == unit_of(AT) == "qa.interaction.completed.v1:1:7"
    assert (row["tenant_id"], row["interaction_id"], row["record_version"]) == ("", None, None)
    assert (row["channel"], row["decodable"]) == ("UNKNOWN", 0)
    assert row["business_date"] == date(2026, 9, 21)


def test_a_decodable_record_is_a_unit_by_its_interaction(named):
    [row] = named(intake_rows(AT, completed()), "qa.intake")

    assert (row["unit_id"], row["record_version"], row["decodable"]) == ("i-1", 3, 1)
    assert row["business_date"] == date(2026, 9, 22)
    assert (row["source_partition"], row["source_offset"]) == (1, 7)


def test_an_event_with_absurd_times_still_has_its_ledger_row(named):
    absurd = completed(started_at=-(2**62), ended_at=2**62, site_timezone="Nowhere")

    [row] = named(intake_rows(AT, absurd), "qa.intake")

    assert (row["started_at"], row["ended_at"]) == (None, None)
    assert row["business_date"] == date(2299, 12, 31)


def test_the_raw_comment_of_an_embedded_survey_is_not_stored(named):
    rows = intake_rows(AT, completed(survey=Survey(answered_at=5, score=4.0, comment="13800138000")))

    [row] = named(rows, "qa.survey")

    assert (row["score"], row["has_comment"], row["embedded"]) == (4.0, 1, 1)
    assert "13800138000" not in repr(rows)
    assert "qa_content.survey_comment" not in rows


def test_an_undecodable_record_that_is_sent_again_stays_the_unit_it_was(named):
    again = Coordinates(topic=AT.topic, partition=1, offset=90, timestamp_ms=AT.timestamp_ms + 5)

    [row] = named(intake_rows(again, None, AT), "qa.intake")

    assert (row["source_offset"], row["unit_id"]) == (90, unit_of(AT))


def test_a_record_sent_again_that_can_be_decoded_by_now_takes_its_first_place_along(named):
    again = Coordinates(topic=AT.topic, partition=1, offset=90, timestamp_ms=AT.timestamp_ms + 5)

    rows = named(intake_rows(again, completed(), AT), "qa.intake")

    assert [(row["source_offset"], row["unit_id"], row["decodable"]) for row in rows] == [
        (90, "i-1", 1),
        (7, "i-1", 1),
    ]
