"""``callqa report``: what everybody wants to see, on the terminal and as one HTML file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import clear_errors

if TYPE_CHECKING:
    from streams.reports.content import ReportContent
    from streams.settings import Settings


def report(
    report_dir: Annotated[Path, typer.Option(help="Where index.html is written.")] = Path("report"),
    output: Annotated[
        OutputFormat, typer.Option("--output", help="table or json (coverage)")
    ] = OutputFormat.TABLE,
) -> None:
    """Print the report and write report/index.html, which opens without a server."""
    from streams.local.running import reachable
    from streams.reports.content import load
    from streams.reports.terminal import terminal_report
    from streams.settings import Settings
    from streams.store import connect

    settings = Settings()
    with clear_errors(), reachable(settings) as addresses:
        client = connect(settings, addresses.clickhouse_url)
        content = load(client)
        page = write_page(client, addresses.settings_for(settings), content, report_dir)
        client.close()
    if output is OutputFormat.JSON:
        print_json({"report": str(page), "coverage": [*content.coverage, content.total]})
        return
    console().print(terminal_report(content))
    console().print(f"报告 report  {page}")


def write_page(client: Any, settings: Settings, content: ReportContent, folder: Path) -> Path:
    """Render the page with its audio and write it; returns its path."""
    from streams.reports.page import render, write
    from streams.reports.playback import Playback

    playback = Playback(client, settings.roots())
    return write(render(content, audio_of=playback.data_uri, generated_at=datetime.now(UTC)), folder)
