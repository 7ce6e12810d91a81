"""``callqa doctor``: what this machine has, what is missing, and what to do about it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import ExitCode, clear_errors

if TYPE_CHECKING:
    from streams.settings import Settings

_FREE_GIB = 2.0

Check = tuple[str, bool, str]
"""Name, whether it is well, and what was found or what to do."""


def doctor(
    settings_too: Annotated[bool, typer.Option("--settings", help="List every setting as well.")] = False,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Check programs, model, disk, and the broker and store in use. Exit code 1 if anything is missing."""
    from rich.table import Table

    from streams.settings import Settings

    with clear_errors():
        settings = Settings()
    checks = list(_checks(settings))
    if output is OutputFormat.JSON:
        print_json([{"name": name, "ok": ok, "detail": detail} for name, ok, detail in checks])
    else:
        table = Table("检查 check", "", "说明 detail")
        for name, ok, detail in checks:
            table.add_row(name, "[green]✓[/green]" if ok else "[red]✗[/red]", detail)
        console().print(table)
        if settings_too:
            _show_settings(settings)
    if not all(ok for _, ok, _ in checks):
        raise typer.Exit(ExitCode.ERROR)


def _checks(settings: Settings) -> Iterator[Check]:
    yield "python", sys.version_info >= (3, 11), sys.version.split(maxsplit=1)[0]
    if settings.kafka_bootstrap is None:
        yield _attempt("java", _java)
        maven = shutil.which("mvn")
        remedy = "install Maven (Debian: apt install maven), or set CALLQA_KAFKA_BOOTSTRAP"
        yield "maven", maven is not None, maven or remedy
    yield _attempt("model", lambda: _model(settings))
    yield _disk(settings)
    yield from _parts(settings)


def _attempt(name: str, call: Callable[[], str]) -> Check:
    try:
        return name, True, call()
    except Exception as error:  # a doctor names every ailment and goes on
        first_line = next(iter(str(error).splitlines()), "")
        return name, False, f"{type(error).__name__}: {first_line[:160]}"


def _java() -> str:
    from streams.local.jars import find_java

    return str(find_java())


def _model(settings: Settings) -> str:
    from streams.models import check

    files = check(settings.model, settings.model_dir)
    return f"{files.name} {files.sha256[:12]}"


def _disk(settings: Settings) -> Check:
    folder = settings.data_dir.resolve()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 2**30
    return "disk", free > _FREE_GIB, f"{free:.1f} GiB free at {folder}"


def _parts(settings: Settings) -> Iterator[Check]:
    """The broker and the store, where they are configured or a stack runs."""
    from streams.local.running import running

    found = running(settings)
    bootstrap = settings.kafka_bootstrap or (found.bootstrap if found else None)
    url = settings.clickhouse_url or (found.clickhouse_url if found else None)
    if bootstrap is None or url is None:
        yield "stack", True, "没有在运行 not running; start it with `callqa up`"
        return
    yield _attempt("kafka", lambda: _kafka(bootstrap))
    yield _attempt("clickhouse", lambda: _clickhouse(settings, url))


def _kafka(bootstrap: str) -> str:
    from schemas.topics import load_topics
    from streams.operations.cluster import Cluster
    from streams.operations.topics import check

    with Cluster(bootstrap) as cluster:
        changes = check(cluster, load_topics().values())
    if changes:
        raise RuntimeError(f"{len(changes)} topic settings differ: run `callqa topics apply`")
    return f"{bootstrap}, topics as declared"


def _clickhouse(settings: Settings, url: str) -> str:
    from sinks.migrations import check
    from streams.store import connect

    client = connect(settings, url)
    try:
        problems = check(client)
    finally:
        client.close()
    if problems:
        raise RuntimeError(f"{len(problems)} problems: run `callqa db check`")
    return f"{url}, ClickHouse {client.server_version}, migrations in order"


def _show_settings(settings: Settings) -> None:
    from rich.table import Table

    from streams.settings import PREFIX

    table = Table("设置 setting", "值 value", "说明 meaning")
    for name, field in type(settings).model_fields.items():
        table.add_row(PREFIX + name.upper(), str(getattr(settings, name)), field.description or "")
    console().print(table)
