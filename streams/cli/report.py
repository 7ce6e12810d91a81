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
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only this business day of the sites; default: all days."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show so many of the latest interactions.")] = 1_000,
    output: Annotated[
        OutputFormat, typer.Option("--output", help="table or json (coverage and where the page is)")
    ] = OutputFormat.TABLE,
) -> None:
    """Print the report and write report/index.html, which opens without a server.

    The page holds redacted words and, for calls whose recording is still there, the audio with every masked
    word silenced. Coverage counts everything of the window, whatever the limit.
    """
    from streams.reports.content import Window, load
    from streams.reports.terminal import terminal_report

    with connected(kafka=False) as connections, connections.store() as client:
        content = load(client, Window(day=day.date() if day else None, most=limit))
        page = None if terminal else write_page(client, connections.local_settings, content, report_dir)
    if output is OutputFormat.JSON:
        found = {"report": str(page.resolve())} if page else {}
        print_json({**found, "coverage": [*content.coverage, content.total], "left_out": content.left_out})
        return
    console().print(terminal_report(content))
    if content.left_out:
        console().print(
            f"未显示 not shown  {content.left_out} 条较早的交互 earlier interactions (--day, --limit)"
        )
    if page:
        console().print(f"报告 report  {page}")


def write_page(client: Any, settings: Settings, content: ReportContent, folder: Path) -> Path:
    """Render the page with its audio and write it; returns its path.

    ``settings`` name the folders below which recordings may be read.
    """
    from streams.reports.page import render, write
    from streams.reports.playback import Playback

    playback = Playback(client, settings.roots(), content.interactions)
    return write(render(content, audio_of=playback.data_uri, generated_at=datetime.now(UTC)), folder)
