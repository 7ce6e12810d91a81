"""Writes the report as one HTML file that opens without a server: styles, charts and audio are inside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from schemas.records.terms import SystemSound
from streams.reports import charts
from streams.reports.content import Interaction, ReportContent
from streams.reports.highlight import pieces, tone_of
from streams.reports.labels import label, measured
from streams.reports.terminal import PASSED
from streams.reports.timeline import clock, timeline

AudioOf = Callable[[Interaction], str | None]
"""Gives a data URI with the call's audio, masked words silenced, or None where there is none to play."""


def render(
    content: ReportContent, *, audio_of: AudioOf, generated_at: datetime, zone: str = "Asia/Shanghai"
) -> str:
    """The page as text. ``generated_at`` must carry a zone; times are shown in ``zone``."""
    environment = Environment(
        loader=PackageLoader("streams.reports"),
        autoescape=select_autoescape(["jinja"], default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = clock
    environment.filters["label"] = label
    environment.filters["measured"] = measured
    environment.filters["local"] = lambda at, name=zone: local_time(at, name)
    return environment.get_template("report.html.jinja").render(
        content=content,
        charts=[
            Markup(draw(content))  # noqa: S704  our own SVG, its labels escaped by the chart library
            for draw in (charts.coverage_chart, charts.score_chart, charts.finding_chart, charts.reason_chart)
        ],
        pieces=pieces,
        tone_of=tone_of,
        timeline=timeline,
        system=[sound.value.lower() for sound in SystemSound],
        audio_of=audio_of,
        known={one.key for one in content.interactions},
        anchor=anchor_in(content),
        passed=PASSED,
        generated_at=generated_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S %Z"),
    )


def anchor_in(content: ReportContent) -> Callable[[str, str], str]:
    """The name of an interaction's section: its id, with the tenant's where there is more than one."""
    several = len({one.tenant_id for one in content.interactions}) > 1
    return lambda tenant, name: f"{tenant}/{name}" if several else name


def write(page: str, folder: Path) -> Path:
    """Write ``index.html`` into ``folder`` in one step and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / "index.html.new"
    fresh.write_text(page, encoding="utf-8")
    return fresh.replace(folder / "index.html")


def local_time(at_ms: int, zone: str) -> str:
    """Epoch milliseconds as local time with its zone."""
    return (
        datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S %Z")
    )
