"""``callqa trace``: one interaction from topic to topic, and everything the store knows of it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from streams.cli.connections import connected
from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.times import SITE_ZONE, local

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.table import Table

    from sinks.reads import TraceRow
    from streams.operations.footprint import Footprint
    from streams.reports.outcomes import InteractionOutcome

# The broker's clock and the recorder's differ; a record is never written long before its intake says.
_CLOCKS_MS = 3_600_000


def trace(
    interaction_id: Annotated[str, typer.Argument(help="Id as published upstream.")],
    rows: Annotated[bool, typer.Option("--rows", help="Show every stored row as well.")] = False,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Follow one interaction: topics and offsets, outcome, findings, results of every version, dead letters.

    Exit code 1 where neither the store nor the topics know the id.
    """
    from schemas.topics import load_topics
    from sinks.reads import trace as stored_rows
    from streams.operations.footprint import footprint
    from streams.reports.outcomes import outcomes_of

    with connected() as connections, connections.cluster() as cluster, connections.store() as client:
        stored = stored_rows(client, interaction_id)
        outcomes = list(outcomes_of(client, [interaction_id]).values())
        found = footprint(cluster, load_topics(), interaction_id.encode(), since_ms=_since(stored))
    if not stored and not found.records:
        fail(f"{interaction_id}: 没有记录 neither the store nor the topics know this id")
    if output is OutputFormat.JSON:
        print_json(_document(interaction_id, outcomes, found, stored))
    else:
        _show(interaction_id, outcomes, found, stored, rows=rows)


def _since(stored: Sequence[TraceRow]) -> int | None:
    """When the first of its records was written, or None where the store has not seen it."""
    times = [_epoch_ms(row.values["source_timestamp"]) for row in stored if row.table == "qa.intake"]
    return min(times) - _CLOCKS_MS if times else None


def _document(
    interaction_id: str, outcomes: Sequence[InteractionOutcome], found: Footprint, stored: Sequence[TraceRow]
) -> dict[str, Any]:
    tables: dict[str, list[dict[str, Any]]] = {}
    for row in stored:
        tables.setdefault(row.table, []).append({name: _plain(value) for name, value in row.values.items()})
    return {
        "interaction_id": interaction_id,
        "outcomes": outcomes,
        "records": [
            {
                "topic": one.coordinates.topic,
                "partition": one.coordinates.partition,
                "offset": one.coordinates.offset,
                "written_at": one.written_at,
                "size_bytes": one.size_bytes,
                "written_by": _producers()[one.coordinates.topic],
            }
            for one in found.records
        ],
        "topics_read_in_part": found.cut,
        "rows": tables,
    }


def _show(
    interaction_id: str,
    outcomes: Sequence[InteractionOutcome],
    found: Footprint,
    stored: Sequence[TraceRow],
    *,
    rows: bool,
) -> None:
    from streams.cli.outcomes import outcome_lines

    if not outcomes:
        console().print(f"{interaction_id}: 已发布，尚未入库 published, not in the store yet")
    for outcome in outcomes:
        if len(outcomes) > 1:
            console().print(f"租户 tenant {outcome.tenant_id}", markup=False, soft_wrap=True)
        for line in outcome_lines(outcome):
            console().print(line, soft_wrap=True)
    for table in (_records(found), _results(stored), _alerts(stored)):
        if table.row_count:
            console().print(table)
    for line in _dead_letters(stored):
        console().print(line, soft_wrap=True)
    for topic in found.cut:
        console().print(f"[yellow]{topic}: 只读取了一部分 only the first part was read[/yellow]")
    for row in stored if rows else ():
        shown = {name: _text(value) for name, value in row.values.items() if value not in (None, "", [], {})}
        console().print(f"{row.table}  {shown}", markup=False, soft_wrap=True)


_WRITTEN, _PLACE, _DECIDED = "写入\nwritten", "位置\nplace", "判定\ndecided"
_WHOLE = frozenset({_WRITTEN, _PLACE, _DECIDED})
"""Columns that must stay on one line, to be copied."""


def _table(title: str, *columns: str) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    return table


def _records(found: Footprint) -> Table:
    table = _table(f"记录 Records ({SITE_ZONE})", _WRITTEN, _PLACE, "写入者\nwritten by")
    for one in found.records:
        place = one.coordinates
        where = Text(f"{place.topic}[{place.partition}]@{place.offset}")
        table.add_row(local(one.written_at), where, ", ".join(_producers()[place.topic]))
    return table


def _results(stored: Sequence[TraceRow]) -> Table:
    """Every result that ever counted, whole interactions (no agent) and agent legs."""
    results = {row.values["result_id"]: row.values for row in stored if row.table == "qa.result"}
    legs = {row.values["result_id"]: row.values for row in stored if row.table == "qa.leg_score"}
    columns = (_DECIDED, "版本\nversion", "启用\nrules", "坐席\nagent", "得分\nscore", "结果\nresult")
    table = _table("结果 Results", *columns)
    for row in (row.values for row in stored if row.table == "qa.result_assignment"):
        leg = legs.get(row["result_id"], {})
        whole = results.get(row["result_id"], {})
        score = leg.get("score", whole.get("score"))
        table.add_row(
            _text(row["decided_at"]),
            str(row["record_version"]),
            f"#{row['activation_seq']}",
            str(leg.get("agent_id", "–")),
            f"{score:.1f}" if score is not None else str(whole.get("exclusion") or "–"),
            str(row["result_id"])[:8],
        )
    return table


def _alerts(stored: Sequence[TraceRow]) -> Table:
    table = _table("预警 Alerts", "发出\nraised", "对象\nfor", "规则\nrule", "坐席\nagent")
    for row in (row.values for row in stored if row.table == "qa.alert"):
        table.add_row(_text(row["raised_at"]), row["kind"], row["rule_name"], _text(row["agent_id"]))
    return table


def _dead_letters(stored: Sequence[TraceRow]) -> Iterator[Text]:
    for row in (row.values for row in stored if row.table == "qa.dead_letter"):
        place = f"{row['dead_letter_topic']}[{row['dead_letter_partition']}]@{row['dead_letter_offset']}"
        yield Text(
            f"死信 dead letter {_text(row['failed_at'])}  {row['stage']}  {row['reason']}: {row['detail']}"
            f"  ({row['attempts']} attempts, {place})",
            style="red",
        )


@cache
def _producers() -> Mapping[str, tuple[str, ...]]:
    from schemas.topics import load_topics

    return {name: topic.producers for name, topic in load_topics().items()}


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return local(_epoch_ms(value))
    return "–" if value is None else str(value)


def _plain(value: object) -> object:
    """A stored value for JSON: moments in ISO 8601 with their zone."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC).isoformat()
    return value if isinstance(value, str | int | float | list | dict | bool | None) else str(value)


def _epoch_ms(moment: datetime) -> int:
    """The store's client gives moments in UTC without a zone."""
    return round(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)
