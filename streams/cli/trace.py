"""``callqa trace``: everything the store knows of one interaction, in the order it was written."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import clear_errors

_JSON = (str, int, float, list, dict, bool, type(None))


def trace(
    interaction_id: Annotated[str, typer.Argument(help="Id as published upstream.")],
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Every row about one interaction: offsets, results, findings, dead letters. Exit code 1 if unknown."""
    from rich.table import Table

    from sinks.reads import trace as read_trace
    from streams.local.running import reachable
    from streams.settings import Settings
    from streams.store import connect

    settings = Settings()
    with clear_errors(), reachable(settings) as addresses:
        client = connect(settings, addresses.clickhouse_url)
        rows = read_trace(client, interaction_id)
        client.close()
    if not rows:
        fail(f"{interaction_id} 没有记录 is not known here")
    if output is OutputFormat.JSON:
        print_json(
            [{"table": row.table, **{name: _plain(v) for name, v in row.values.items()}} for row in rows]
        )
        return
    table = Table("表 table", "内容 values", show_lines=True)
    for row in rows:
        shown = {name: value for name, value in row.values.items() if value not in (None, "", [], {}, 0)}
        table.add_row(row.table, "  ".join(f"[dim]{name}[/dim] {value}" for name, value in shown.items()))
    console().print(table)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, _JSON) else str(value) for name, value in values.items()}
