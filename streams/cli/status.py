"""``callqa status``: is everything judged, and which stage is behind."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.connections import connected
from streams.cli.console import OutputFormat, console, print_json

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from sinks.reads import CoverageCounts, ReasonCount
    from streams.operations.cluster import Cluster
    from streams.operations.overview import StageOverview

_WATCH_SECONDS = 2.0
_STATES = {"excluded": "已排除 excluded", "dead_lettered": "死信 dead-lettered"}


def status(
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
    watch: Annotated[
        bool, typer.Option("--watch", help="Show again every two seconds until interrupted.")
    ] = False,
) -> None:
    """Coverage and stages. received = scored + excluded + dead-lettered + in flight.

    Without a running stack the last one's data is opened and closed again. With --watch and JSON, one
    document a line.
    """
    with connected() as connections, connections.cluster() as cluster, connections.store() as client:
        if not watch:
            seen = Seen(client, cluster, connections.settings.metrics_port)
            if output is OutputFormat.JSON:
                print_json(seen.document())
            else:
                console().print(seen.tables())
        elif output is OutputFormat.JSON:
            _watch_lines(client, cluster, connections.settings.metrics_port)
        else:
            _watch_tables(client, cluster, connections.settings.metrics_port)


class Seen:
    """Ledger and stages at one moment. ``metrics_port`` is the first of the workers' ports, if any."""

    def __init__(self, client: Any, cluster: Cluster, metrics_port: int | None = None) -> None:
        from schemas.topics import load_topics
        from sinks.reads import coverage, reasons
        from streams.operations.overview import stage_overviews

        now_ms = time.time_ns() // 1_000_000
        self._metrics_port = metrics_port
        self.counts: CoverageCounts = coverage(client)
        self.reasons: list[ReasonCount] = reasons(client)
        self.stages: list[StageOverview] = stage_overviews(cluster, load_topics(), now_ms=now_ms, ages=True)

    def document(self) -> dict[str, Any]:
        """For machines: counts of the ledger, reasons, and one object per stage."""
        import msgspec

        from streams.slots import metrics_port

        stages = [
            {
                "stage": one.stage.value,
                "received": one.received,
                "done": one.done,
                "lag": one.lag,
                "oldest_unread_seconds": one.oldest_unread_s,
                "dead_lettered": one.dead_lettered,
                "workers": one.members,
                "metrics_port": metrics_port(self._metrics_port, one.stage),
            }
            for one in self.stages
        ]
        ledger: dict[str, Any] = msgspec.to_builtins(self.counts)
        return {**ledger, "reasons": msgspec.to_builtins(self.reasons), "stages": stages}

    def tables(self) -> RenderableType:
        """For people."""
        from rich.console import Group

        from streams.cli.stages import stages_table

        stages = stages_table(self.stages)
        if self._metrics_port is not None:
            last = self._metrics_port + len(self.stages) - 1
            stages.caption = f"指标 metrics  http://127.0.0.1:{self._metrics_port} – {last}"
        tables = [_ledger(self.counts), stages]
        if self.reasons:
            tables.insert(1, _reasons(self.reasons))
        return Group(*tables)


def _ledger(counts: CoverageCounts) -> Table:
    from rich.table import Table

    table = Table(title="覆盖 Coverage", title_justify="left")
    for name in (
        "接收\nreceived",
        "已评分\nscored",
        "已排除\nexcluded",
        "死信\ndead letters",
        "处理中\nin flight",
        "有结论\nwith an outcome",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    ended = counts.received - counts.in_flight
    share = f"{100 * ended / counts.received:.1f} %" if counts.received else "–"
    numbers = (counts.received, counts.scored, counts.excluded, counts.dead_lettered, counts.in_flight)
    table.add_row(*map(str, numbers), share)
    return table


def _reasons(reasons: list[ReasonCount]) -> Table:
    from rich.table import Table

    table = Table(title="未评分原因 Reasons", title_justify="left")
    for name in ("结果\noutcome", "原因\nreason", "阶段\nstage"):
        table.add_column(name)
    table.add_column("数量\ncount", justify="right")
    for one in reasons:
        table.add_row(_STATES.get(one.state, one.state), one.reason, one.stage, str(one.count))
    return table


def _watch_tables(client: Any, cluster: Cluster, metrics_port: int | None) -> None:
    from rich.live import Live

    with Live(console=console(), auto_refresh=False) as live:
        while True:
            live.update(Seen(client, cluster, metrics_port).tables(), refresh=True)
            time.sleep(_WATCH_SECONDS)


def _watch_lines(client: Any, cluster: Cluster, metrics_port: int | None) -> None:
    import msgspec

    while True:
        typer.echo(msgspec.json.encode(Seen(client, cluster, metrics_port).document()).decode())
        time.sleep(_WATCH_SECONDS)
