"""Alerts: what somebody has to act on now, independent of any score."""

from __future__ import annotations

from collections.abc import Iterable

from processors.scoring.scorecard import Scorecard
from schemas.identity import stable_id
from schemas.records.classified import Evidence, Finding
from schemas.records.completed import InteractionHeader
from schemas.records.scored import AlertRaised
from schemas.records.terms import AlertKind, Verdict

_NO_PLACE = Evidence(operator="", start_ms=0, end_ms=0)


def raise_alerts(
    scorecard: Scorecard, header: InteractionHeader, findings: Iterable[Finding]
) -> tuple[AlertRaised, ...]:
    """One alert per rule and leg that hit, at its earliest evidence. Doubt raises none.

    An exempt or excluded interaction raises its alerts all the same: that is what agent care is for.
    Where no agent took part there is nobody to care for, and AGENT_CARE is not raised.
    """
    raised: dict[str, AlertRaised] = {}
    for finding in findings:
        kind = scorecard.definition.alerts.get(finding.rule_id)
        if kind is None or finding.verdict is not Verdict.HIT:
            continue
        if kind is AlertKind.AGENT_CARE and not header.agents:
            continue
        alert = _alert(kind, header, finding)
        earlier = raised.get(alert.alert_id)
        if earlier is None or alert.start_ms < earlier.start_ms:
            raised[alert.alert_id] = alert
    return tuple(raised.values())


def _alert(kind: AlertKind, header: InteractionHeader, finding: Finding) -> AlertRaised:
    leg = finding.leg if finding.leg >= 0 or len(header.agents) != 1 else 0
    agent = header.agents[leg] if 0 <= leg < len(header.agents) else None
    first = min(finding.evidence, key=lambda e: (e.start_ms, e.turn, e.start), default=_NO_PLACE)
    return AlertRaised(
        alert_id=stable_id(
            "alert", header.tenant_id, header.interaction_id, kind.value, finding.rule_id, leg
        ),
        kind=kind,
        tenant_id=header.tenant_id,
        interaction_id=header.interaction_id,
        record_version=header.record_version,
        rule_id=finding.rule_id,
        rule_name=finding.rule_name,
        leg=leg,
        agent_id=agent.agent_id if agent else None,
        team_id=agent.team_id if agent else None,
        queue_id=(agent.queue_id if agent else None) or header.queue_id,
        ended_at=header.ended_at,
        party=first.party,
        turn=first.turn,
        start_ms=first.start_ms,
        end_ms=first.end_ms,
        words=first.words,
        linked_interaction_ids=tuple(link.interaction_id for link in header.links),
    )
