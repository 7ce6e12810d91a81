"""What the store shows becomes the few facts that a person's judgement is compared with."""

import pytest

from schemas.records.terms import AlertKind, DeadLetterReason, ExclusionReason, FindingKind, Verdict
from streams.demo.observed import outcomes
from streams.demo.outcome import Alerted, Found
from streams.reports.content import (
    Alert,
    DeadLetter,
    Evidence,
    Finding,
    Interaction,
    LegScore,
    Reason,
    ReportContent,
    Turn,
)

COMPLETED = "qa.interaction.completed.v1"


def interaction(interaction_id, **values):
    return Interaction(
        **{
            "interaction_id": interaction_id,
            "channel": "VOICE",
            "direction": "INBOUND",
            "queue": "q",
            "started_at": 0,
            "ended_at": 60_000,
            "site_timezone": "Asia/Shanghai",
            "disconnect_party": "CUSTOMER",
            "status": "SCORED",
            "exclusion": None,
            "score": 80.0,
            "review_pending": False,
            "ruleset": "zh",
            "scorecard": "service",
            "activation_seq": 1,
            "engine": "",
            "measures": {},
            "survey_score": None,
            **values,
        }
    )


def leg(n, score, **values):
    return LegScore(
        **{
            "leg": n,
            "agent_id": str(n),
            "score": score,
            "score_before_red_line": None,
            "earned": 0.0,
            "potential": 0.0,
            "bonus": 0.0,
            "red_line": False,
            "review_pending": False,
            **values,
        }
    )


def letter(offset, interaction_id=None, reason="UNDECODABLE"):
    return DeadLetter(
        interaction_id=interaction_id,
        stage="normalization",
        reason=reason,
        detail="",
        source_topic=COMPLETED,
        source_partition=1,
        source_offset=offset,
        attempts=1,
    )


def content(interactions=(), dead_letters=(), alerts=()):
    return ReportContent(coverage=(), interactions=interactions, alerts=alerts, dead_letters=dead_letters)


FINDING = Finding(
    n=0,
    rule_id="forbidden-words",
    rule_version="1",
    rule_name="服务禁语",
    kind="FAULT",
    verdict="UNCERTAIN",
    doubt="SOUND_ALIKE",
    leg=1,
    evidence=(
        Evidence(
            finding=0,
            operator="said",
            turn=0,
            start=0,
            end=2,
            start_ms=0,
            end_ms=1,
            party="AGENT",
            words="没空",
            reading=None,
            value=None,
            threshold=None,
            unit=None,
        ),
    ),
)


@pytest.fixture
def whole():
    """One scored call with everything, one excluded chat, and one alert of each."""
    turn = Turn(
        turn=0,
        party="AGENT",
        speaker_id="",
        leg=0,
        kind="SPEECH",
        start_ms=0,
        end_ms=1,
        text="我没空",
        automatic=False,
        recalled=False,
    )
    call = interaction(
        "v01",
        review_pending=True,
        legs=(leg(0, 0.0, red_line=True), leg(1, None)),
        findings=(FINDING,),
        turns=(turn,),
        reasons=(Reason(level1="billing", level2="bill-query", verdict="HIT", is_primary=True),),
        measures={"silence_ms": 1_200, "agent_cpm": None},
    )
    chat = interaction("c01", status="EXCLUDED", exclusion="CUSTOMER_ABUSE", score=None)
    alerts = tuple(
        Alert(
            interaction_id=name,
            kind="SUPERVISOR",
            rule_id="agent-insult",
            rule_name="",
            agent_id=None,
            raised_at=0,
            ended_at=0,
            words="",
            linked_interaction_ids=("c01",),
        )
        for name in ("v01", "elsewhere")
    )
    return content((call, chat), alerts=alerts)


def test_scores_red_lines_findings_reasons_alerts_and_measures_are_carried_over(whole):
    found = outcomes(whole, {(COMPLETED, 1, 0): "v01"})["v01"]

    assert found.scores == {0: 0.0, 1: None}
    assert found.red_lines == (0,)
    assert found.review_pending
    assert found.findings == (Found("forbidden-words", FindingKind.FAULT, Verdict.UNCERTAIN, 1),)
    assert found.reasons == ("billing/bill-query",)
    assert found.alerts == (Alerted(AlertKind.SUPERVISOR, "agent-insult", ("c01",)),)
    assert found.measures == {"silence_ms": 1_200.0}


def test_every_word_that_a_reader_can_reach_is_among_the_texts(whole):
    assert outcomes(whole, {(COMPLETED, 1, 0): "v01"})["v01"].texts == ("我没空", "没空")


def test_an_exclusion_is_an_outcome(whole):
    assert outcomes(whole, {(COMPLETED, 1, 0): "c01"})["c01"].exclusion is ExclusionReason.CUSTOMER_ABUSE


def test_what_was_not_published_this_time_is_left_out(whole):
    assert set(outcomes(whole, {(COMPLETED, 1, 0): "v01"})) == {"v01"}


def test_a_dead_letter_that_nobody_could_decode_is_known_by_its_place():
    found = outcomes(content(dead_letters=(letter(5),)), {(COMPLETED, 1, 5): "b01"})

    assert found["b01"].dead_letter is DeadLetterReason.UNDECODABLE


def test_a_dead_letter_of_something_else_is_nobodys_outcome():
    assert outcomes(content(dead_letters=(letter(6),)), {(COMPLETED, 1, 5): "b01"}) == {}


def test_a_result_counts_before_a_dead_letter_of_the_same_interaction(whole):
    whole = content(whole.interactions, (letter(0, "v01", "ASR_CRASH"),))

    assert outcomes(whole, {(COMPLETED, 1, 0): "v01"})["v01"].dead_letter is None


def test_a_reason_that_is_not_on_the_closed_list_is_refused():
    with pytest.raises(ValueError, match="BAD_LUCK"):
        outcomes(content(dead_letters=(letter(5, reason="BAD_LUCK"),)), {(COMPLETED, 1, 5): "b01"})
