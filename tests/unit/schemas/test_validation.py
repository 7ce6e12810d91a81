from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.records.completed import (
    AgentLeg,
    InteractionCompleted,
    Link,
    Message,
    Recording,
    Segment,
    SelfService,
    Step,
    Survey,
    VendorTranscript,
)
from schemas.records.feedback import ReviewRecorded, SurveyAnswered
from schemas.records.terms import Channel, DeadLetterReason, Role
from schemas.validation import (
    CLOCK_TOLERANCE_MS,
    CLOSING_TOLERANCE_MS,
    DAY_MS,
    EARLIEST_MS,
    INLINE_TEXT_LIMIT,
    LATEST_MS,
    LONGEST_MS,
    check,
    check_review,
    check_survey,
)
from schemas.violation import SchemaViolation

T0 = 1_763_946_000_000
CALL = InteractionCompleted(
    interaction_id="c1",
    record_version=1,
    tenant_id="t",
    source_system="s",
    channel=Channel.VOICE,
    started_at=T0,
    answered_at=T0 + 5_000,
    ended_at=T0 + 60_000,
)
LEG = AgentLeg(agent_id="1027", joined_at=T0 + 5_000, left_at=T0 + 60_000)
MESSAGE = Message(message_id="m1", sent_at=T0, role=Role.CUSTOMER, text="你好")
SEGMENT = Segment(start_ms=0, end_ms=10, role=Role.AGENT, text="您好", confidence=0.5)
STEP = Step(seq=1, node_id="n", entered_at=T0, left_at=T0 + 1)
SURVEY = SurveyAnswered(tenant_id="t", interaction_id="c1", score=3.0)
REVIEW = ReviewRecorded(
    review_id="r",
    tenant_id="t",
    interaction_id="c1",
    result_id="x",
    rule_id="greeting",
    reviewer_id="q",
    reviewed_at=T0,
)
TOO_LONG = "x" * 257


def leg(**change: object) -> dict[str, object]:
    return {"agents": (replace(LEG, **change),)}


def message(**change: object) -> dict[str, object]:
    return {"messages": (replace(MESSAGE, **change),)}


def segment(**change: object) -> dict[str, object]:
    return {"transcript": VendorTranscript(provider="v", segments=(replace(SEGMENT, **change),))}


def step(**change: object) -> dict[str, object]:
    return {"self_service": SelfService(flow_id="f", steps=(STEP, replace(STEP, **{"seq": 2, **change})))}


def survey(**change: object) -> dict[str, object]:
    return {"survey": Survey(**change)}


def recording(**change: object) -> dict[str, object]:
    return {"recordings": (Recording(**{"uri": "file:///a.wav", **change}),)}


