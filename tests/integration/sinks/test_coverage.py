"""The ledger: every unit has one state, whatever arrives, in whatever order, however often."""

from typing import Any

import pytest

from schemas.records.terms import Channel, DeadLetterReason, ExclusionReason, Stage
from sinks.rows.dead_letters import dead_letter_rows
from sinks.rows.intake import intake_rows, unit_of
from sinks.rows.interaction import interaction_rows
from sinks.rows.results import result_rows

pytestmark = pytest.mark.integration
NOON = 1_790_000_000_000
SCORED_TOPIC = "qa.interaction.scored.v1"


def states(client: Any, tenant: str) -> dict[str, str]:
    rows = client.query(
        "SELECT unit_id, state FROM qa_bi.v_coverage WHERE tenant_id = {t:String}", parameters={"t": tenant}
    ).result_rows
    return {unit.removeprefix(f"{tenant}-"): state for unit, state in rows}


def unit(client: Any, unit_id: str) -> tuple[Any, ...]:
    rows = client.query(
        "SELECT state, channel, dead_letter_stage, dead_letter_reason FROM qa_bi.v_coverage"
        " WHERE unit_id = {u:String}",
        parameters={"u": unit_id},
    ).result_rows
    assert len(rows) == 1
    return tuple(rows[0])


def test_each_outcome_is_one_state_and_the_states_add_up(sink, client, records):
    for name in ("scored", "excluded", "dead", "waiting"):
        sink.write(intake_rows(records.coordinates(), records.completed(name)))
    sink.write(result_rows(records.scored(records.header("scored")), NOON))
    sink.write(result_rows(records.excluded(records.header("excluded"), ExclusionReason.TOO_SHORT), NOON))
    failed = records.dead_letter(
        records.coordinates(topic="qa.interaction.classified.v1"),
        stage=Stage.SCORING,
        reason=DeadLetterReason.RULE_ERROR,
        interaction_id=f"{records.tenant}-dead",
        record_version=1,
    )
    sink.write(dead_letter_rows(failed, records.coordinates()))

    daily = client.query(
        "SELECT received_count, scored_count, excluded_count, excluded_too_short_count, dead_lettered_count,"
        " in_flight_count, coverage_numerator, coverage_denominator, coverage_rate, accounted_rate"
        " FROM qa_bi.v_coverage_daily WHERE tenant_id = {t:String}",
        parameters={"t": records.tenant},
    ).result_rows

    assert states(client, records.tenant) == {
        "scored": "scored",
        "excluded": "excluded",
        "dead": "dead_lettered",
        "waiting": "in_flight",
    }
    assert daily == [(4, 1, 1, 1, 1, 1, 1, 3, 1 / 3, 3 / 4)]


def test_a_dead_letter_gives_way_to_a_result_and_not_the_other_way_round(sink, client, records):
    at = records.coordinates()
    sink.write(intake_rows(at, records.completed("i")))
    sink.write(result_rows(records.scored(records.header("i")), NOON))
    sink.write(dead_letter_rows(records.dead_letter(at, interaction_id=f"{records.tenant}-i"), at))

    assert states(client, records.tenant) == {"i": "scored"}


def test_an_undecodable_record_is_a_unit_by_its_coordinates(sink, client, records):
    at = records.coordinates()
    sink.write(intake_rows(at, None))
    letter = records.dead_letter(at, stage=Stage.NORMALIZATION, reason=DeadLetterReason.UNDECODABLE)

    sink.write(dead_letter_rows(letter, records.coordinates()))

    assert unit(client, unit_of(at)) == ("dead_lettered", "UNKNOWN", "normalization", "UNDECODABLE")


def test_a_dead_letter_before_its_intake_row_counts_once(sink, client, records):
    at = records.coordinates()
    sink.write(dead_letter_rows(records.dead_letter(at), records.coordinates()))
    early = unit(client, unit_of(at))

    sink.write(intake_rows(at, None))

    assert unit(client, unit_of(at)) == early
    assert early[0] == "dead_lettered"


