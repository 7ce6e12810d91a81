"""Which result counts now, and which counted on a day in the past."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.records.terms import ExclusionReason
from sinks.rows.interaction import interaction_rows
from sinks.rows.results import result_rows

pytestmark = pytest.mark.integration
NOON = 1_790_000_000_000
HOUR = 3_600_000


def now(client: Any, tenant: str) -> list[tuple[Any, ...]]:
    return client.query(
        "SELECT leg, agent_id, score, activation_seq FROM qa_bi.v_score"
        " WHERE tenant_id = {t:String} ORDER BY leg",
        parameters={"t": tenant},
    ).result_rows


def as_known(client: Any, tenant: str, at_ms: int) -> list[tuple[Any, ...]]:
    moment = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return client.query(
        f"SELECT leg, score FROM qa_bi.v_score_as_known(as_of = '{moment}')"
        f" WHERE tenant_id = '{tenant}' ORDER BY leg"
    ).result_rows


def write(
    sink: Any, records: Any, header: Any, score: float, *, seq: int = 1, at: int = NOON, **changes: Any
):
    sink.write(interaction_rows(records.transcribed(header), at))
    sink.write(result_rows(records.scored(header, score, seq, **changes), at))


def test_the_highest_activation_counts_now_and_the_older_one_as_known_before(sink, client, records):
    header = records.header("i")
    write(sink, records, header, 80.0, seq=1, at=NOON)
    write(sink, records, header, 60.0, seq=2, at=NOON + HOUR)

    assert now(client, records.tenant) == [(0, "A1", 60.0, 2)]
    assert as_known(client, records.tenant, NOON + HOUR // 2) == [(0, 80.0)]
    assert as_known(client, records.tenant, NOON + 2 * HOUR) == [(0, 60.0)]
    assert as_known(client, records.tenant, NOON - 1) == []


def test_going_back_to_older_rules_brings_the_old_result_back(sink, client, records):
    header = records.header("i")
    write(sink, records, header, 80.0, seq=1, at=NOON, result_id="old")
    write(sink, records, header, 60.0, seq=2, at=NOON + HOUR, result_id="new")

    write(sink, records, header, 80.0, seq=3, at=NOON + 2 * HOUR, result_id="old")

    assert now(client, records.tenant) == [(0, "A1", 80.0, 3)]
    assert as_known(client, records.tenant, NOON + HOUR) == [(0, 60.0)]


def test_replaying_an_old_activation_changes_nothing(sink, client, records):
    header = records.header("i")
    write(sink, records, header, 80.0, seq=1, at=NOON)
    write(sink, records, header, 60.0, seq=2, at=NOON + HOUR)

    write(sink, records, header, 80.0, seq=1, at=NOON + 9 * HOUR)

    assert now(client, records.tenant) == [(0, "A1", 60.0, 2)]
    assert as_known(client, records.tenant, NOON) == [(0, 80.0)]


def test_a_leg_that_a_correction_removed_is_gone_from_every_view(sink, client, records):
    two = records.header("i", 1, agents=(records.leg("A1"), records.leg("A2")))
    write(sink, records, two, 70.0)

    write(sink, records, records.header("i", 2, agents=(records.leg("A1"),)), 90.0, at=NOON + 1)

    legs = client.query(
        "SELECT agent_id, score FROM qa_bi.v_agent_leg WHERE tenant_id = {t:String}",
        parameters={"t": records.tenant},
    ).result_rows
    assert now(client, records.tenant) == [(0, "A1", 90.0, 1)]
    assert legs == [("A1", 90.0)]


def test_an_interaction_excluded_under_new_rules_has_no_leg_score_left(sink, client, records):
    header = records.header("i")
    write(sink, records, header, 70.0, seq=1)

    sink.write(result_rows(records.excluded(header, ExclusionReason.CUSTOMER_ABUSE, seq=2), NOON))

    status = client.query(
        "SELECT status, exclusion, score FROM qa_bi.v_interaction WHERE tenant_id = {t:String}",
        parameters={"t": records.tenant},
    ).result_rows
    assert now(client, records.tenant) == []
    assert status == [("EXCLUDED", "CUSTOMER_ABUSE", None)]


def test_findings_items_and_reasons_are_those_of_the_result_that_counts(sink, client, records):
    header = records.header("i")
    write(sink, records, header, 80.0, seq=1)

    write(sink, records, header, 60.0, seq=2, findings=(), reasons=())

    counts = client.query(
        "SELECT (SELECT count() FROM qa_bi.v_finding WHERE tenant_id = {t:String}),"
        " (SELECT count() FROM qa_bi.v_contact_reason WHERE tenant_id = {t:String}),"
        " (SELECT count() FROM qa_bi.v_score_item WHERE tenant_id = {t:String})",
        parameters={"t": records.tenant},
    ).result_rows
    assert counts == [(0, 0, 1)]


def test_a_campaign_never_counts_as_the_base_score(sink, client, records):
    header = records.header("i")
    write(sink, records, header, 80.0, seq=1)
    campaign = f"campaign-{records.tenant}"
    client.insert(
        "qa.activation",
        [(9, "CAMPAIGN", "zh", "r9", "zh", campaign, "c9", datetime.fromtimestamp(0, UTC), "t", "", 1)],
        column_names=[
            *("activation_seq", "scope", "ruleset_id", "ruleset_hash", "language", "scorecard_id"),
            *("scorecard_hash", "activated_at", "activated_by", "note", "version"),
        ],
    )

    write(sink, records, header, 10.0, seq=9, scorecard_id=campaign)

    assert now(client, records.tenant) == [(0, "A1", 80.0, 1)]
