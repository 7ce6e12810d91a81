from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records.terms import Stage
from streams.operations.audit import (
    AuditEvidence,
    Counts,
    HoleKind,
    InFlight,
    PartitionLedger,
    ReasonUse,
    RemovedUnread,
    Repeated,
    Span,
    compare,
    missing,
)

NOW = 1_800_000_000_000
SLO = 60_000


def ledger(**changes: Any) -> PartitionLedger:
    whole = PartitionLedger(
        topic="completed", partition=2, log_start=10, end=40, committed=30, recorded=(Span(10, 30),)
    )
    return msgspec.structs.replace(whole, **changes)


def evidence(**changes: Any) -> AuditEvidence:
    """Books in which nothing is missing, except for ``changes``."""
    clean = AuditEvidence(
        taken_at=NOW,
        partitions=(ledger(),),
        counts=Counts(units=20, scored=15, excluded=3, dead_lettered=2, in_flight=0),
        reasons=(
            ReasonUse(state="excluded", reason="NO_CONTENT", count=3),
            ReasonUse(state="dead_lettered", reason="UNDECODABLE", count=2),
        ),
    )
    return msgspec.structs.replace(clean, **changes)


def kinds(changed: AuditEvidence) -> list[HoleKind]:
    return [hole.kind for hole in compare(changed, slo_ms=SLO).holes]


def test_books_in_which_everything_has_its_outcome_are_clean():
    audit = compare(evidence(), slo_ms=SLO)

    assert audit.clean
    assert audit.deferred == 0


def test_an_offset_that_delivery_passed_without_an_intake_row_is_named():
    audit = compare(evidence(partitions=(ledger(recorded=(Span(10, 17), Span(18, 30))),)), slo_ms=SLO)

    assert [hole.where for hole in audit.holes] == ["completed/2@17"]
    assert not audit.clean


def test_an_offset_at_which_kafka_holds_no_record_is_no_hole():
    marker = ledger(recorded=(Span(10, 17), Span(18, 30)), empty=(Span(17, 18),))

    assert list(missing(marker)) == []


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        ((), [Span(10, 30)]),
        ((Span(12, 30),), [Span(10, 12)]),
        ((Span(10, 25),), [Span(25, 30)]),
        ((Span(10, 12), Span(20, 22)), [Span(12, 20), Span(22, 30)]),
        ((Span(0, 60),), []),
        ((Span(35, 40),), [Span(10, 30)]),
    ],
)
def test_missing_spans_lie_between_log_start_and_committed(recorded, expected):
    assert list(missing(ledger(recorded=recorded))) == expected


def test_what_delivery_has_not_read_yet_is_not_the_ledgers_business():
    assert list(missing(ledger(committed=None, recorded=()))) == []
    assert list(missing(ledger(committed=10, recorded=()))) == []


def test_rows_that_retention_has_overtaken_do_not_matter():
    assert list(missing(ledger(log_start=30, committed=20, recorded=()))) == []


@given(st.sets(st.integers(0, 50)), st.integers(0, 50), st.integers(0, 50))
def test_missing_spans_are_exactly_the_offsets_without_a_row(rows, log_start, committed):
    spans = tuple(Span(offset, offset + 1) for offset in sorted(rows))
    book = ledger(log_start=log_start, committed=committed, recorded=spans)

    found = [offset for span in missing(book) for offset in range(span.start, span.end)]

    assert found == [offset for offset in range(log_start, max(log_start, committed)) if offset not in rows]


def test_a_unit_older_than_the_service_level_without_outcome_is_late():
    units = (InFlight(unit_id="old", received_at=NOW - SLO - 1), InFlight(unit_id="new", received_at=NOW))

    audit = compare(
        evidence(in_flight=units, counts=Counts(units=2, scored=0, excluded=0, dead_lettered=0, in_flight=2)),
        slo_ms=SLO,
    )

    assert [(hole.kind, hole.where) for hole in audit.holes] == [(HoleKind.LATE, "old")]


def test_a_deferred_unit_is_shown_apart_and_late_only_after_its_next_try():
    counts = Counts(units=2, scored=0, excluded=0, dead_lettered=0, in_flight=2)
    waiting = InFlight(unit_id="waiting", received_at=NOW - 100 * SLO, not_before=NOW + 1)
    forgotten = InFlight(unit_id="forgotten", received_at=NOW - 100 * SLO, not_before=NOW - SLO - 1)

    audit = compare(evidence(in_flight=(waiting, forgotten), counts=counts), slo_ms=SLO)

    assert audit.deferred == 2
    assert [hole.where for hole in audit.holes] == ["forgotten"]


def test_an_id_that_results_show_twice_is_a_hole():
    twice = Repeated(table="qa_bi.v_interaction", id="i1", times=2)

    assert kinds(evidence(repeated=(twice,))) == [HoleKind.REPEATED]


@pytest.mark.parametrize("reason", ["", "UNKNOWN", "BECAUSE"])
def test_a_reason_that_is_not_on_the_closed_lists_is_a_hole(reason):
    use = ReasonUse(state="excluded", reason=reason, count=1)

    assert kinds(evidence(reasons=(use,))) == [HoleKind.UNKNOWN_REASON]


def test_a_dead_letter_without_index_row_is_a_hole():
    assert kinds(evidence(unindexed=("qa.dead_letter.scoring.v1/0@3",))) == [HoleKind.NOT_INDEXED]


def test_records_that_expired_before_a_stage_read_them_are_a_hole():
    cut = RemovedUnread(stage=Stage.SCORING, topic="classified", partition=1, count=4)

    assert kinds(evidence(removed=(cut,))) == [HoleKind.REMOVED_UNREAD]


def test_outcomes_that_do_not_add_up_to_the_units_are_a_hole():
    counts = Counts(units=21, scored=15, excluded=3, dead_lettered=2, in_flight=0)

    assert kinds(evidence(counts=counts)) == [HoleKind.SUMS_DIFFER]


def test_a_count_in_flight_that_differs_from_the_list_is_a_hole():
    counts = Counts(units=20, scored=15, excluded=3, dead_lettered=1, in_flight=1)

    assert kinds(evidence(counts=counts)) == [HoleKind.SUMS_DIFFER]
