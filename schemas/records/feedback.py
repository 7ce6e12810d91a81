"""What people say afterwards: the customer's survey answer and the inspector's review."""

from __future__ import annotations

from msgspec import Struct

from schemas.records.terms import Resolved, ReviewDecision, ReviewKind


class SurveyAnswered(Struct, frozen=True, kw_only=True):
    """A satisfaction answer that arrives on its own; the latest ``answered_at`` wins."""

    tenant_id: str
    interaction_id: str
    offered_at: int | None = None
    answered_at: int | None = None
    via: str | None = None
    score: float | None = None
    scale_min: float = 1.0
    scale_max: float = 5.0
    resolved: Resolved = Resolved.UNKNOWN
    comment: str | None = None


class ReviewRecorded(Struct, frozen=True, kw_only=True):
    """A person's answer to one machine verdict; the machine's own answer is never overwritten."""

    review_id: str
    tenant_id: str
    interaction_id: str
    result_id: str
    rule_id: str
    item_id: str | None = None
    leg: int = -1
    kind: ReviewKind = ReviewKind.UNKNOWN
    decision: ReviewDecision = ReviewDecision.UNKNOWN
    reviewer_id: str
    reviewed_at: int
    comment: str | None = None
