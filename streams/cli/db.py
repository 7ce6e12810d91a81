"""``callqa db``: ClickHouse tables and views as numbered migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import clear_errors

app = typer.Typer(no_args_is_help=True, help="Plan, apply and check the ClickHouse migrations.")
Output = Annotated[OutputFormat, typer.Option("--output", help="table or json")]


@app.command("plan")
def plan_migrations(
    sql: Annotated[bool, typer.Option(help="Print the statements that would run.")] = False,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Show which migrations are not applied yet; changes nothing."""
    from sinks.migrations import plan

    with _client() as client:
        pending = plan(client)
    if output is OutputFormat.JSON:
        print_json([{"number": one.number, "name": one.name} for one in pending])
        return
    for one in pending:
        console().print(one.name)
        if sql:
            console().print(";\n\n".join(one.statements) + ";", markup=False)
    if not pending:
        console().print("没有待执行的迁移 nothing to migrate")


@app.command("migrate")
def migrate_store() -> None:
    """Apply what is pending, in order. Running it again does nothing."""
    from sinks.migrations import migrate

    with _client() as client:
        applied = migrate(client)
    for one in applied:
        console().print(f"applied {one.name}")
    console().print(f"{len(applied)} 个迁移已执行 applied")


@app.command("check")
def check_store(output: Output = OutputFormat.TABLE) -> None:
    """Exit code 1 where the store differs from the files: drift, gaps, columns without a comment."""
    from sinks.migrations import check

    with _client() as client:
        problems = check(client)
    if output is OutputFormat.JSON:
        print_json(problems)
    for problem in problems if output is OutputFormat.TABLE else ():
        console().print(problem, markup=False)
    if problems:
        raise typer.Exit(1)
    if output is OutputFormat.TABLE:
        console().print("数据库与迁移文件一致 the store is as the files say")


@contextmanager
def _client() -> Iterator[Any]:
    from sinks.migrations import MigrationError
    from streams.local.running import reachable
    from streams.settings import Settings
    from streams.store import connect

    settings = Settings()
    with clear_errors(), reachable(settings) as addresses:
        client = connect(settings, addresses.clickhouse_url)
        try:
            yield client
        except MigrationError as error:
            fail(str(error))
        finally:
            client.close()
