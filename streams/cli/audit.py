"""``callqa audit``: do the books balance, and if not, what is missing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import clear_errors

if TYPE_CHECKING:
    from rich.table import Table

    from streams.operations.audit import Audit

_SHOWN = 20


def audit(
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
    slo: Annotated[
        float, typer.Option(min=0, help="Seconds after which an interaction must have its outcome.")
    ] = 3600,
) -> None:
    """Prove that every completed interaction has exactly one outcome. Exit code 1 where one has not.

    completed = scored + excluded + dead-lettered + in flight, with nothing in flight older than the
    service level. Each offset that delivery has passed must have its row in the ledger, no id may count
    twice, every reason must be on the closed lists and every dead letter in the index.
    """
    from schemas.topics import load_topics
    from streams.local.running import reachable
    from streams.operations.audit import compare
    from streams.operations.audit_evidence import gather
    from streams.operations.cluster import Cluster
    from streams.settings import Settings
    from streams.store import connect

    with clear_errors():
        settings = Settings()
    with clear_errors(), reachable(settings) as addresses, Cluster(addresses.bootstrap) as cluster:
        client = connect(settings, addresses.clickhouse_url)
        evidence = gather(cluster, client, load_topics(), now_ms=time.time_ns() // 1_000_000)
        client.close()
    result = compare(evidence, slo_ms=round(slo * 1000))
    if output is OutputFormat.JSON:
        print_json({"clean": result.clean, "audit": result})
    else:
        _show(result)
    if not result.clean:
        raise typer.Exit(1)


def _show(result: Audit) -> None:
    counts = result.counts
    console().print(_ledger_table(result))
    console().print(
        f"已完成 completed {counts.units} = 已评分 scored {counts.scored} + 排除 excluded {counts.excluded}"
        f" + 死信 dead-lettered {counts.dead_lettered} + 处理中 in flight {counts.in_flight}"
        f"（其中等待录音 waiting for a recording {result.deferred}）",
        soft_wrap=True,
    )
    if result.clean:
        console().print("[green]✓[/green] 账目相符 the books balance")
        return
    for hole in result.holes[:_SHOWN]:
        console().print(f"[red]✗[/red] {hole.kind.value}  {hole.where}  {hole.detail}", soft_wrap=True)
    if len(result.holes) > _SHOWN:
        console().print(f"... {len(result.holes) - _SHOWN} more; --output json lists all")


def _ledger_table(result: Audit) -> Table:
    from rich.table import Table

    from streams.operations.audit import missing

    table = Table(title="台账 Ledger", title_justify="left")
    table.add_column("分区 partition", no_wrap=True)
    for name in ("起点 start", "已读至 read up to", "末尾 end", "缺行 missing"):
        table.add_column(name, justify="right")
    for part in result.partitions:
        gaps = sum(span.end - span.start for span in missing(part))
        table.add_row(
            str(part.partition),
            str(part.log_start),
            str(part.read_up_to),
            str(part.end),
            f"[red]{gaps}[/red]" if gaps else "0",
        )
    return table
