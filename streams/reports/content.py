"""What a report shows, read from ClickHouse: the ledger, and one page per interaction with its receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, convert

from streams.reports.queries import MEASURES, query


class Coverage(Struct, frozen=True, kw_only=True):
    """One line of the ledger: received = scored + excluded + dead-lettered + in flight."""

    channel: str
    received: int
    scored: int
    excluded: int
    dead_lettered: int
    in_flight: int


class Turn(Struct, frozen=True, kw_only=True):
    """A turn as shown: redacted text and where it stands on the time line."""

    turn: int
    party: str
    speaker_id: str
    leg: int
    kind: str
    start_ms: int
    end_ms: int
    text: str
    automatic: bool
    recalled: bool


class Span(Struct, frozen=True, kw_only=True):
    """A stretch of the time line: SPEECH of a party, INTERRUPTION by a party, or SILENCE."""

    kind: str
    party: str
    start_ms: int
    end_ms: int


class Evidence(Struct, frozen=True, kw_only=True):
    """One place behind a finding."""

    finding: int
    operator: str
    turn: int
    start: int
    end: int
    start_ms: int
    end_ms: int
    party: str
    words: str
    reading: str | None
    value: float | None
    threshold: float | None
    unit: str | None


class Finding(Struct, frozen=True, kw_only=True):
    """A rule's hit or uncertain verdict with its evidence."""

    n: int
    rule_id: str
    rule_version: str
    rule_name: str
    kind: str
    verdict: str
    doubt: str
    leg: int
    evidence: tuple[Evidence, ...] = ()


class Item(Struct, frozen=True, kw_only=True):
    """One line of a score receipt."""

    item_id: str
    item_name: str
    section: str
    answer: str
    weight: float
    earned: float
    red_line: bool
    reason: str
    findings: tuple[int, ...]


class LegScore(Struct, frozen=True, kw_only=True):
    """The receipt of one agent leg."""

    leg: int
    agent_id: str
    score: float | None
    score_before_red_line: float | None
    earned: float
    potential: float
    bonus: float
    red_line: bool
    review_pending: bool
    items: tuple[Item, ...] = ()


class Alert(Struct, frozen=True, kw_only=True):
    """An alert as raised."""

    interaction_id: str
    kind: str
    rule_id: str
    rule_name: str
    agent_id: str | None
    raised_at: int
    ended_at: int
    words: str
    linked_interaction_ids: tuple[str, ...]


class Reason(Struct, frozen=True, kw_only=True):
    """A contact reason of one interaction."""

    level1: str
    level2: str
    verdict: str
    is_primary: bool


class DeadLetter(Struct, frozen=True, kw_only=True):
    """A dead letter as the index knows it."""

    interaction_id: str | None
    stage: str
    reason: str
    detail: str
    source_topic: str
    source_partition: int
    source_offset: int
    attempts: int


class Interaction(Struct, frozen=True, kw_only=True):
    """Everything one page of the report shows."""

    interaction_id: str
    channel: str
    direction: str
    queue: str
    started_at: int
    ended_at: int
    site_timezone: str
    disconnect_party: str
    status: str
    exclusion: str | None
    score: float | None
    review_pending: bool
    ruleset: str
    scorecard: str
    activation_seq: int
    engine: str
    measures: Mapping[str, float | None]
    survey_score: float | None
    turns: tuple[Turn, ...] = ()
    spans: tuple[Span, ...] = ()
    findings: tuple[Finding, ...] = ()
    legs: tuple[LegScore, ...] = ()
    reasons: tuple[Reason, ...] = ()
    links: tuple[str, ...] = ()


class ReportContent(Struct, frozen=True, kw_only=True):
    """The whole report."""

    coverage: tuple[Coverage, ...]
    interactions: tuple[Interaction, ...]
    alerts: tuple[Alert, ...]
    dead_letters: tuple[DeadLetter, ...]

    @property
    def total(self) -> Coverage:
        """All channels together."""
        names = ("received", "scored", "excluded", "dead_lettered", "in_flight")
        sums = {name: sum(getattr(line, name) for line in self.coverage) for name in names}
        return Coverage(channel="ALL", **sums)


def load(client: Any) -> ReportContent:
    """Read the current results of everything in the store. Raises the client's DatabaseError."""
    return ReportContent(
        coverage=tuple(convert(row, Coverage) for row in _rows(client, query("coverage"))),
        interactions=_interactions(client),
        alerts=tuple(convert(row, Alert, strict=False) for row in _rows(client, query("alerts"))),
        dead_letters=tuple(
            convert(row, DeadLetter, strict=False) for row in _rows(client, query("dead_letters"))
        ),
    )


def _interactions(client: Any) -> tuple[Interaction, ...]:
    parts = _parts(client)
    links: dict[str, tuple[str, ...]] = {}
    for row in _rows(client, query("links")):
        links[row["interaction_id"]] = (*links.get(row["interaction_id"], ()), row["linked_interaction_id"])
    return tuple(
        convert(
            {
                **row,
                "measures": {name: row.pop(name) for name in MEASURES},
                **{name: groups.get(row["interaction_id"], ()) for name, groups in parts.items()},
                "links": links.get(row["interaction_id"], ()),
            },
            Interaction,
            strict=False,
        )
        for row in _rows(client, query("interactions"))
    )


def _parts(client: Any) -> dict[str, dict[Any, tuple[Any, ...]]]:
    """What belongs to interactions, by the name of the field and the id of the interaction."""
    evidence = _grouped(client, query("evidence"), Evidence)
    items = _grouped(client, query("items"), Item, group=("interaction_id", "leg"))

    def items_of(row: Mapping[str, Any]) -> tuple[Item, ...]:
        return items.get((row["interaction_id"], row["leg"]), ())

    return {
        "turns": _grouped(client, query("turns"), Turn),
        "spans": _grouped(client, query("spans"), Span),
        "findings": _grouped(client, query("findings"), Finding, {"evidence": _by_finding(evidence)}),
        "legs": _grouped(client, query("legs"), LegScore, {"items": items_of}),
        "reasons": _grouped(client, query("reasons"), Reason),
    }


def _rows(client: Any, sql: str) -> list[dict[str, Any]]:
    result = client.query(sql)
    return [dict(zip(result.column_names, row, strict=True)) for row in result.result_rows]


def _grouped(
    client: Any,
    sql: str,
    shape: type[Any],
    extra: Mapping[str, Any] | None = None,
    group: Sequence[str] = ("interaction_id",),
) -> dict[Any, tuple[Any, ...]]:
    """Rows of a query as ``shape``, by interaction (or by ``group``), in the query's order."""
    found: dict[Any, list[Any]] = {}
    for row in _rows(client, sql):
        key = tuple(row[name] for name in group)
        more = {name: children(row) for name, children in (extra or {}).items()}
        found.setdefault(key[0] if len(key) == 1 else key, []).append(
            convert({**row, **more}, shape, strict=False)
        )
    return {key: tuple(values) for key, values in found.items()}


def _by_finding(evidence: Mapping[str, Sequence[Evidence]]) -> Any:
    def children(row: Mapping[str, Any]) -> tuple[Evidence, ...]:
        return tuple(one for one in evidence.get(row["interaction_id"], ()) if one.finding == row["n"])

    return children
