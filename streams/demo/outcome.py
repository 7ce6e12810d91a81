"""What became of one interaction, in the few facts that a person's judgement is compared with."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from schemas.records.scored import AlertRaised, InteractionScored
from schemas.records.terms import (
    AlertKind,
    DeadLetterReason,
    ExclusionReason,
    FindingKind,
    Verdict,
)


class Found(Struct, frozen=True):
    """A finding without its evidence. ``leg`` is -1 where it concerns no agent leg."""

    rule_id: str
    kind: FindingKind
    verdict: Verdict
    leg: int = -1


class Alerted(Struct, frozen=True):
    """An alert with the interactions it points at."""

    kind: AlertKind
    rule_id: str
    linked: tuple[str, ...] = ()


class Outcome(Struct, frozen=True, kw_only=True):
    """The end of one interaction, whether read from Kafka or from ClickHouse.

    Exactly one of the three holds: ``dead_letter`` is set, ``exclusion`` is set, or it is scored. ``scores``
    and ``red_lines`` are by agent leg; ``reasons`` are ``level1/level2``; ``texts`` are all words that a
    reader can reach (turns, evidence, comments), None where the source of the outcome does not hold them.
    """

    interaction_id: str
    dead_letter: DeadLetterReason | None = None
    exclusion: ExclusionReason | None = None
    scores: dict[int, float | None] = {}
    red_lines: tuple[int, ...] = ()
    review_pending: bool = False
    findings: tuple[Found, ...] = ()
    reasons: tuple[str, ...] = ()
    alerts: tuple[Alerted, ...] = ()
    measures: dict[str, float] = {}
    texts: tuple[str, ...] | None = None


def outcome_of(
    scored: InteractionScored, alerts: Iterable[AlertRaised] = (), texts: Iterable[str] | None = None
) -> Outcome:
    """The outcome of a scored or excluded interaction; alerts of other interactions are left out."""
    measures = msgspec.structs.asdict(scored.measures) if scored.measures else {}
    return Outcome(
        interaction_id=scored.header.interaction_id,
        exclusion=scored.exclusion,
        scores={leg.leg: leg.score for leg in scored.legs},
        red_lines=tuple(leg.leg for leg in scored.legs if leg.red_line),
        review_pending=scored.review_pending,
        findings=tuple(Found(f.rule_id, f.kind, f.verdict, f.leg) for f in scored.findings),
        reasons=tuple(f"{reason.level1}/{reason.level2}" for reason in scored.reasons),
        alerts=tuple(
            Alerted(alert.kind, alert.rule_id, alert.linked_interaction_ids)
            for alert in alerts
            if alert.interaction_id == scored.header.interaction_id
        ),
        measures={name: float(v) for name, v in measures.items() if isinstance(v, int | float)},
        texts=None if texts is None else tuple(texts),
    )
