"""``callqa status``: is everything judged, and which stage is behind."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import clear_errors

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sinks.reads import CoverageCounts
    from streams.operations.overview import StageOverview

_WATCH_SECONDS = 2.0


def status(
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
    watch: Annotated[bool, typer.Option(help="Show again every two seconds until interrupted.")] = False,
) -> None:
    """Coverage and stages. received = scored + excluded + dead-lettered + in flight.

    Without a running stack the last one's data is opened and closed again.
    """
    from rich.live import Live

    from streams.local.running import reachable
    from streams.operations.cluster import Cluster
    from streams.settings import Settings
    from streams.store import connect

    settings = Settings()
    with clear_errors(), reachable(settings) as addresses, Cluster(addresses.bootstrap) as cluster:
        client = connect(settings, addresses.clickhouse_url)
        if not watch:
            counts, stages = _read(client, cluster)
            if output is OutputFormat.JSON:
                print_json(_document(counts, stages))
            else:
                console().print(_tables(counts, stages))
            return
        with Live(console=console(), auto_refresh=False) as live:
            while True:
                live.update(_tables(*_read(client, cluster)), refresh=True)
                time.sleep(_WATCH_SECONDS)


def _read(client: Any, cluster: Any) -> tuple[CoverageCounts, list[StageOverview]]:
    from schemas.topics import load_topics
    from sinks.reads import coverage
    from streams.operations.overview import stage_overviews

    now_ms = time.time_ns() // 1_000_000
    return coverage(client), stage_overviews(cluster, load_topics(), now_ms=now_ms, ages=True)


def _document(counts: CoverageCounts, stages: list[StageOverview]) -> dict[str, Any]:
    import msgspec

    return {**msgspec.to_builtins(counts), "stages": msgspec.to_builtins(stages)}


def _tables(counts: CoverageCounts, stages: list[StageOverview]) -> RenderableType:
    from rich.console import Group
    from rich.table import Table

    from streams.cli.stages import stages_table

    table = Table(title="覆盖 Coverage", title_justify="left")
    names = ("接收 received", "已评分 scored", "已排除 excluded", "死信 dead-lettered", "处理中 in flight")
    for name in names:
        table.add_column(name, justify="right")
    numbers = (counts.received, counts.scored, counts.excluded, counts.dead_lettered, counts.in_flight)
    table.add_row(*map(str, numbers))
    return Group(table, stages_table(stages))
