"""What operators ask the store: the state of the ledger, the trace of one interaction, an earlier hearing."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from schemas.records.transcribed import Transcript
from sinks.tables import TABLES, Table


class CoverageCounts(Struct, frozen=True, kw_only=True):
    """Units of the ledger by state: ``received`` is the sum of the other four."""

    received: int
    scored: int
    excluded: int
    dead_lettered: int
    in_flight: int


class ReasonCount(Struct, frozen=True, kw_only=True):
    """How many units ended in a state for one reason; ``stage`` is empty for an exclusion."""

    state: str
    reason: str
    stage: str
    count: int


class TraceRow(Struct, frozen=True, kw_only=True):
    """One stored row that concerns an interaction, by column name."""

    table: str
    values: dict[str, Any]


def coverage(client: Any) -> CoverageCounts:
    """The whole ledger, over all tenants and days."""
    rows = client.query("SELECT state, count() FROM qa_bi.v_coverage GROUP BY state").result_rows
    by_state: dict[str, int] = dict(rows)
    return CoverageCounts(
        received=sum(by_state.values()),
        scored=by_state.get("scored", 0),
        excluded=by_state.get("excluded", 0),
        dead_lettered=by_state.get("dead_lettered", 0),
        in_flight=by_state.get("in_flight", 0),
    )


def reasons(client: Any) -> list[ReasonCount]:
    """Why units are excluded or dead-lettered, most frequent first."""
    rows = client.query(
        "SELECT state, toString(coalesce(exclusion, dead_letter_reason, '')) AS reason,"
        " toString(coalesce(dead_letter_stage, '')) AS stage, count() AS units FROM qa_bi.v_coverage"
        " WHERE state IN ('excluded', 'dead_lettered')"
        " GROUP BY state, reason, stage ORDER BY units DESC, reason, stage"
    ).result_rows
    return [
        ReasonCount(state=state, reason=reason, stage=stage, count=units)
        for state, reason, stage, units in rows
    ]


def trace(client: Any, interaction_id: str) -> list[TraceRow]:
    """Every row of ``qa`` about an interaction, in the order of writing, intake first; words are left out.

    Rows of superseded versions and activations are included: what counts now is in ``qa_bi``.
    """
    tables = [TABLES["qa.intake"], *(table for table in TABLES.values() if table.name != "qa.intake")]
    return [
        TraceRow(table=table.name, values=row)
        for table in tables
        if table.name.startswith("qa.") and "interaction_id" in table.columns
        for row in _rows(client, table, interaction_id)
    ]


def hearing(client: Any, tenant_id: str, hearing_key: str) -> Transcript | None:
    """The transcript that was heard first under this key, or None where nobody has heard it.

    Its words are those that were stored; ``turn_leg`` is of the interaction then and may need attribution
    anew. None also where it was stored in a shape that this version cannot read. Raises clickhouse-connect's
    errors when the store cannot be asked. In each of these cases the caller hears again.
    """
    rows = client.query(
        "SELECT transcript FROM qa_content.hearing FINAL"
        " WHERE tenant_id = {tenant:String} AND hearing_key = {key:String}",
        parameters={"tenant": tenant_id, "key": hearing_key},
    ).result_rows
    if not rows:
        return None
    try:
        return msgspec.json.decode(rows[0][0], type=Transcript)
    except msgspec.ValidationError:
        return None


def _rows(client: Any, table: Table, interaction_id: str) -> list[dict[str, Any]]:
    columns = ", ".join(f"`{column}`" for column in table.columns)
    result = client.query(
        f"SELECT {columns} FROM {table.name} FINAL WHERE interaction_id = {{id:String}}"  # noqa: S608
        f" ORDER BY {', '.join(table.key)}",
        parameters={"id": interaction_id},
    )
    return [dict(zip(table.columns, row, strict=True)) for row in result.result_rows]
