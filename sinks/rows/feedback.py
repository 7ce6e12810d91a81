"""Survey answers and reviews; comments go to ``qa_content`` and must be redacted before they come here."""

from __future__ import annotations

from schemas.records.completed import InteractionFacts, Survey
from schemas.records.feedback import ReviewRecorded, SurveyAnswered
from sinks.rows.instants import last_wins, storable
from sinks.tables import REVIEW, REVIEW_COMMENT, SURVEY, SURVEY_COMMENT, Rows


def embedded_survey_rows(interaction: InteractionFacts, *, with_comment: bool) -> Rows:
    """The answer that came inside the event, if any, under the key of the survey topic.

    ``with_comment`` only where ``interaction`` is a header: there the comment is redacted.
    """
    survey = interaction.survey
    if survey is None:
        return {}
    comment = survey.comment if with_comment else None
    rows = _rows(interaction.tenant_id, interaction.interaction_id, survey, comment, embedded=True)
    if not with_comment:
        del rows[SURVEY_COMMENT.name]
    return rows


def survey_rows(answer: SurveyAnswered, comment: str | None) -> Rows:
    """A canonical answer. ``comment`` is the redacted one: ``answer.comment`` is raw and is not read."""
    return _rows(answer.tenant_id, answer.interaction_id, answer, comment, embedded=False)


def review_rows(review: ReviewRecorded, comment: str | None) -> Rows:
    """A person's decision. ``comment`` is the redacted one: ``review.comment`` is raw and is not read."""
    row = REVIEW.row(
        review,
        kind=review.kind.value,
        decision=review.decision.value,
        reviewed_at=storable(review.reviewed_at) or 0,
        has_comment=int(bool(review.comment)),
    )
    words = REVIEW_COMMENT.row(review, comment=comment or "", reviewed_at=storable(review.reviewed_at) or 0)
    return {REVIEW_COMMENT.name: [words], REVIEW.name: [row]}


def _rows(
    tenant_id: str,
    interaction_id: str,
    answer: Survey | SurveyAnswered,
    comment: str | None,
    *,
    embedded: bool,
) -> Rows:
    version = last_wins(answer.answered_at, preferred=not embedded)
    row = SURVEY.row(
        answer,
        tenant_id=tenant_id,
        interaction_id=interaction_id,
        offered_at=storable(answer.offered_at),
        answered_at=storable(answer.answered_at),
        resolved=answer.resolved.value,
        has_comment=int(bool(answer.comment)),
        embedded=int(embedded),
        version=version,
    )
    # Written without a comment too, so that a later answer without one takes away the earlier one's.
    words = SURVEY_COMMENT.row(
        tenant_id=tenant_id, interaction_id=interaction_id, comment=comment or "", version=version
    )
    return {SURVEY_COMMENT.name: [words], SURVEY.name: [row]}
