"""A header and a scored record with one finding, from which each test makes its own."""

from typing import Any

import pytest

from schemas.records.classified import Evidence, Finding
from schemas.records.completed import AgentLeg, InteractionHeader
from schemas.records.scored import InteractionScored, LegScore, ScoreItem
from schemas.records.terms import Channel, FindingKind, ItemAnswer, Role, ScoreStatus, Verdict
from sinks.tables import TABLES, Rows

WORDS = "你们公司的话"


@pytest.fixture
def header() -> InteractionHeader:
    return InteractionHeader(
        interaction_id="i-1",
        record_version=3,
        tenant_id="t-1",
        source_system="test",
        channel=Channel.VOICE,
        started_at=1_790_000_000_000,
        ended_at=1_790_000_060_000,
        agents=(AgentLeg(agent_id="A1"),),
        source_topic="qa.interaction.completed.v1",
        source_partition=2,
        source_offset=40,
        source_timestamp=1_790_000_061_000,
    )


@pytest.fixture
def scored(header: InteractionHeader) -> InteractionScored:
    evidence = (
        Evidence(operator="any", turn=0, start=0, end=6, start_ms=0, end_ms=9, party=Role.AGENT, words=WORDS),
        Evidence(operator="any", turn=1, start=0, end=2, start_ms=0, end_ms=9, words=WORDS, reading="滚"),
        Evidence(operator="speed", start_ms=0, end_ms=9, value=300.0, threshold=280.0, unit="cpm"),
    )
    finding = Finding(
        rule_id="harsh-tone",
        rule_version="1",
        rule_name="态度生硬",
        kind=FindingKind.FAULT,
        verdict=Verdict.HIT,
        leg=0,
        evidence=evidence,
    )
    item = ScoreItem(
        item_id="tone",
        item_name="态度",
        section="服务",
        answer=ItemAnswer.FAIL,
        weight=5.0,
        earned=0.0,
        findings=(0,),
    )
    leg = LegScore(
        result_id="leg-result", content_digest="d", leg=0, agent_id="A1", score=50.0, items=(item,)
    )
    return InteractionScored(
        header=header,
        status=ScoreStatus.SCORED,
        transcript_id="x",
        scorecard_id="service",
        scorecard_hash="c",
        activation_seq=4,
        result_id="whole-result",
        content_digest="d",
        score=50.0,
        legs=(leg,),
        findings=(finding,),
    )


@pytest.fixture
def named() -> Any:
    """Rows of one table as dictionaries."""

    def name(rows: Rows, table: str) -> list[dict[str, Any]]:
        return [dict(zip(TABLES[table].columns, row, strict=True)) for row in rows.get(table, [])]

    return name
