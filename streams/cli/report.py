"""``callqa report``: what everybody wants to see, on the terminal and as one HTML file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.connections import connected
from streams.cli.console import OutputFormat, console, print_json

if TYPE_CHECKING:
    from streams.reports.content import ReportContent
    from streams.settings import Settings


def report(
    report_dir: Annotated[Path, typer.Option(help="Where index.html is written.")] = Path("report"),
    terminal: Annotated[
        bool, typer.Option("--terminal", help="Only print; write no file and read no audio.")
    ] = False,
    output: Annotated[
        OutputFormat, typer.Option("--output", help="table or json (coverage and where the page is)")
    ] = OutputFormat.TABLE,
) -> None:
    """Print the report and write report/index.html, which opens without a server.

    The page holds redacted words and, for calls whose recording is still there, the audio with every masked
    word silenced.
    """
    from streams.reports.content import load
    from streams.reports.terminal import terminal_report

    with connected(kafka=False) as connections, connections.store() as client:
        content = load(client)
        page = None if terminal else write_page(client, connections.local_settings, content, report_dir)
    if output is OutputFormat.JSON:
        found = {"report": str(page.resolve())} if page else {}
        print_json({**found, "coverage": [*content.coverage, content.total]})
        return
    console().print(terminal_report(content))
    if page:
        console().print(f"报告 report  {page}")


def write_page(client: Any, settings: Settings, content: ReportContent, folder: Path) -> Path:
    """Render the page with its audio and write it; returns its path.

    ``settings`` name the folders below which recordings may be read.
    """
    from streams.reports.page import render, write
    from streams.reports.playback import Playback

    playback = Playback(client, settings.roots())
    return write(render(content, audio_of=playback.data_uri, generated_at=datetime.now(UTC)), folder)
