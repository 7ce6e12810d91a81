"""Report content of a small day, built by hand: one call, one chat, one exempt call, one dead letter."""

from collections.abc import Callable
from typing import Any

import pytest

from streams.reports.content import (
    Alert,
    Coverage,
    DeadLetter,
    Evidence,
    Finding,
    Interaction,
    Item,
    LegScore,
    Reason,
    ReportContent,
    Span,
    Turn,
)
from streams.reports.queries import MEASURES

WORDS = "您给我滚，[身份证]报一下"


def make_turn(turn: int = 0, text: str = WORDS, **values: Any) -> Turn:
    return Turn(
        **{
            "turn": turn,
            "party": "AGENT",
            "speaker_id": "",
            "leg": 0,
            "kind": "SPEECH",
            "start_ms": 1_000,
            "end_ms": 4_000,
            "text": text,
            "automatic": False,
            "recalled": False,
            **values,
        }
    )


def make_evidence(finding: int, start: int, end: int, **values: Any) -> Evidence:
    return Evidence(
        **{
            "finding": finding,
            "operator": "said",
            "turn": 0,
            "start": start,
            "end": end,
            "start_ms": 1_000,
            "end_ms": 2_000,
            "party": "AGENT",
            "words": WORDS[start:end],
            "reading": None,
            "value": None,
            "threshold": None,
            "unit": None,
            **values,
        }
    )


def make_finding(n: int, start: int, end: int, **values: Any) -> Finding:
    return Finding(
        **{
            "n": n,
            "rule_id": "forbidden-words",
            "rule_version": "1.0.0",
            "rule_name": "服务禁语",
            "kind": "FAULT",
            "verdict": "HIT",
            "doubt": "NONE",
            "leg": 0,
            "evidence": (make_evidence(n, start, end),),
            **values,
        }
    )


def make_interaction(interaction_id: str = "call-1", **values: Any) -> Interaction:
    return Interaction(
        **{
            "interaction_id": interaction_id,
            "channel": "VOICE",
            "direction": "INBOUND",
            "queue": "话费账单",
            "started_at": 1_763_946_000_000,
            "ended_at": 1_763_946_060_000,
            "site_timezone": "Asia/Shanghai",
            "disconnect_party": "CUSTOMER",
            "status": "SCORED",
            "exclusion": None,
            "score": 40.0,
            "review_pending": False,
            "ruleset": "zh-core 12345678",
            "scorecard": "service 87654321",
            "activation_seq": 1,
            "engine": "faster-whisper base",
            "measures": dict.fromkeys(MEASURES),
            "survey_score": None,
            **values,
        }
    )


def make_leg(**values: Any) -> LegScore:
    item = Item(
        item_id="conduct",
        item_name="文明用语",
        section="service",
        answer="FAIL",
        weight=60.0,
        earned=0.0,
        red_line=True,
        reason="服务禁语",
        findings=(0,),
    )
    return LegScore(
        **{
            "leg": 0,
            "agent_id": "1027",
            "score": 40.0,
            "score_before_red_line": None,
            "earned": 40.0,
            "potential": 100.0,
            "bonus": 0.0,
            "red_line": False,
            "review_pending": False,
            "items": (item,),
            **values,
        }
    )


@pytest.fixture
def content() -> ReportContent:
    call = make_interaction(
        turns=(
            make_turn(),
            make_turn(
                1,
                "我要办款带",
                party="CUSTOMER",
                start_ms=5_000,
                end_ms=6_000,
                reading_heard=("款带",),
                reading_phrase=("宽带",),
                reading_confidence=(0.84,),
            ),
        ),
        spans=(
            Span(kind="SPEECH", party="AGENT", start_ms=1_000, end_ms=4_000),
            Span(kind="SILENCE", party="UNKNOWN", start_ms=4_000, end_ms=5_000),
            Span(kind="SPEECH", party="CUSTOMER", start_ms=5_000, end_ms=6_000),
            Span(kind="RING_BACK", party="SYSTEM", start_ms=0, end_ms=800),
            Span(kind="RAISED_VOICE", party="CUSTOMER", start_ms=5_200, end_ms=5_900),
            Span(kind="MUSIC", party="SYSTEM", start_ms=6_000, end_ms=8_000),
        ),
        findings=(
            make_finding(0, 1, 4),
            make_finding(
                1, 0, 1, rule_id="harsh-tone", rule_name="态度生硬", verdict="UNCERTAIN", doubt="SOUND_ALIKE"
            ),
        ),
        legs=(make_leg(),),
        reasons=(
            Reason(
                level1="billing",
                level2="bill-query",
                verdict="HIT",
                is_primary=True,
                name="费用账单/账单查询",
            ),
            Reason(
                level1="plan",
                level2="change",
                verdict="UNCERTAIN",
                is_primary=False,
                source="MODEL",
                confidence=0.71,
            ),
        ),
        doubts=("SWAPPED_CHANNELS",),
        links=("chat-1",),
        review_pending=True,
        survey_score=2.0,
    )
    chat = make_interaction(
        "chat-1",
        channel="WEB",
        score=100.0,
        engine="",
        turns=(make_turn(0, '<script>alert(1)</script> & "好"', kind="MESSAGE", automatic=True),),
    )
    exempt = make_interaction("call-2", status="EXCLUDED", exclusion="CUSTOMER_ABUSE", score=None)
    return ReportContent(
        coverage=(
            Coverage(channel="VOICE", received=3, scored=1, excluded=1, dead_lettered=1, in_flight=0),
            Coverage(channel="WEB", received=1, scored=1, excluded=0, dead_lettered=0, in_flight=0),
        ),
        interactions=(call, chat, exempt),
        alerts=(
            Alert(
                interaction_id="call-1",
                kind="SUPERVISOR",
                rule_id="forbidden-words",
                rule_name="服务禁语",
                agent_id="1027",
                raised_at=1_763_946_070_000,
                ended_at=1_763_946_060_000,
                words="给我滚",
                linked_interaction_ids=("chat-1",),
            ),
        ),
        dead_letters=(
            DeadLetter(
                interaction_id=None,
                stage="normalization",
                reason="UNDECODABLE",
                detail="the value is no framed Avro",
                source_topic="qa.interaction.completed.v1",
                source_partition=3,
                source_offset=17,
                attempts=1,
            ),
        ),
    )


@pytest.fixture
def make() -> dict[str, Callable[..., Any]]:
    """Builders of single parts."""
    return {
        "turn": make_turn,
        "evidence": make_evidence,
        "finding": make_finding,
        "interaction": make_interaction,
        "leg": make_leg,
    }
