"""What the views of qa_bi count, where a careless definition would count something else."""

from typing import Any

import pytest

from schemas.records.completed import Link, Survey
from schemas.records.feedback import ReviewRecorded, SurveyAnswered
from schemas.records.terms import (
    Channel,
    LinkKind,
    Resolved,
    ReviewDecision,
    SelfServiceOutcome,
    WorkLocation,
)
from sinks.rows.alerts import alert_rows
from sinks.rows.feedback import review_rows, survey_rows
from sinks.rows.interaction import interaction_rows
from sinks.rows.results import result_rows

pytestmark = pytest.mark.integration
NOON = 1_790_000_000_000
DAY = 86_400_000


def ask(client: Any, records: Any, columns: str, view: str, order: str = "1") -> list[tuple[Any, ...]]:
    return client.query(
        f"SELECT {columns} FROM qa_bi.{view} WHERE tenant_id = {{t:String}} ORDER BY {order}",
        parameters={"t": records.tenant},
    ).result_rows


def publish(sink: Any, records: Any, name: str, **changes: Any) -> Any:
    header = records.header(name, **changes)
    sink.write(interaction_rows(records.transcribed(header), NOON))
    return header


def judge(sink: Any, records: Any, name: str, score: float, **changes: Any) -> Any:
    header = publish(sink, records, name, **changes)
    sink.write(result_rows(records.scored(header, score), NOON))
    return header


def test_every_view_can_be_read(client):
    views = client.query(
        "SELECT name FROM system.tables WHERE database = 'qa_bi' AND name NOT LIKE '%as_known'"
    ).result_rows

    for (name,) in views:
        client.query(f"SELECT * FROM qa_bi.{name}")

    assert len(views) >= 20


def test_every_metric_of_the_dictionary_is_a_column_of_the_view_it_names(client):
    entries = client.query("SELECT metric, view_name FROM qa_bi.v_metric_dictionary").result_rows
    columns = set(client.query("SELECT name, table FROM system.columns WHERE database = 'qa_bi'").result_rows)

    assert [entry for entry in entries if entry not in columns] == []


def test_an_agents_mean_is_a_sum_over_a_count_and_unscored_legs_stay_out_of_it(sink, client, records):
    judge(sink, records, "a", 80.0)
    judge(sink, records, "b", 0.0)
    publish(sink, records, "c")

    found = ask(
        client,
        records,
        "agent_id, handled_count, score_sum, scored_count, score_mean, red_line_count, red_line_rate,"
        " fault_count",
        "v_agent",
    )

    assert found == [("A1", 3, 80.0, 2, 40.0, 1, 0.5, 2)]


def test_a_leg_whose_after_contact_work_is_unknown_leaves_both_sides_of_handling_time(sink, client, records):
    known = records.leg("A1", talk_ms=60_000, hold_ms=5_000, acw_ms=0)
    unknown = records.leg("A1", talk_ms=60_000, acw_ms=None)
    publish(sink, records, "a", agents=(known,))
    publish(sink, records, "b", agents=(unknown,))

    found = ask(client, records, "handle_ms_sum, handle_denominator, handle_ms_mean", "v_agent")

    assert found == [(65_000, 1, 65_000.0)]


def test_a_rate_without_a_denominator_is_null(sink, client, records):
    publish(sink, records, "a")

    assert ask(client, records, "score_sum, scored_count, score_mean", "v_team") == [(None, 0, None)]


def test_site_and_home_stand_apart_with_an_interval(sink, client, records):
    for n, (place, score) in enumerate(
        [(WorkLocation.HOME, 90.0), (WorkLocation.HOME, 70.0), (WorkLocation.SITE, 50.0)]
    ):
        judge(sink, records, f"i{n}", score, agents=(records.leg(f"A{n}", work_location=place),))

    found = ask(client, records, "work_location, scored_count, score_mean, score_margin", "v_site")

    assert found[0] == ("HOME", 2, 80.0, pytest.approx(1.96 * 200**0.5 / 2**0.5))
    assert found[1] == ("SITE", 1, 50.0, None)


def test_a_transfer_gives_each_agent_a_row_and_the_interaction_one(sink, client, records):
    judge(sink, records, "a", 80.0, agents=(records.leg("A1"), records.leg("A2")))

    assert ask(client, records, "agent_id, fault_count", "v_agent_leg") == [("A1", 1), ("A2", 0)]
    assert ask(client, records, "score, fault_count, leg_count", "v_interaction") == [(80.0, 1, 2)]


def test_the_wide_row_holds_measures_reason_sentiment_and_survey(sink, client, records):
    header = judge(sink, records, "a", 80.0, survey=Survey(answered_at=NOON, score=2.0, scale_max=3.0))
    sink.write(alert_rows(records.alert(header), NOON + 1500))

    found = ask(
        client,
        records,
        "reason_level1, customer_sentiment, survey_answered, satisfaction, agent_talk_ms, alert_count,"
        " duration_ms",
        "v_interaction",
    )

    assert found == [("billing", -1.5, 1, 0.5, 900, 1, 60_000)]
    assert ask(client, records, "kind, delay_ms, channel", "v_alert") == [("SUPERVISOR", 1500, "VOICE")]


