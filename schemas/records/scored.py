"""The score of every agent leg with the receipt behind each point, and the alerts it raised."""

from __future__ import annotations

from msgspec import Struct

from schemas.records.classified import ContactReason, Finding, PartySentiment
from schemas.records.completed import InteractionHeader
from schemas.records.terms import AlertKind, ExclusionReason, ItemAnswer, Role, ScoreStatus
from schemas.records.transcribed import Measures


class ScoreItem(Struct, frozen=True, kw_only=True):
    """Answer to one scorecard item. ``findings`` are indexes into ``InteractionScored.findings``.

    ``in_doubt``: the part of ``weight`` that hangs on a doubtful verdict and is in neither sum.
    """

    item_id: str
    item_name: str
    section: str
    answer: ItemAnswer
    weight: float
    earned: float
    red_line: bool = False
    reason: str = ""
    findings: tuple[int, ...] = ()
    in_doubt: float = 0.0


class LegScore(Struct, frozen=True, kw_only=True):
    """Score of one agent leg: ``100 x (earned + bonus) / potential``, capped at 100 (metrics 3.13).

    ``score`` is null where nothing applied. ``score_before_red_line`` is kept when a red line set the
    score to zero. ``content_digest`` covers what a reader sees (items, score, findings), not the ids.
    """

    result_id: str
    content_digest: str
    leg: int
    agent_id: str
    score: float | None = None
    score_before_red_line: float | None = None
    earned: float = 0.0
    potential: float = 0.0
    bonus: float = 0.0
    red_line: bool = False
    review_pending: bool = False
    full_service: bool = True
    items: tuple[ScoreItem, ...] = ()


class InteractionScored(Struct, frozen=True, kw_only=True):
    """Final outcome of an interaction under one rule set and scorecard: scored or excluded.

    ``exclusion`` is set exactly when ``status`` is EXCLUDED. An interaction without an agent (pure
    self-service) is SCORED with no legs: it is judged by its findings and reasons.
    """

    header: InteractionHeader
    status: ScoreStatus
    exclusion: ExclusionReason | None = None
    transcript_id: str | None = None
    ruleset_id: str = ""
    ruleset_hash: str = ""
    scorecard_id: str
    scorecard_hash: str
    activation_seq: int
    result_id: str
    content_digest: str
    score: float | None = None
    review_pending: bool = False
    legs: tuple[LegScore, ...] = ()
    findings: tuple[Finding, ...] = ()
    reasons: tuple[ContactReason, ...] = ()
    sentiment: tuple[PartySentiment, ...] = ()
    measures: Measures | None = None


class AlertRaised(Struct, frozen=True, kw_only=True):
    """Something a person should act on now.

    ``alert_id`` depends on tenant, interaction, kind, rule and leg only, so that a replay under other
    rules raises the same alert, not a second one.
    """

    alert_id: str
    kind: AlertKind
    tenant_id: str
    interaction_id: str
    record_version: int
    rule_id: str
    rule_name: str
    leg: int = -1
    agent_id: str | None = None
    team_id: str | None = None
    queue_id: str | None = None
    ended_at: int
    party: Role = Role.UNKNOWN
    turn: int = -1
    start_ms: int = 0
    end_ms: int = 0
    words: str = ""
    linked_interaction_ids: tuple[str, ...] = ()
