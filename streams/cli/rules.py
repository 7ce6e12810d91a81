"""``callqa rules``: which rules and scorecard count, and since when."""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import clear_errors

if TYPE_CHECKING:
    from sinks.activations import ActivationStore

app = typer.Typer(no_args_is_help=True, help="Activate rule sets and scorecards, and see what counted when.")
Output = Annotated[OutputFormat, typer.Option("--output", help="table or json")]


@app.command("activate")
def activate(
    ruleset_dir: Annotated[Path | None, typer.Option(help="Folder with zh.yaml and en.yaml.")] = None,
    scorecard: Annotated[Path | None, typer.Option(help="Scorecard file.")] = None,
    note: Annotated[str, typer.Option(help="Why, for whoever reads the history.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Check the files and show their hashes only.")] = False,
) -> None:
    """Give the rules and the scorecard the next sequence. They count from now on; old scores stay as known.

    Running workers take them up when they are restarted; `callqa replay` uses them at once.
    """
    from streams.rules import activate_configured, configured_rules
    from streams.settings import Settings

    chosen = {"ruleset_dir": ruleset_dir, "scorecard": scorecard}
    settings = Settings().model_copy(update={name: path for name, path in chosen.items() if path})
    with clear_errors():
        rulesets, card = configured_rules(settings)
    for file in (*rulesets, card):
        console().print(f"{file.id}  {file.hash[:12]}")
    if dry_run:
        return
    with _store() as store:
        before = store.current()
        now_ms = time.time_ns() // 1_000_000
        after = activate_configured(store, settings, now_ms=now_ms, by=getpass.getuser(), note=note)
    if before is not None and before.seq == after.seq:
        console().print(f"未变化 unchanged: #{after.seq} 已启用 is active")
    else:
        console().print(f"已启用 activated: #{after.seq}")


@app.command("history")
def history(output: Output = OutputFormat.TABLE) -> None:
    """Every activation, oldest first."""
    from rich.table import Table

    from streams.reports.page import local_time

    with _store() as store:
        found = store.history()
    if output is OutputFormat.JSON:
        print_json(
            [
                {
                    "seq": one.seq,
                    "activated_at": one.activated_at,
                    "activated_by": one.activated_by,
                    "note": one.note,
                    "rulesets": {file.id: file.hash for file in one.rulesets},
                    "scorecard": {one.scorecard.id: one.scorecard.hash},
                }
                for one in found
            ]
        )
        return
    table = Table("#", "启用时间 activated", "启用人 by", "规则集 rule sets", "评分卡 scorecard", "说明 note")
    for one in found:
        rulesets = "\n".join(f"{file.id} {file.hash[:12]}" for file in one.rulesets)
        card = f"{one.scorecard.id} {one.scorecard.hash[:12]}"
        at = local_time(one.activated_at, "Asia/Shanghai")
        table.add_row(str(one.seq), at, one.activated_by, rulesets, card, one.note)
    console().print(table)


@contextmanager
def _store() -> Iterator[ActivationStore]:
    from sinks.activations import ActivationStore
    from streams.local.running import reachable
    from streams.settings import Settings
    from streams.store import connect

    settings = Settings()
    with clear_errors(), reachable(settings) as addresses:
        client = connect(settings, addresses.clickhouse_url)
        try:
            yield ActivationStore(client)
        finally:
            client.close()
