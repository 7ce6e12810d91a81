"""``callqa db``: ClickHouse tables and views as numbered migrations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.connections import connected
from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import ExitCode

if TYPE_CHECKING:
    from sinks.migrations import Migration

app = typer.Typer(no_args_is_help=True, help="Plan, apply and check the ClickHouse migrations.")
Output = Annotated[OutputFormat, typer.Option("--output", help="table or json")]


@app.command("plan")
def plan_migrations(
    sql: Annotated[bool, typer.Option("--sql", help="Print the statements that would run.")] = False,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Show which migrations are not applied yet; changes nothing."""
    from sinks.migrations import plan

    with connected(kafka=False) as connections, connections.store() as client:
        pending = plan(client)
    _show(pending, "待执行 pending", output, sql=sql)


@app.command("migrate")
def migrate_store(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be applied.")] = False,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Apply what is pending, in order. Running it again does nothing."""
    from sinks.migrations import migrate, plan

    with connected(kafka=False) as connections, connections.store() as client:
        done = plan(client) if dry_run else migrate(client)
    _show(done, "待执行 pending" if dry_run else "已执行 applied", output)


@app.command("check")
def check_store(output: Output = OutputFormat.TABLE) -> None:
    """Exit code 1 where the store differs from the files: drift, gaps, columns without a comment."""
    from sinks.migrations import check

    with connected(kafka=False) as connections, connections.store() as client:
        problems = check(client)
    if output is OutputFormat.JSON:
        print_json(problems)
    else:
        for problem in problems or ["数据库与迁移文件一致 the store is as the files say"]:
            console().print(problem, markup=False)
    if problems:
        raise typer.Exit(ExitCode.ERROR)


def _show(migrations: Sequence[Migration], what: str, output: OutputFormat, *, sql: bool = False) -> None:
    if output is OutputFormat.JSON:
        print_json([{"number": one.number, "name": one.name, "sha256": one.checksum} for one in migrations])
        return
    for one in migrations:
        console().print(f"{what}  {one.name}")
        if sql:
            console().print(";\n\n".join(one.statements) + ";", markup=False, soft_wrap=True)
    if not migrations:
        console().print("没有待执行的迁移 nothing to migrate")
