"""Whether every interaction that came in has exactly one outcome: the comparison alone, free of Kafka and
ClickHouse, so that each kind of hole can be shown to be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from schemas.records.terms import DeadLetterReason, ExclusionReason, Stage

KNOWN_REASONS = frozenset(DeadLetterReason) | (frozenset(ExclusionReason) - {ExclusionReason.UNKNOWN})


class Span(NamedTuple):
    """Offsets ``[start, end)`` of one partition."""

    start: int
    end: int


class PartitionLedger(Struct, frozen=True, kw_only=True):
    """One partition of the completed topic and what the ledger holds of it.

    ``committed`` is the next record delivery will be given, null where it has never committed.
    ``recorded`` are the offsets with an intake row, ``empty`` those at which Kafka holds no record
    (transaction markers, compaction), both in order and not overlapping.
    """

    topic: str
    partition: int
    log_start: int
    end: int
    committed: int | None = None
    recorded: tuple[Span, ...] = ()
    empty: tuple[Span, ...] = ()

    @property
    def read_up_to(self) -> int:
        """Where delivery stands; records from here on are not yet the ledger's business."""
        return self.log_start if self.committed is None else max(self.log_start, self.committed)


class RemovedUnread(Struct, frozen=True, kw_only=True):
    """Records that retention removed before a stage had read them."""

    stage: Stage
    topic: str
    partition: int
    count: int


class InFlight(Struct, frozen=True, kw_only=True):
    """A unit of the ledger without outcome. ``received_at`` is epoch ms.

    ``not_before`` is set, in epoch ms, where its recording was late and the event waits to be tried again.
    """

    unit_id: str
    received_at: int
    not_before: int | None = None


class Repeated(Struct, frozen=True, kw_only=True):
    """An id that a table of published results shows more than once."""

    table: str
    id: str
    times: int


class ReasonUse(Struct, frozen=True, kw_only=True):
    """How often a reason was given. ``state`` is ``excluded`` or ``dead_lettered``."""

    state: str
    reason: str
    count: int


class Counts(Struct, frozen=True, kw_only=True):
    """Units of the ledger by outcome, and how many units the intake rows make, counted on their own."""

    units: int
    scored: int
    excluded: int
    dead_lettered: int
    in_flight: int

    @property
    def accounted(self) -> int:
        """Everything that has one of the four states."""
        return self.scored + self.excluded + self.dead_lettered + self.in_flight


class AuditEvidence(Struct, frozen=True, kw_only=True):
    """What Kafka and ClickHouse say. ``unindexed`` are places of dead letters that the index lacks."""

    taken_at: int
    partitions: tuple[PartitionLedger, ...]
    counts: Counts
    in_flight: tuple[InFlight, ...] = ()
    repeated: tuple[Repeated, ...] = ()
    reasons: tuple[ReasonUse, ...] = ()
    unindexed: tuple[str, ...] = ()
    removed: tuple[RemovedUnread, ...] = ()


class HoleKind(StrEnum):
    """What can be wrong with the books."""

    NOT_IN_LEDGER = "not-in-ledger"
    LATE = "late"
    REPEATED = "repeated"
    UNKNOWN_REASON = "unknown-reason"
    NOT_INDEXED = "not-indexed"
    REMOVED_UNREAD = "removed-unread"
    SUMS_DIFFER = "sums-differ"


class Hole(Struct, frozen=True, kw_only=True):
    """One thing that is missing or too much. ``where`` is an id or Kafka coordinates."""

    kind: HoleKind
    where: str
    detail: str


class Audit(Struct, frozen=True, kw_only=True):
    """The result: clean without holes. ``deferred`` of the units in flight wait for their recordings."""

    taken_at: int
    slo_ms: int
    counts: Counts
    deferred: int
    partitions: tuple[PartitionLedger, ...]
    holes: tuple[Hole, ...]

    @property
    def clean(self) -> bool:
        """Whether every unit has exactly one outcome or is young enough to be still in flight."""
        return not self.holes


def compare(evidence: AuditEvidence, *, slo_ms: int) -> Audit:
    """Every hole in the books. ``slo_ms``: how old a unit without outcome may be.

    A unit whose recording was late may take as long again from the time at which it is tried next.
    """
    return Audit(
        taken_at=evidence.taken_at,
        slo_ms=slo_ms,
        counts=evidence.counts,
        deferred=sum(unit.not_before is not None for unit in evidence.in_flight),
        partitions=evidence.partitions,
        holes=tuple(_holes(evidence, slo_ms)),
    )


def missing(ledger: PartitionLedger) -> Iterator[Span]:
    """Offsets that delivery has passed and the ledger does not hold, as few spans as possible."""
    position = ledger.log_start
    for span in sorted((*ledger.recorded, *ledger.empty)):
        if span.start > position and position < ledger.read_up_to:
            yield Span(position, min(span.start, ledger.read_up_to))
        position = max(position, span.end)
    if position < ledger.read_up_to:
        yield Span(position, ledger.read_up_to)


def _holes(evidence: AuditEvidence, slo_ms: int) -> Iterator[Hole]:
    yield from _not_in_ledger(evidence.partitions)
    yield from _late(evidence, slo_ms)
    yield from _sums(evidence)
    for twice in evidence.repeated:
        yield Hole(kind=HoleKind.REPEATED, where=twice.id, detail=f"{twice.times} times in {twice.table}")
    for use in evidence.reasons:
        if use.reason not in KNOWN_REASONS:
            detail = f"{use.count} units {use.state} for a reason that is not on the list"
            yield Hole(kind=HoleKind.UNKNOWN_REASON, where=use.reason, detail=detail)
    for place in evidence.unindexed:
        yield Hole(kind=HoleKind.NOT_INDEXED, where=place, detail="dead letter without a row in the index")
    for cut in evidence.removed:
        detail = f"{cut.count} records expired before {cut.stage.value} had read them"
        yield Hole(kind=HoleKind.REMOVED_UNREAD, where=f"{cut.topic}/{cut.partition}", detail=detail)


def _not_in_ledger(partitions: Iterable[PartitionLedger]) -> Iterator[Hole]:
    for ledger in partitions:
        for span in missing(ledger):
            where = f"{ledger.topic}/{ledger.partition}@{span.start}"
            detail = "1 record" if span.end - span.start == 1 else f"{span.end - span.start} records"
            yield Hole(
                kind=HoleKind.NOT_IN_LEDGER, where=where, detail=f"{detail} passed by without an intake row"
            )


def _late(evidence: AuditEvidence, slo_ms: int) -> Iterator[Hole]:
    for unit in evidence.in_flight:
        since = unit.received_at if unit.not_before is None else unit.not_before
        age_ms = evidence.taken_at - since
        if age_ms > slo_ms:
            what = "received" if unit.not_before is None else "due again"
            yield Hole(
                kind=HoleKind.LATE,
                where=unit.unit_id,
                detail=f"no outcome, {what} {age_ms // 1000} s ago",
            )


def _sums(evidence: AuditEvidence) -> Iterator[Hole]:
    counts = evidence.counts
    if counts.accounted != counts.units:
        detail = f"{counts.accounted} outcomes of {counts.units} units"
        yield Hole(kind=HoleKind.SUMS_DIFFER, where="qa_bi.v_coverage", detail=detail)
    if len(evidence.in_flight) != counts.in_flight:
        detail = f"{len(evidence.in_flight)} units listed in flight, {counts.in_flight} counted"
        yield Hole(kind=HoleKind.SUMS_DIFFER, where="qa_bi.v_coverage", detail=detail)
