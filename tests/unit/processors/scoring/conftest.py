"""Classified interactions and small scorecards for the tests of scoring."""

from collections.abc import Callable

import pytest

from processors.scoring import Scorecard, parse_scorecard
from schemas.records.classified import Classification, Evidence, Finding, InteractionClassified
from schemas.records.completed import AgentLeg, InteractionHeader, Link
from schemas.records.terms import Channel, Doubt, FindingKind, LinkKind, Role, Verdict
from schemas.records.transcribed import Measures

SCORECARD = """
id: small
version: "1"
name: {zh: 小卡, en: Small card}
sections:
  - id: red-line
    name: {zh: 红线, en: Red lines}
    items:
      - {id: insult, name: {zh: 辱骂, en: Insult}, rules: [agent-insult], red_line: true}
  - id: manner
    name: {zh: 规范, en: Manner}
    items:
      - {id: greeting, name: {zh: 开场, en: Greets}, rules: [missing-greeting], weight: 20,
         full_service: true}
      - {id: words, name: {zh: 禁语, en: Words}, rules: [forbidden-words, harsh-tone], weight: 50,
         deducts: {harsh-tone: 20}}
      - {id: air, name: {zh: 静默, en: Air}, rules: [dead-air], weight: 10, needs: {channels: [VOICE]}}
      - {id: apology, name: {zh: 致歉, en: Apology}, rules: [missing-apology], weight: 20,
         needs: {any_hit: [dissatisfaction]}}
      - {id: praise, name: {zh: 表扬, en: Praise}, rules: [customer-praise], bonus: 5}
alerts: {agent-insult: SUPERVISOR, customer-threat: AGENT_CARE}
review: [ambiguous-insult]
"""
KIND = {
    "customer-praise": FindingKind.CREDIT,
    "dissatisfaction": FindingKind.SIGNAL,
    "ambiguous-insult": FindingKind.SIGNAL,
    "customer-threat": FindingKind.EXEMPTION,
}
ASKED = ("agent-insult", "missing-greeting", "forbidden-words", "harsh-tone", "dead-air", "missing-apology")


@pytest.fixture(scope="session")
def scorecard() -> Scorecard:
    return parse_scorecard(SCORECARD)


@pytest.fixture(scope="session")
def finding() -> Callable[..., Finding]:
    def make(rule_id: str, verdict: Verdict = Verdict.HIT, leg: int = 0, start_ms: int = 1_000) -> Finding:
        return Finding(
            rule_id=rule_id,
            rule_version="1",
            rule_name=rule_id,
            kind=KIND.get(rule_id, FindingKind.FAULT),
            verdict=verdict,
            doubt=Doubt.SOUND_ALIKE if verdict is Verdict.UNCERTAIN else Doubt.NONE,
            leg=leg,
            evidence=(
                Evidence(
                    operator="phrase",
                    turn=1,
                    end=2,
                    start_ms=start_ms,
                    end_ms=start_ms + 500,
                    party=Role.AGENT,
                    words="话语",
                ),
            ),
        )

    return make


@pytest.fixture(scope="session")
def classified() -> Callable[..., InteractionClassified]:
    """Every rule of ``ASKED`` says NO_HIT on every leg, except as the findings or ``verdicts`` say."""

    def make(  # noqa: PLR0913
        findings: tuple[Finding, ...] = (),
        *,
        verdicts: dict[tuple[str, int], Verdict] | None = None,
        legs: int = 1,
        channel: Channel = Channel.VOICE,
        service_ms: int = 60_000,
        turn_count: int = 10,
        agent_turns: int = 5,
        record_version: int = 1,
        ruleset_hash: str = "rules",
    ) -> InteractionClassified:
        said = {(rule, leg): Verdict.NO_HIT for rule in ASKED for leg in range(legs)}
        said |= verdicts or {}
        said |= {(f.rule_id, f.leg): f.verdict for f in findings}
        classification = Classification(
            transcript_id="t-1",
            ruleset_id="zh",
            ruleset_hash=ruleset_hash,
            activation_seq=3,
            language="zh",
            verdict_rule_id=tuple(rule for rule, _ in said),
            verdict_leg=tuple(leg for _, leg in said),
            verdict=tuple(said.values()),
            findings=findings,
            measures=Measures(definition_version="1", agent_turn_count=agent_turns),
            turn_count=turn_count,
            service_ms=service_ms,
        )
        return InteractionClassified(
            header=_header(legs, channel, record_version), classification=classification
        )

    return make


def _header(legs: int, channel: Channel, record_version: int) -> InteractionHeader:
    return InteractionHeader(
        interaction_id="i-1",
        record_version=record_version,
        tenant_id="demo",
        source_system="pbx",
        channel=channel,
        started_at=1_000,
        ended_at=61_000,
        queue_id="billing",
        agents=tuple(AgentLeg(agent_id=f"a{leg}", team_id=f"t{leg}") for leg in range(legs)),
        links=(Link(interaction_id="i-0", kind=LinkKind.PREVIOUS),),
        source_topic="qa.interaction.completed.v1",
        source_partition=0,
        source_offset=7,
        source_timestamp=61_500,
    )
