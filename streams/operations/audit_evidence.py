"""What Kafka and ClickHouse say about coverage, read one beside the other for the audit to compare."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.codec import SchemaViolation
from schemas.dead_letters import DeadLetterHeaders
from schemas.records.terms import Stage
from schemas.topics import COMPLETED, DEFERRED, Topic, consumed_by, dead_letter_topic
from streams.operations.audit import (
    AuditEvidence,
    Counts,
    InFlight,
    PartitionLedger,
    ReasonUse,
    RemovedUnread,
    Repeated,
    Span,
    missing,
)
from streams.operations.cluster import Cluster
from streams.operations.group_names import group_of
from streams.operations.groups import committed
from streams.operations.lag import StageInputs, lag_of
from streams.operations.offsets import Place, ends, places_of, read_ranges, starts
from streams.stages.deferral import due_at
from streams.stages.outcome import Incoming

_PUBLISHED = {
    "qa_bi.v_coverage": "unit_id",
    "qa_bi.v_interaction": "interaction_id",
    "qa_bi.v_score": "concat(interaction_id, ' leg ', toString(leg))",
}
"""What people count, and the id of which each may show one row only."""

_AT_ONCE = 1_000
_LONGEST_LIST = 1_000
_TRIES = 5


def gather(cluster: Cluster, client: Any, topics: Mapping[str, Topic], *, now_ms: int) -> AuditEvidence:
    """Everything the comparison needs, also while the pipeline is at work.

    Committed offsets are read before the ledger: delivery commits an offset after its row is durable, so
    whatever is missing then is missing for good. ``client`` is a clickhouse-connect client. Raises
    TopicMissing, BrokerUnreachable and clickhouse-connect's errors.
    """
    delivered = committed(cluster, group_of(Stage.DELIVERY))
    partitions = tuple(_ledgers(cluster, client, delivered))
    waiting = _deferred(cluster)
    counts, in_flight = _outcomes(client)
    return AuditEvidence(
        taken_at=now_ms,
        partitions=partitions,
        counts=counts,
        in_flight=tuple(
            InFlight(unit_id=unit, received_at=at, not_before=waiting.get(unit)) for unit, at in in_flight
        ),
        repeated=tuple(_repeated(client)),
        reasons=tuple(_reasons(client)),
        unindexed=tuple(_unindexed(cluster, client, delivered)),
        removed=tuple(_removed(cluster, topics)),
    )


def _ledgers(cluster: Cluster, client: Any, delivered: Mapping[Place, int]) -> Iterator[PartitionLedger]:
    places = places_of(cluster, [COMPLETED])
    first, last = starts(cluster, places), ends(cluster, places)
    for place in places:
        position = delivered.get(place)
        ledger = PartitionLedger(
            topic=place.topic,
            partition=place.partition,
            log_start=first[place],
            end=last[place],
            committed=position,
            recorded=_recorded(client, place, first[place], position or 0),
        )
        yield _with_empty(cluster, place, ledger)


def _recorded(client: Any, place: Place, start: int, end: int) -> tuple[Span, ...]:
    """Offsets with an intake row as spans: neighbours have the same distance to their row number."""
    rows = client.query(
        "SELECT min(offset), max(offset) + 1 FROM (SELECT offset, offset - toInt64(row_number() OVER"
        " (ORDER BY offset)) AS island FROM (SELECT DISTINCT source_offset AS offset FROM qa.intake"
        " WHERE source_topic = {topic:String} AND source_partition = {partition:Int32}"
        " AND source_offset >= {start:Int64} AND source_offset < {end:Int64}))"
        " GROUP BY island ORDER BY 1",
        parameters={"topic": place.topic, "partition": place.partition, "start": start, "end": end},
    ).result_rows
    return tuple(Span(int(first), int(last)) for first, last in rows)


def _with_empty(cluster: Cluster, place: Place, ledger: PartitionLedger) -> PartitionLedger:
    """The same, knowing at which of the missing offsets Kafka holds no record at all."""
    empty: list[Span] = []
    for span in missing(ledger):
        held = [record.offset for record in read_ranges(cluster, {place: span})]
        edges = [span.start - 1, *held, span.end]
        empty += [
            Span(left + 1, right) for left, right in zip(edges, edges[1:], strict=False) if left + 1 < right
        ]
    return PartitionLedger(
        topic=ledger.topic,
        partition=ledger.partition,
        log_start=ledger.log_start,
        end=ledger.end,
        committed=ledger.committed,
        recorded=ledger.recorded,
        empty=tuple(empty),
    )


def _deferred(cluster: Cluster) -> dict[str, int]:
    """Interactions on the deferred topic that the voice lane has not taken yet, and when each is due."""
    positions = committed(cluster, group_of(Stage.TRANSCRIPTION))
    places = places_of(cluster, [DEFERRED])
    first, last = starts(cluster, places), ends(cluster, places)
    ranges = {place: (max(first[place], positions.get(place, 0)), last[place]) for place in places}
    return {
        (record.key or b"").decode(errors="replace"): due_at(
            Incoming(
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                timestamp_ms=record.timestamp,
                key=record.key,
                value=None,
                headers=tuple(record.headers),
            )
        )
        for record in read_ranges(cluster, ranges)
    }


def _outcomes(client: Any) -> tuple[Counts, list[tuple[str, int]]]:
    """Units by state and those in flight; read again where the two readings fall into an insert."""
    for last_try in (False,) * (_TRIES - 1) + (True,):
        rows = client.query(
            "SELECT state, count(), groupArrayIf((unit_id, toUnixTimestamp64Milli(received_at)),"
            " state = 'in_flight') FROM qa_bi.v_coverage GROUP BY state"
        ).result_rows
        by_state = {state: count for state, count, _ in rows}
        counts = Counts(
            units=client.query("SELECT count() FROM qa.unit").result_rows[0][0],
            scored=by_state.get("scored", 0),
            excluded=by_state.get("excluded", 0),
            dead_lettered=by_state.get("dead_lettered", 0),
            in_flight=by_state.get("in_flight", 0),
        )
        if counts.accounted == counts.units or last_try:
            break
        time.sleep(0.2)
    return counts, [(str(unit), int(at)) for _, _, units in rows for unit, at in units]


def _repeated(client: Any) -> Iterator[Repeated]:
    for table, key in _PUBLISHED.items():
        rows = client.query(
            f"SELECT {key} AS id, count() AS times FROM {table} GROUP BY id HAVING times > 1"  # noqa: S608
            f" ORDER BY times DESC, id LIMIT {_LONGEST_LIST}"
        ).result_rows
        for identity, times in rows:
            yield Repeated(table=table, id=identity, times=times)


def _reasons(client: Any) -> Iterator[ReasonUse]:
    rows = client.query(
        "SELECT toString(state), toString(coalesce(exclusion, dead_letter_reason, '')), count()"
        " FROM qa_bi.v_coverage WHERE state IN ('excluded', 'dead_lettered') GROUP BY 1, 2 ORDER BY 1, 2"
    ).result_rows
    for state, reason, count in rows:
        yield ReasonUse(state=state, reason=reason, count=count)


def _unindexed(cluster: Cluster, client: Any, delivered: Mapping[Place, int]) -> Iterator[str]:
    """Dead letters that delivery has passed and the index does not hold; unreadable ones are letters anew."""
    places = places_of(cluster, [dead_letter_topic(stage) for stage in Stage])
    first = starts(cluster, places)
    ranges = {place: (first[place], delivered.get(place, 0)) for place in places}
    letters: dict[str, str] = {}
    for record in read_ranges(cluster, ranges):
        try:
            headers = DeadLetterHeaders.from_kafka(record.headers)
        except SchemaViolation:
            continue
        letters[headers.dead_letter_id] = f"{record.topic}/{record.partition}@{record.offset}"
        if len(letters) >= _AT_ONCE:
            yield from _not_indexed(client, letters)
            letters.clear()
    yield from _not_indexed(client, letters)


def _not_indexed(client: Any, letters: Mapping[str, str]) -> list[str]:
    rows = client.query(
        "SELECT DISTINCT dead_letter_id FROM qa.dead_letter WHERE dead_letter_id IN {ids:Array(String)}",
        parameters={"ids": list(letters)},
    ).result_rows
    known = {identity for (identity,) in rows}
    return [place for identity, place in letters.items() if identity not in known]


def _removed(cluster: Cluster, topics: Mapping[str, Topic]) -> Iterator[RemovedUnread]:
    for stage in Stage:
        inputs = StageInputs(stage=stage, topics=tuple(topic.name for topic in consumed_by(topics, stage)))
        for part in lag_of(cluster, inputs, ages=False).partitions:
            if part.lost:
                yield RemovedUnread(stage=stage, topic=part.topic, partition=part.partition, count=part.lost)
