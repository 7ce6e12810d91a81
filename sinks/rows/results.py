"""A scored record: the immutable rows of its result, and the assignment that makes it count."""

from __future__ import annotations

from schemas.records.classified import Finding
from schemas.records.scored import InteractionScored, LegScore
from sinks.rows.instants import first_wins, storable
from sinks.tables import (
    CONTACT_REASON,
    EVIDENCE,
    EVIDENCE_WORDS,
    FINDING,
    LEG_SCORE,
    RESULT,
    RESULT_ASSIGNMENT,
    SCORE_ITEM,
    SENTIMENT,
    Row,
    Rows,
)

WHOLE = -1
"""``leg`` of the assignment that stands for the whole interaction."""


def result_rows(record: InteractionScored, decided_at: int) -> Rows:
    """Every row of a scored or excluded interaction.

    ``decided_at`` is the Kafka timestamp of the scored record, epoch milliseconds: of two results for one
    activation the one decided first counts.
    """
    return {
        SCORE_ITEM.name: [row for leg in record.legs for row in _items(record, leg)],
        EVIDENCE_WORDS.name: _evidence_words(record),
        EVIDENCE.name: _evidence(record),
        FINDING.name: [_finding(record, n, finding) for n, finding in enumerate(record.findings)],
        CONTACT_REASON.name: _reasons(record),
        SENTIMENT.name: _sentiment(record),
        LEG_SCORE.name: [_leg_score(record, leg) for leg in record.legs],
        RESULT.name: [_result(record)],
        RESULT_ASSIGNMENT.name: _assignments(record, decided_at),
    }


def _result(record: InteractionScored) -> Row:
    return RESULT.row(
        record,
        record.header,
        status=record.status.value,
        exclusion=record.exclusion.value if record.exclusion else None,
        review_pending=int(record.review_pending),
        leg_count=len(record.legs),
        finding_count=len(record.findings),
        reason_count=len(record.reasons),
    )


def _assignments(record: InteractionScored, decided_at: int) -> list[Row]:
    results = [(WHOLE, record.result_id), *((leg.leg, leg.result_id) for leg in record.legs)]
    version = first_wins(decided_at, record.result_id)
    return [
        RESULT_ASSIGNMENT.row(
            record,
            record.header,
            leg=leg,
            result_id=result_id,
            interaction_result_id=record.result_id,
            decided_at=storable(decided_at) or 0,
            version=version,
        )
        for leg, result_id in results
    ]


def _leg_score(record: InteractionScored, leg: LegScore) -> Row:
    return LEG_SCORE.row(
        leg,
        record.header,
        interaction_result_id=record.result_id,
        red_line=int(leg.red_line),
        review_pending=int(leg.review_pending),
        full_service=int(leg.full_service),
        item_count=len(leg.items),
    )


def _items(record: InteractionScored, leg: LegScore) -> list[Row]:
    return [
        SCORE_ITEM.row(
            item,
            record.header,
            result_id=leg.result_id,
            n=n,
            answer=item.answer.value,
            red_line=int(item.red_line),
            findings=list(item.findings),
        )
        for n, item in enumerate(leg.items)
    ]


def _finding(record: InteractionScored, n: int, finding: Finding) -> Row:
    return FINDING.row(
        finding,
        record.header,
        result_id=record.result_id,
        n=n,
        kind=finding.kind.value,
        verdict=finding.verdict.value,
        doubt=finding.doubt.value,
        evidence_count=len(finding.evidence),
    )


def _evidence(record: InteractionScored) -> list[Row]:
    return [
        EVIDENCE.row(
            evidence,
            record.header,
            result_id=record.result_id,
            finding=finding_n,
            n=n,
            start_offset=evidence.start,
            end_offset=evidence.end,
            party=evidence.party.value,
            sound_alike=int(evidence.reading is not None),
        )
        for finding_n, finding in enumerate(record.findings)
        for n, evidence in enumerate(finding.evidence)
    ]


def _evidence_words(record: InteractionScored) -> list[Row]:
    return [
        EVIDENCE_WORDS.row(evidence, record.header, result_id=record.result_id, finding=finding_n, n=n)
        for finding_n, finding in enumerate(record.findings)
        for n, evidence in enumerate(finding.evidence)
        if evidence.words
    ]


def _reasons(record: InteractionScored) -> list[Row]:
    return [
        CONTACT_REASON.row(
            reason,
            record.header,
            result_id=record.result_id,
            n=n,
            verdict=reason.verdict.value,
            is_primary=int(reason.primary),
            source=reason.source.value,
        )
        for n, reason in enumerate(record.reasons)
    ]


def _sentiment(record: InteractionScored) -> list[Row]:
    return [
        SENTIMENT.row(sentiment, record.header, result_id=record.result_id, n=n, party=sentiment.party.value)
        for n, sentiment in enumerate(record.sentiment)
    ]