def test_a_second_raising_of_an_alert_does_not_move_its_time(sink, client, records):
    header = publish(sink, records, "a")
    sink.write(alert_rows(records.alert(header), NOON + 1000))
    sink.write(alert_rows(records.alert(header), NOON + DAY))

    assert ask(client, records, "delay_ms", "v_alert") == [(1000,)]


def test_the_latest_review_stands_beside_the_finding_and_does_not_change_it(sink, client, records):
    header = publish(sink, records, "a")
    scored = records.scored(header)
    sink.write(result_rows(scored, NOON))
    for n, decision in enumerate([ReviewDecision.CONFIRMED, ReviewDecision.OVERTURNED]):
        review = ReviewRecorded(
            review_id=f"r{n}",
            tenant_id=records.tenant,
            interaction_id=header.interaction_id,
            result_id=scored.result_id,
            rule_id="missing-closing",
            leg=0,
            decision=decision,
            reviewer_id="R",
            reviewed_at=NOON + n,
        )
        sink.write(review_rows(review, comment=None))

    found = ask(client, records, "verdict, review_decision, turn, evidence_count", "v_finding")

    assert found == [("HIT", "OVERTURNED", 0, 2)]


def test_satisfaction_is_normalised_by_its_scale_and_answered_over_offered(sink, client, records):
    publish(sink, records, "none")
    publish(sink, records, "asked", survey=Survey(offered_at=NOON))
    publish(sink, records, "four", survey=Survey(answered_at=NOON, score=4.0, resolved=Resolved.YES))
    late = publish(sink, records, "late", survey=Survey(answered_at=NOON, score=5.0))
    answer = SurveyAnswered(
        tenant_id=records.tenant,
        interaction_id=late.interaction_id,
        answered_at=NOON + 1,
        score=50.0,
        scale_min=0.0,
        scale_max=100.0,
        resolved=Resolved.NO,
    )
    sink.write(survey_rows(answer, comment=None))

    found = ask(
        client,
        records,
        "interaction_count, offered_count, answered_count, top_box_count, scored_count, satisfaction_mean,"
        " resolved_count, resolved_denominator",
        "v_satisfaction",
    )

    assert found == [(4, 3, 2, 1, 2, 0.625, 1, 2)]


def test_a_session_names_the_node_that_failed_last(sink, client, records, self_service):
    shared = {"channel": Channel.SELF_SERVICE, "agents": (), "customer_key": f"c-{records.tenant}"}
    publish(sink, records, "failed", self_service=self_service(), **shared)
    publish(
        sink,
        records,
        "solved",
        self_service=self_service(SelfServiceOutcome.RESOLVED),
        **{**shared, "customer_key": "other"},
    )

    sessions = ask(
        client,
        records,
        "failing_node_id, failing_result, contained, resolved, failed_step_count, last_node_id",
        "v_self_service",
        "resolved",
    )
    nodes = ask(client, records, "node_id, visit_count, failure_count, failure_rate", "v_self_service_node")

    assert sessions == [("code", "NO_MATCH", 1, 0, 1, "bye"), (None, None, 1, 1, 1, "bye")]
    assert ("code", 2, 2, 1.0) in nodes


def test_a_call_after_a_failed_session_is_a_repeat_contact_over_channels(sink, client, records, self_service):
    customer = {"customer_key": f"c-{records.tenant}"}
    publish(
        sink,
        records,
        "app",
        channel=Channel.SELF_SERVICE,
        agents=(),
        self_service=self_service(SelfServiceOutcome.RESOLVED),
        **customer,
    )
    publish(sink, records, "call", started_at=NOON + 3_600_000, ended_at=NOON + 3_700_000, **customer)

    repeats = ask(client, records, "channel, next_channel, repeat_1d, gap_ms", "v_repeat_contact")

    assert repeats == [("SELF_SERVICE", "VOICE", 1, 3_600_000), ("VOICE", None, 0, None)]
    assert ask(client, records, "truly_contained", "v_self_service") == [(0,)]


def test_a_part_that_the_bot_handed_over_is_no_new_contact(sink, client, records):
    customer = {"customer_key": f"c-{records.tenant}"}
    first = publish(sink, records, "bot", channel=Channel.WEB, **customer)
    publish(
        sink,
        records,
        "human",
        started_at=NOON + 1000,
        ended_at=NOON + 9000,
        links=(Link(interaction_id=first.interaction_id, kind=LinkKind.BOT_TO_HUMAN),),
        **customer,
    )

    assert ask(client, records, "repeat_7d", "v_repeat_contact") == [(0,), (0,)]


def test_first_contact_resolution_keeps_what_is_said_apart_from_what_happened(sink, client, records):
    customer = {"customer_key": f"c-{records.tenant}"}
    long_ago = NOON - 400 * DAY
    yes = Survey(answered_at=long_ago, score=5.0, resolved=Resolved.YES)
    publish(sink, records, "a", started_at=long_ago, ended_at=long_ago + 1, survey=yes, **customer)
    publish(
        sink, records, "b", started_at=long_ago + DAY, ended_at=long_ago + DAY + 1, survey=yes, **customer
    )
    publish(sink, records, "c", started_at=long_ago, ended_at=long_ago + 1)

    found = ask(
        client,
        records,
        "sum(said_numerator), sum(said_denominator), sum(no_repeat_numerator), sum(no_repeat_denominator),"
        " sum(customer_unknown_count)",
        "v_fcr",
    )

    assert found == [(1, 2, 1, 2, 1)]
