"""The comparison finds every kind of difference, and none where the outcome is as a person says."""

import msgspec
import pytest

from schemas.records.completed import InteractionHeader, Link
from schemas.records.scored import AlertRaised, InteractionScored, LegScore
from schemas.records.terms import (
    AlertKind,
    DeadLetterReason,
    ExclusionReason,
    FindingKind,
    ScoreStatus,
    Verdict,
)
from schemas.records.transcribed import Measures
from streams.demo.expectations import compare
from streams.demo.expected import Certainty, Expectation, KnownMiss
from streams.demo.outcome import Alerted, Found, Outcome, outcome_of

WANTED = Expectation(
    note="推诿",
    must={"deflection": Certainty.HIT, "ambiguous-insult": Certainty.UNCERTAIN},
    may=("harsh-tone",),
    must_not=("empathy",),
    score={0: (40, 90)},
    review=True,
    reasons=("billing/bill-query",),
    not_reasons=("broadband/outage",),
    alerts=(AlertKind.COMPLAINT,),
    linked=("i-0",),
    measures={"agent_interruption_count": (3, 3)},
    masked=("[电话]",),
    never_shown=("13800138000",),
)
OUTCOME = Outcome(
    interaction_id="i-1",
    scores={0: 85.0},
    review_pending=True,
    findings=(
        Found("deflection", FindingKind.FAULT, Verdict.HIT, 0),
        Found("harsh-tone", FindingKind.FAULT, Verdict.HIT, 0),
        Found("ambiguous-insult", FindingKind.SIGNAL, Verdict.UNCERTAIN),
        Found("dead-air", FindingKind.FAULT, Verdict.UNCERTAIN, 0),
    ),
    reasons=("billing/bill-query", "complaint/service"),
    alerts=(Alerted(AlertKind.COMPLAINT, "regulator-complaint", ("i-0",)),),
    measures={"agent_interruption_count": 3.0},
    texts=("我的号码是[电话]",),
)


def points(wanted, outcome):
    return [difference.point for difference in compare({"i-1": wanted}, {"i-1": outcome})]


def changed(**facts):
    return msgspec.structs.replace(OUTCOME, **facts)


def without(rule_id):
    return changed(findings=tuple(f for f in OUTCOME.findings if f.rule_id != rule_id))


def with_found(*found):
    return changed(findings=OUTCOME.findings + found)


def test_an_outcome_as_a_person_says_has_no_difference():
    assert points(WANTED, OUTCOME) == []


@pytest.mark.parametrize(
    ("outcome", "point"),
    [
        (changed(dead_letter=DeadLetterReason.INVALID), "outcome"),
        (changed(exclusion=ExclusionReason.TOO_SHORT), "outcome"),
        (without("deflection"), "must deflection"),
        (without("ambiguous-insult"), "must ambiguous-insult"),
        (
            with_found(Found("ambiguous-insult", FindingKind.SIGNAL, Verdict.HIT)),
            "must ambiguous-insult",
        ),
        (with_found(Found("empathy", FindingKind.CREDIT, Verdict.UNCERTAIN, 0)), "must_not empathy@0"),
        (with_found(Found("fast-speech", FindingKind.FAULT, Verdict.HIT, 0)), "must_not fast-speech@0"),
        (
            with_found(Found("customer-threat", FindingKind.EXEMPTION, Verdict.HIT)),
            "must_not customer-threat",
        ),
        (changed(scores={0: 95.0}), "score 0"),
        (changed(scores={0: None}), "score 0"),
        (changed(scores={}), "score 0"),
        (changed(scores={0: 85.0, 1: 100.0}), "score 1"),
        (changed(red_lines=(0,)), "red_line"),
        (changed(review_pending=False), "review"),
        (changed(reasons=("complaint/service",)), "reason billing/bill-query"),
        (changed(reasons=(*OUTCOME.reasons, "broadband/outage")), "not_reason broadband/outage"),
        (changed(alerts=()), "alert COMPLAINT"),
        (
            changed(alerts=(*OUTCOME.alerts, Alerted(AlertKind.SUPERVISOR, "ghost-call"))),
            "alert SUPERVISOR",
        ),
        (changed(alerts=(Alerted(AlertKind.COMPLAINT, "regulator-complaint"),)), "linked i-0"),
        (changed(measures={"agent_interruption_count": 2.0}), "measure agent_interruption_count"),
        (changed(measures={}), "measure agent_interruption_count"),
        (changed(texts=("没有号码",)), "masked [电话]"),
        (changed(texts=("[电话]", "13800138000")), "shown 1"),
    ],
)
def test_each_departure_is_found(outcome, point):
    assert point in points(WANTED, outcome)


