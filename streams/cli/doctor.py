"""``callqa doctor``: what this machine has, what is missing, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import ExitCode, problems_of

if TYPE_CHECKING:
    from streams.health import Check
    from streams.settings import Settings


def doctor(
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
    settings_too: Annotated[
        bool, typer.Option("--settings/--no-settings", help="List every setting with its value as well.")
    ] = True,
) -> None:
    """Check programs, model, rules, disk, and the broker and store in use; list every setting.

    Exit code 1 where anything is missing or wrong.
    """
    from pydantic import ValidationError

    from streams.health import Check, checks
    from streams.local.running import running
    from streams.logs import configure_logs
    from streams.settings import Settings

    configure_logs("CRITICAL")
    try:
        settings = Settings()
    except ValidationError as error:
        if output is OutputFormat.TABLE:
            _show([], list(_settings(None)))
        fail(problems_of(error))
    found = [
        Check(name="settings", ok=True, detail=_set_count(settings)),
        *checks(settings, running(settings)),
    ]
    if output is OutputFormat.JSON:
        print_json(found)
    else:
        _show(found, list(_settings(settings)) if settings_too else [])
    if not all(one.ok for one in found):
        raise typer.Exit(ExitCode.ERROR)


def _set_count(settings: Settings) -> str:
    return f"{len(settings.model_fields_set)} set, the others at their defaults"


def _settings(settings: Settings | None) -> Iterator[dict[str, Any]]:
    """Every known setting; secrets as stars. Without ``settings`` only the defaults are known."""
    from streams.settings import PREFIX, Settings
    from streams.store import without_login

    for name, field in Settings.model_fields.items():
        value = getattr(settings, name) if settings else field.default
        text = "" if value is None else str(value)
        yield {
            "name": PREFIX + name.upper(),
            "value": without_login(text) if "://" in text else text,
            "set": settings is not None and name in settings.model_fields_set,
            "meaning": field.description or "",
        }


def _show(found: list[Check], listed: list[dict[str, Any]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for one in found:
        mark = Text("✓", style="green") if one.ok else Text("✗", style="red")
        table.add_row(mark, one.name, Text(one.detail, style="" if one.ok else "red"))
    if found:
        console().print(table)
        console().print()
    if not listed:
        return
    settings = Table(
        title="设置 Settings", title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    settings.add_column("变量\nvariable", no_wrap=True)
    settings.add_column("值\nvalue", overflow="fold")
    settings.add_column("含义\nmeaning")
    for row in listed:
        value = Text(row["value"] or "–", style="bold" if row["set"] else "dim")
        settings.add_row(Text(row["name"]), value, Text(row["meaning"]))
    console().print(settings)