def test_a_call_with_everything_in_order_passes():
    check(
        replace(
            CALL,
            **leg(),
            **segment(),
            **step(),
            **survey(score=5.0),
            **recording(sha256="0" * 64, duration_ms=1),
            links=(Link(interaction_id="c0"),),
            language="yue-Hant-HK",
        ),
        now_ms=T0,
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"interaction_id": ""}, "interaction_id"),
        ({"interaction_id": "a b"}, "interaction_id"),
        ({"interaction_id": "x" * 129}, "interaction_id"),
        ({"record_version": -1}, "record_version"),
        ({"tenant_id": " "}, "tenant_id"),
        ({"tenant_id": TOO_LONG}, "tenant_id"),
        ({"source_system": ""}, "source_system"),
        ({"site_timezone": "Asia/Peking"}, "site_timezone"),
        ({"language": "中文"}, "language"),
        ({"ended_at": T0 - 1, "answered_at": None}, "ended_at"),
        ({"ended_at": T0 + LONGEST_MS + 1}, "ended_at"),
        ({"started_at": EARLIEST_MS - 1}, "started_at"),
        ({"started_at": LATEST_MS, "ended_at": LATEST_MS}, "started_at"),
        ({"answered_at": T0 - 1}, "answered_at"),
        ({"answered_at": T0 + 60_001}, "answered_at"),
        ({"enqueued_at": T0 - CLOCK_TOLERANCE_MS - 1}, "enqueued_at"),
        ({"dequeued_at": T0 + 60_001 + CLOCK_TOLERANCE_MS}, "dequeued_at"),
        ({"enqueued_at": T0 + 2, "dequeued_at": T0 + 1}, "dequeued_at"),
        ({"queue_wait_ms": -1}, "queue_wait_ms"),
        ({"queue_wait_ms": LONGEST_MS + 1}, "queue_wait_ms"),
        ({"transfer_count": -1}, "transfer_count"),
        ({"transfer_count": 2**31}, "transfer_count"),
        ({"retain_until": -5}, "retain_until"),
        ({"links": (Link(interaction_id="c1"),)}, "links[0].interaction_id"),
        ({"links": (Link(interaction_id=""),)}, "links[0].interaction_id"),
        ({"attributes": {str(n): "" for n in range(65)}}, "attributes"),
        (leg(agent_id=""), "agents[0].agent_id"),
        (leg(left_at=T0 + 4_999), "agents[0].left_at"),
        (leg(joined_at=T0 - CLOCK_TOLERANCE_MS - 1), "agents[0].joined_at"),
        (leg(joined_at=None, left_at=T0 + 60_001 + CLOSING_TOLERANCE_MS), "agents[0].left_at"),
        (leg(alerted_at=T0 + 60_001 + CLOCK_TOLERANCE_MS), "agents[0].alerted_at"),
        (leg(hold_ms=-1), "agents[0].hold_ms"),
        (leg(hold_count=-1), "agents[0].hold_count"),
        (recording(uri=""), "recordings[0].uri"),
        (recording(sample_rate_hz=0), "recordings[0].sample_rate_hz"),
        (recording(sample_rate_hz=-8000), "recordings[0].sample_rate_hz"),
        (recording(sha256="abc"), "recordings[0].sha256"),
        (recording(duration_ms=-1), "recordings[0].duration_ms"),
        (message(message_id=""), "messages[0].message_id"),
        (message(sent_at=T0 - CLOSING_TOLERANCE_MS - 1), "messages[0].sent_at"),
        (message(sent_at=T0 + 60_001 + CLOSING_TOLERANCE_MS), "messages[0].sent_at"),
        ({"messages": (MESSAGE, MESSAGE)}, "messages[1].message_id"),
        (message(text="字" * (INLINE_TEXT_LIMIT // 3 + 1)), "messages and transcript"),
        (segment(end_ms=-1, start_ms=-1), "transcript.segments[0].start_ms"),
        (segment(start_ms=11), "transcript.segments[0].end_ms"),
        (segment(confidence=97.0), "transcript.segments[0].confidence"),
        (segment(confidence=math.nan), "transcript.segments[0].confidence"),
        (segment(channel=-1), "transcript.segments[0].channel"),
        ({"self_service": SelfService(flow_id="")}, "self_service.flow_id"),
        (step(node_id=""), "self_service.steps[1].node_id"),
        (step(seq=1), "self_service.steps[1].seq"),
        (step(left_at=T0 - 1), "self_service.steps[1].left_at"),
        (step(intent_confidence=-0.1), "self_service.steps[1].intent_confidence"),
        (step(attempts=-1), "self_service.steps[1].attempts"),
        (survey(score=5.1), "survey.score"),
        (survey(score=0.9), "survey.score"),
        (survey(score=math.nan), "survey.score"),
        (survey(scale_max=math.inf), "survey.scale_min"),
        (survey(scale_min=5.0), "survey.scale_min"),
        (survey(offered_at=T0, answered_at=T0 - 1), "survey.answered_at"),
    ],
)
def test_a_contradiction_is_invalid_and_names_its_field(change, field):
    with pytest.raises(SchemaViolation) as caught:
        check(replace(CALL, **change))
    assert caught.value.reason is DeadLetterReason.INVALID
    assert caught.value.detail.startswith(field + ": ")


@pytest.mark.parametrize(
    "change",
    [
        leg(joined_at=T0 - CLOCK_TOLERANCE_MS),
        leg(left_at=T0 + 60_000 + CLOSING_TOLERANCE_MS),
        message(sent_at=T0 + 60_000 + CLOSING_TOLERANCE_MS),
        {"answered_at": T0 + 60_000},
        {"ended_at": T0, "answered_at": T0},
        survey(score=1.0),
        survey(),
        step(intent_confidence=1.0),
        message(text="a" * INLINE_TEXT_LIMIT),
        {"agents": ()},
    ],
)
def test_what_lies_on_the_border_passes(change):
    check(replace(CALL, **change))


def test_an_unknown_channel_has_a_reason_of_its_own():
    with pytest.raises(SchemaViolation, match="VOICE, WEB or SELF_SERVICE") as caught:
        check(replace(CALL, channel=Channel.UNKNOWN))
    assert caught.value.reason is DeadLetterReason.UNKNOWN_CHANNEL


def test_the_future_is_refused_only_when_the_present_is_given():
    check(CALL)
    check(CALL, now_ms=CALL.ended_at - DAY_MS)
    with pytest.raises(SchemaViolation, match="ended_at: is more than a day in the future"):
        check(CALL, now_ms=CALL.ended_at - DAY_MS - 1)


def test_content_is_never_repeated():
    secret = "13800138000"
    with pytest.raises(SchemaViolation) as caught:
        check(replace(CALL, messages=(replace(MESSAGE, text=secret, message_id=""),), customer_key=secret))
    assert "138" not in caught.value.detail


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_event_passes_or_is_a_violation(any_record, data):
    event = data.draw(any_record(InteractionCompleted))
    try:
        check(event)
    except SchemaViolation as violation:
        told = violation.detail
    else:
        told = "nothing: in order"
    assert told.partition(": ")[2]


def test_a_survey_answer_in_order_passes():
    check_survey(SURVEY)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"interaction_id": "a b"}, "interaction_id"),
        ({"tenant_id": ""}, "tenant_id"),
        ({"score": 9.0}, "score"),
        ({"offered_at": T0, "answered_at": T0 - 1}, "answered_at"),
        ({"answered_at": 5}, "answered_at"),
    ],
)
def test_a_survey_answer_that_contradicts_itself_is_invalid(change, field):
    with pytest.raises(SchemaViolation, match=f"INVALID: {field}: "):
        check_survey(replace(SURVEY, **change))


def test_a_review_in_order_passes_with_and_without_a_leg():
    check_review(REVIEW)
    check_review(replace(REVIEW, leg=1))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"interaction_id": ""}, "interaction_id"),
        ({"review_id": ""}, "review_id"),
        ({"result_id": ""}, "result_id"),
        ({"rule_id": ""}, "rule_id"),
        ({"reviewer_id": ""}, "reviewer_id"),
        ({"reviewed_at": 1_763_946_000}, "reviewed_at"),
    ],
)
def test_a_review_that_contradicts_itself_is_invalid(change, field):
    with pytest.raises(SchemaViolation, match=f"INVALID: {field}: "):
        check_review(replace(REVIEW, **change))
