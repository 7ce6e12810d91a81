"""The demo's outcomes as ClickHouse shows them, ready to be compared with what a person expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from schemas.records.terms import AlertKind, DeadLetterReason, ExclusionReason, FindingKind, Verdict
from streams.demo.outcome import Alerted, Found, Outcome
from streams.reports.content import DeadLetter, Interaction, ReportContent

Published = Mapping[tuple[str, int, int], str]
"""Coordinates (topic, partition, offset) of what was published, and the id it was published under."""


def outcomes(content: ReportContent, published: Published) -> dict[str, Outcome]:
    """What became of each published event; an event may be known by its coordinates alone."""
    names = set(published.values())
    found = {
        one.interaction_id: _outcome(one, content)
        for one in content.interactions
        if one.interaction_id in names
    }
    for letter in content.dead_letters:
        name = _name(letter, published)
        if name is not None and name not in found:
            found[name] = Outcome(interaction_id=name, dead_letter=DeadLetterReason(letter.reason))
    return found


def _name(letter: DeadLetter, published: Published) -> str | None:
    place = (letter.source_topic, letter.source_partition, letter.source_offset)
    return published.get(place) or letter.interaction_id


def _outcome(one: Interaction, content: ReportContent) -> Outcome:
    return Outcome(
        interaction_id=one.interaction_id,
        exclusion=ExclusionReason(one.exclusion) if one.exclusion else None,
        scores={leg.leg: leg.score for leg in one.legs},
        red_lines=tuple(leg.leg for leg in one.legs if leg.red_line),
        review_pending=one.review_pending,
        findings=tuple(
            Found(finding.rule_id, FindingKind(finding.kind), Verdict(finding.verdict), finding.leg)
            for finding in one.findings
        ),
        reasons=tuple(f"{reason.level1}/{reason.level2}" for reason in one.reasons),
        alerts=tuple(
            Alerted(AlertKind(alert.kind), alert.rule_id, alert.linked_interaction_ids)
            for alert in content.alerts
            if alert.interaction_id == one.interaction_id
        ),
        measures={name: float(value) for name, value in one.measures.items() if value is not None},
        texts=tuple(_texts(one)),
    )


def _texts(one: Interaction) -> Iterator[str]:
    yield from (turn.text for turn in one.turns)
    yield from (evidence.words for finding in one.findings for evidence in finding.evidence)
