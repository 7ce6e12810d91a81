"""``callqa model``: speech models on this machine, proven by their sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import clear_errors

if TYPE_CHECKING:
    from streams.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Fetch and check speech models.")
Name = Annotated[str | None, typer.Argument(help="base, or any name or path that faster-whisper takes.")]


@app.command("fetch")
def fetch_model(name: Name = None) -> None:
    """Bring a model onto this machine and verify it; default: the configured one."""
    from streams.settings import Settings

    settings = Settings()
    with clear_errors():
        folder = fetch_with_progress(name or settings.model, settings)
    console().print(f"✓ {folder}")


@app.command("list")
def list_known(
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Models whose sums callqa knows, and whether they are here."""
    from rich.table import Table

    from streams.models import list_models
    from streams.settings import Settings

    found = list_models(Settings().model_dir)
    if output is OutputFormat.JSON:
        print_json(
            [{"name": one.model.name, "folder": str(one.folder), "present": one.present} for one in found]
        )
        return
    table = Table("模型 model", "在本机 present", "位置 folder")
    for one in found:
        table.add_row(one.model.name, "✓" if one.present else "–", str(one.folder))
    console().print(table)


@app.command("check")
def check_model(name: Name = None) -> None:
    """Read every file of a model and compare it with its sum; exit code 1 on any difference."""
    from streams.models import check
    from streams.settings import Settings

    settings = Settings()
    with clear_errors():
        files = check(name or settings.model, settings.model_dir)
    console().print(f"✓ {files.name} {files.sha256[:12]} {files.folder}")


def fetch_with_progress(name: str, settings: Settings) -> str:
    """Fetch with a progress bar; returns the model's folder."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from streams.models import fetch

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console()) as progress:
        task = progress.add_task("语音模型 speech model", total=None)

        def report(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        return str(fetch(name, settings.model_dir, report).folder)