def test_another_ending_is_told_once_not_as_twenty_differences():
    assert points(WANTED, Outcome(interaction_id="i-1", dead_letter=DeadLetterReason.ASR_CRASH)) == [
        "outcome"
    ]


def test_a_fault_on_the_other_agents_leg_is_a_difference():
    wanted = Expectation(note="", must={"deflection@0": Certainty.HIT})
    second = Outcome(interaction_id="i-1", findings=(Found("deflection", FindingKind.FAULT, Verdict.HIT, 1),))

    assert points(wanted, second) == ["must deflection@0", "must_not deflection@1"]


def test_a_known_miss_is_not_demanded_but_welcome():
    wanted = msgspec.structs.replace(WANTED, known_miss=(KnownMiss("deflection", "不贵我们管"),))

    assert points(wanted, without("deflection")) == []
    assert points(wanted, OUTCOME) == []


def test_an_interaction_without_outcome_and_one_nobody_expects_are_both_told():
    differences = compare({"i-1": WANTED}, {"i-2": msgspec.structs.replace(OUTCOME, interaction_id="i-2")})

    assert [(d.interaction_id, d.point) for d in differences] == [("i-1", "outcome"), ("i-2", "outcome")]


def test_words_are_not_compared_where_the_source_holds_none():
    assert points(WANTED, changed(texts=None)) == []


def test_private_text_is_not_repeated_in_the_difference():
    differences = compare({"i-1": WANTED}, {"i-1": changed(texts=("[电话]", "13800138000"))})

    assert "13800138000" not in "".join(d.zh + d.en for d in differences)


def test_a_difference_reads_in_either_language():
    (difference,) = compare({"i-1": WANTED}, {"i-1": changed(scores={0: 95.0})})

    assert difference.in_language("zh") == "i-1: 第 1 位客服应得 40 至 90 分，实得 95"
    assert difference.in_language("en") == "i-1: leg 0 should score 40 to 90, scored 95"


def test_a_scored_record_with_its_alerts_becomes_an_outcome():
    header = InteractionHeader(
        interaction_id="i-1",
        record_version=1,
        tenant_id="demo",
        source_system="pbx",
        started_at=0,
        ended_at=1,
        links=(Link(interaction_id="i-0"),),
        source_topic="t",
        source_partition=0,
        source_offset=0,
        source_timestamp=0,
    )
    scored = InteractionScored(
        header=header,
        status=ScoreStatus.SCORED,
        scorecard_id="s",
        scorecard_hash="h",
        activation_seq=1,
        result_id="r",
        content_digest="d",
        legs=(LegScore(result_id="l", content_digest="d", leg=0, agent_id="a", score=0.0, red_line=True),),
        measures=Measures(definition_version="1", agent_interruption_count=3),
    )
    mine, other = (
        AlertRaised(
            alert_id=interaction_id,
            kind=AlertKind.SUPERVISOR,
            tenant_id="demo",
            interaction_id=interaction_id,
            record_version=1,
            rule_id="ghost-call",
            rule_name="鬼呼",
            ended_at=1,
            linked_interaction_ids=("i-0",),
        )
        for interaction_id in ("i-1", "i-9")
    )

    outcome = outcome_of(scored, [mine, other])

    assert (outcome.scores, outcome.red_lines) == ({0: 0.0}, (0,))
    assert outcome.alerts == (Alerted(AlertKind.SUPERVISOR, "ghost-call", ("i-0",)),)
    assert outcome.measures["agent_interruption_count"] == 3.0
