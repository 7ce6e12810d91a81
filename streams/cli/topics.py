"""``callqa topics``: the broker's topics held against ``schemas/topics``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.connections import connected
from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import ExitCode

if TYPE_CHECKING:
    from streams.operations.topics import TopicChange

app = typer.Typer(no_args_is_help=True, help="Compare the broker's topics with the contract, and mend them.")
Output = Annotated[OutputFormat, typer.Option("--output", help="table or json")]


@app.command("plan")
def plan_topics(output: Output = OutputFormat.TABLE) -> None:
    """Show what `apply` would do; changes nothing."""
    _show(_run("plan"), output)


@app.command("apply")
def apply_topics(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Create missing topics and set retention, size and partitions as declared. Safe to repeat."""
    _show(_run("plan" if dry_run else "apply"), output)


@app.command("check")
def check_topics(output: Output = OutputFormat.TABLE) -> None:
    """Exit code 1 where a topic differs from its declaration, or brokers create topics by themselves."""
    changes = _run("check")
    _show(changes, output)
    if changes:
        raise typer.Exit(ExitCode.ERROR)


def _run(action: str) -> list[TopicChange]:
    from schemas.topics import load_topics
    from streams.operations import topics

    actions = {"plan": topics.plan, "apply": topics.apply, "check": topics.check}
    with connected(store=False) as connections, connections.cluster() as cluster:
        return actions[action](cluster, load_topics().values())


def _show(changes: list[TopicChange], output: OutputFormat) -> None:
    from rich.table import Table

    if output is OutputFormat.JSON:
        print_json(changes)
        return
    if not changes:
        console().print("主题与声明一致 topics are as declared")
        return
    table = Table("主题\ntopic", "变更\nchange", "设置\nsetting", "现有\ncurrent", "声明\nwanted")
    for change in changes:
        table.add_row(
            change.topic or "(broker)", change.kind.value, change.setting, change.current, change.wanted
        )
    console().print(table)
