"""``callqa model``: speech models on this machine, proven by their sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import clear_errors

if TYPE_CHECKING:
    from processors.transcription.whisper import WhisperModelFiles
    from streams.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Fetch and check speech models.")
Name = Annotated[
    str | None,
    typer.Argument(help="base, or any name or path that faster-whisper takes; default: CALLQA_MODEL."),
]
Output = Annotated[OutputFormat, typer.Option("--output", help="table or json")]


@app.command("fetch")
def fetch_model(name: Name = None, output: Output = OutputFormat.TABLE) -> None:
    """Bring a model onto this machine and verify it. One that is here is only verified."""
    from streams.settings import Settings

    with clear_errors():
        settings = Settings()
        files = fetch_with_progress(name or settings.model, settings, quiet=output is OutputFormat.JSON)
    _show(files, output)


@app.command("list")
def list_known(output: Output = OutputFormat.TABLE) -> None:
    """Models whose sums callqa knows, and whether they are here."""
    from rich.table import Table

    from streams.models import list_models
    from streams.settings import Settings

    with clear_errors():
        settings = Settings()
        found = list_models(settings.model_dir)
    if output is OutputFormat.JSON:
        print_json(
            [
                {
                    "name": one.model.name,
                    "present": one.present,
                    "folder": str(one.folder),
                    "size_bytes": one.model.size_bytes,
                    "license": one.model.license,
                    "repository": one.model.repository,
                    "revision": one.model.revision,
                }
                for one in found
            ]
        )
        return
    table = Table("模型\nmodel", "在本机\npresent", "大小\nsize", "许可\nlicense", "位置\nfolder")
    for one in found:
        size = f"{one.model.size_bytes / 1e6:.0f} MB"
        table.add_row(one.model.name, "✓" if one.present else "–", size, one.model.license, str(one.folder))
    console().print(table)
    console().print(f"使用中 in use: {settings.model}", highlight=False)


@app.command("check")
def check_model(name: Name = None, output: Output = OutputFormat.TABLE) -> None:
    """Read every file of a model and compare it with its sum; exit code 1 on any difference."""
    from streams.models import check
    from streams.settings import Settings

    with clear_errors():
        settings = Settings()
        files = check(name or settings.model, settings.model_dir)
    _show(files, output)


def fetch_with_progress(name: str, settings: Settings, *, quiet: bool = False) -> WhisperModelFiles:
    """Fetch and verify with a progress bar. Raises ModelCorrupt, ModelMissing and ModelUnavailable."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from streams.models import fetch

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console(), disable=quiet) as progress:
        task = progress.add_task("语音模型 speech model", total=None)

        def report(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        return fetch(name, settings.model_dir, report)


def _show(files: WhisperModelFiles, output: OutputFormat) -> None:
    if output is OutputFormat.JSON:
        print_json({"name": files.name, "sha256": files.sha256, "folder": str(files.folder)})
    else:
        console().print(f"✓ {files.name}  sha256 {files.sha256}\n  {files.folder}", soft_wrap=True)
