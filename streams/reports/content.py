"""What a report shows, read from ClickHouse: the ledger, and one page per interaction with its receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct, convert

from streams.reports.queries import MEASURES, query
from streams.reports.reason_names import reason_names
from streams.reports.rows import Key, grouped, key_of, rows_of

MOST = 1_000
"""Interactions of one page: a browser shows them at ease, with the audio of the calls."""
_EVERYTHING = {"first": 0, "last": 4_102_444_800_000}


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
    reading_heard: tuple[str, ...] = ()
    reading_phrase: tuple[str, ...] = ()
    reading_confidence: tuple[float, ...] = ()

    @property
    def readings(self) -> tuple[tuple[str, str, float], ...]:
        """What was heard, what it may have been, and how sure that is, place by place."""
        return tuple(zip(self.reading_heard, self.reading_phrase, self.reading_confidence, strict=True))


class Span(Struct, frozen=True, kw_only=True):
    """A stretch of the time line: SPEECH, INTERRUPTION, RAISED_VOICE of a party, SILENCE, a SystemSound."""

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
    in_doubt: float = 0.0
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
    tenant_id: str = ""


class Reason(Struct, frozen=True, kw_only=True):
    """A contact reason of one interaction; ``confidence`` is that of a machine-learned one (MODEL)."""

    level1: str
    level2: str
    verdict: str
    is_primary: bool
    name: str = ""
    source: str | None = None
    confidence: float | None = None

    @property
    def shown(self) -> str:
        """Its Chinese name, or its codes where the active rules have none."""
        return self.name or f"{self.level1}/{self.level2}"


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
    """Everything one page of the report shows. Ids are those of the tenant's own systems."""

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
    tenant_id: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What tells interactions apart: tenants may use the same ids."""
        return self.tenant_id, self.interaction_id


class Window(Struct, frozen=True, kw_only=True):
    """One business day of the sites or all days, and at most so many of the latest interactions."""

    day: date | None = None
    most: int = MOST


class ReportContent(Struct, frozen=True, kw_only=True):
    """The whole report. ``left_out`` interactions of the window are not among the latest it shows."""

    coverage: tuple[Coverage, ...]
    interactions: tuple[Interaction, ...]
    alerts: tuple[Alert, ...]
    dead_letters: tuple[DeadLetter, ...]
    left_out: int = 0

    @property
    def total(self) -> Coverage:
        """All channels together."""
        names = ("received", "scored", "excluded", "dead_lettered", "in_flight")
        sums = {name: sum(getattr(line, name) for line in self.coverage) for name in names}
        return Coverage(channel="ALL", **sums)


def load(client: Any, window: Window | None = None) -> ReportContent:
    """Read the current results of a window of the store. Raises the client's DatabaseError."""
    chosen = window or Window()
    asked = {"day": chosen.day.isoformat() if chosen.day else "", "most": chosen.most}
    shown = rows_of(client, "interactions", asked)
    ((count,),) = client.query(query("interaction_count"), parameters=asked).result_rows
    left_out = max(0, count - chosen.most)
    span = _span(shown) if left_out or chosen.day else _EVERYTHING
    return ReportContent(
        coverage=tuple(convert(row, Coverage) for row in rows_of(client, "coverage", asked)),
        interactions=_interactions(client, shown, span),
        alerts=tuple(convert(row, Alert, strict=False) for row in rows_of(client, "alerts", span)),
        dead_letters=tuple(
            convert(row, DeadLetter, strict=False) for row in rows_of(client, "dead_letters", asked)
        ),
        left_out=left_out,
    )


def _span(shown: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """From when to when (epoch ms) the interactions of a report ended."""
    ends = [row["ended_at"] for row in shown]
    return {"first": min(ends, default=0), "last": max(ends, default=0)}


def _interactions(
    client: Any, shown: Sequence[dict[str, Any]], span: Mapping[str, int]
) -> tuple[Interaction, ...]:
    parts = _parts(client, span)
    links: dict[Key, tuple[str, ...]] = {}
    for row in rows_of(client, "links", span):
        links[key_of(row)] = (*links.get(key_of(row), ()), row["linked_interaction_id"])
    return tuple(
        convert(
            {
                **row,
                "measures": {name: row.pop(name) for name in MEASURES},
                **{name: groups.get(key_of(row), ()) for name, groups in parts.items()},
                "links": links.get(key_of(row), ()),
            },
            Interaction,
            strict=False,
        )
        for row in shown
    )


def _parts(client: Any, span: Mapping[str, int]) -> dict[str, dict[Key, tuple[Any, ...]]]:
    """What belongs to interactions, by the name of the field and the key of the interaction."""
    evidence = grouped(rows_of(client, "evidence", span), Evidence, "finding")
    items = grouped(rows_of(client, "items", span), Item, "leg")
    findings = [
        {**row, "evidence": evidence.get((*key_of(row), row["n"]), ())}
        for row in rows_of(client, "findings", span)
    ]
    legs = [
        {**row, "items": items.get((*key_of(row), row["leg"]), ())} for row in rows_of(client, "legs", span)
    ]
    names = reason_names(client)
    reasons = [
        {**row, "name": names.get((row["level1"], row["level2"]), "")}
        for row in rows_of(client, "reasons", span)
    ]
    return {
        "turns": grouped(rows_of(client, "turns", span), Turn),
        "spans": grouped(rows_of(client, "spans", span), Span),
        "findings": grouped(findings, Finding),
        "legs": grouped(legs, LegScore),
        "reasons": grouped(reasons, Reason),
    }
