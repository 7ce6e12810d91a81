"""Rows of the report's questions, and what belongs to one interaction among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import convert

from streams.reports.queries import query

Key = tuple[Any, ...]
"""Tenant and id of an interaction, and what a part of it is told apart by."""


def rows_of(client: Any, name: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answer to ``sql/<name>.sql``, each row by column."""
    result = client.query(query(name), parameters=dict(parameters))
    return [dict(zip(result.column_names, row, strict=True)) for row in result.result_rows]


def key_of(row: Mapping[str, Any]) -> Key:
    """The interaction that a row belongs to."""
    return row["tenant_id"], row["interaction_id"]


def grouped(rows: Sequence[Mapping[str, Any]], shape: type[Any], *within: str) -> dict[Key, tuple[Any, ...]]:
    """Rows as ``shape``, by interaction and what it is divided by, in the query's order."""
    found: dict[Key, list[Any]] = {}
    for row in rows:
        key = (*key_of(row), *(row[name] for name in within))
        found.setdefault(key, []).append(convert(row, shape, strict=False))
    return {key: tuple(values) for key, values in found.items()}