def test_a_repeat_that_fails_before_its_intake_row_is_no_unit_beside_the_first(sink, client, records):
    sink.write(intake_rows(records.coordinates(), records.completed("i")))
    at = records.coordinates()
    letter = records.dead_letter(at, interaction_id=f"{records.tenant}-i", record_version=1)

    sink.write(dead_letter_rows(letter, records.coordinates()))

    assert unit(client, f"{records.tenant}-i")[0] == "dead_lettered"


def test_an_invalid_event_is_found_dead_by_its_coordinates_alone(sink, client, records):
    at = records.coordinates()
    sink.write(intake_rows(at, records.completed("i", channel=Channel.UNKNOWN)))
    letter = records.dead_letter(at, stage=Stage.NORMALIZATION, reason=DeadLetterReason.UNKNOWN_CHANNEL)

    sink.write(dead_letter_rows(letter, records.coordinates()))

    assert states(client, records.tenant) == {"i": "dead_lettered"}


def test_a_record_that_can_be_decoded_later_leaves_no_second_unit(sink, client, records):
    at = records.coordinates()
    for completed in (None, records.completed("i"), None):
        sink.write(intake_rows(at, completed))

    leftover = client.query(
        "SELECT count() FROM qa_bi.v_coverage WHERE unit_id = {u:String}", parameters={"u": unit_of(at)}
    ).result_rows

    assert states(client, records.tenant) == {"i": "in_flight"}
    assert leftover == [(0,)]


def test_the_same_event_delivered_three_times_is_one_unit(sink, client, records):
    for _ in range(3):
        sink.write(intake_rows(records.coordinates(), records.completed("i")))

    assert states(client, records.tenant) == {"i": "in_flight"}


def test_a_correction_puts_the_unit_in_flight_until_it_is_judged_again(sink, client, records):
    sink.write(intake_rows(records.coordinates(), records.completed("i", 1)))
    sink.write(result_rows(records.scored(records.header("i", 1)), NOON))
    sink.write(intake_rows(records.coordinates(), records.completed("i", 2)))
    corrected = states(client, records.tenant)

    sink.write(result_rows(records.scored(records.header("i", 2)), NOON))

    assert corrected == {"i": "in_flight"}
    assert states(client, records.tenant) == {"i": "scored"}


def test_a_dead_letter_of_an_older_version_does_not_count(sink, client, records):
    at = records.coordinates()
    sink.write(intake_rows(at, records.completed("i", 1)))
    letter = records.dead_letter(at, interaction_id=f"{records.tenant}-i", record_version=1)
    sink.write(dead_letter_rows(letter, records.coordinates()))

    sink.write(intake_rows(records.coordinates(), records.completed("i", 2)))

    assert states(client, records.tenant) == {"i": "in_flight"}


def test_a_corrected_day_moves_the_unit_and_does_not_double_it(sink, client, records):
    sink.write(intake_rows(records.coordinates(), records.completed("i", 1)))
    sink.write(interaction_rows(records.transcribed(records.header("i", 1)), NOON))
    sink.write(intake_rows(records.coordinates(), records.completed("i", 2, ended_at=NOON + 86_400_000)))

    days = client.query(
        "SELECT business_date, received_count FROM qa_bi.v_coverage_daily WHERE tenant_id = {t:String}",
        parameters={"t": records.tenant},
    ).result_rows

    assert [count for _, count in days] == [1]


def test_an_offset_used_again_after_a_topic_was_created_anew_keeps_both_units(sink, client, records):
    at = records.coordinates()
    again = type(at)(
        topic=at.topic, partition=at.partition, offset=at.offset, timestamp_ms=at.timestamp_ms + 1
    )

    sink.write(intake_rows(at, records.completed("old")))
    sink.write(intake_rows(again, records.completed("new")))

    assert states(client, records.tenant) == {"old": "in_flight", "new": "in_flight"}
