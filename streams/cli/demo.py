"""``callqa demo``: the main job on embedded parts, from nothing to a report, and compared with a person."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.console import console, fail
from streams.cli.errors import clear_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.local.stack import Addresses
    from streams.reports.content import ReportContent
    from streams.settings import Settings

_POLL_SECONDS = 1.0


def demo(
    report_dir: Annotated[Path, typer.Option(help="Where the HTML report is written.")] = Path("report"),
    deadline: Annotated[float, typer.Option(help="Seconds after which an unfinished run fails.")] = 900,
) -> None:
    """Run the demo interactions through the whole pipeline and compare the result with a person's view.

    Uses the running stack (`callqa up`) if there is one; otherwise starts everything and stops it again.
    Exit code 1 where any interaction ends otherwise than expected.
    """
    from streams.demo.expectations import compare
    from streams.demo.expected import load_expected
    from streams.demo.observed import outcomes
    from streams.reports.terminal import terminal_report
    from streams.settings import PROJECT, Settings

    started = time.monotonic()
    folder = PROJECT / "infra" / "demo"
    with clear_errors():
        settings = Settings()
    expected = load_expected(folder / "expected.yaml")
    with clear_errors(), _stack(settings) as addresses:
        published = _publish(addresses, folder, late_calls=addresses.pid == os.getpid())
        content = _wait(settings, addresses, published, deadline)
        console().print(terminal_report(content))
        page = _write_report(settings, addresses, content, report_dir)
    differences = compare(expected, outcomes(content, published))
    console().print(f"报告 report      {page}")
    console().print(f"用时 elapsed     {time.monotonic() - started:.0f} s")
    if differences:
        for difference in differences:
            console().print(f"[red]≠[/red] {difference.in_language('zh')}", soft_wrap=True)
        fail(f"{len(differences)} 处与人工判断不同 differences from what a careful person says")
    console().print(
        f"[green]✓[/green] {len(expected)} 个交互与人工判断一致 interactions end as a careful person says"
    )


@contextmanager
def _stack(settings: Settings) -> Iterator[Addresses]:
    """The running stack, or a fresh one on data of its own."""
    from streams.local.prepare import prepare
    from streams.local.running import running, state_file
    from streams.local.stack import Stack
    from streams.logs import configure_logs

    found = running(settings)
    if found is not None:
        console().print(f"使用正在运行的服务 using the running stack (process {found.pid})")
        yield found
        return
    configure_logs("ERROR")
    _fetch_model(settings)
    data_dir = settings.data_dir / "demo"
    shutil.rmtree(data_dir, ignore_errors=True)
    quick = settings.model_copy(update={"recording_wait_seconds": 40.0, "recording_retry_seconds": 5.0})
    with Stack(quick, data_dir, settings.data_dir / "cache") as stack:
        with console().status("启动 Kafka 与 ClickHouse starting Kafka and ClickHouse ..."):
            addresses = stack.start_parts()
            prepare(quick, addresses)
        addresses.save(state_file(settings))
        stack.start_workers(addresses)
        console().print(f"Kafka {addresses.bootstrap}   ClickHouse {addresses.clickhouse_url}")
        yield addresses


def _fetch_model(settings: Settings) -> None:
    from streams.cli.model import fetch_with_progress
    from streams.models import ModelMissing, check

    try:
        check(settings.model, settings.model_dir)
    except ModelMissing:
        fetch_with_progress(settings.model, settings)


def _publish(addresses: Addresses, folder: Path, *, late_calls: bool) -> dict[tuple[str, int, int], str]:
    """Publish the day. A running stack waits half an hour for a late recording, which nobody wants to see."""
    from streams.demo.day import latest_full_day
    from streams.demo.events import build_demo_events
    from streams.demo.files import load_demo_files
    from streams.demo.publication import publish_demo
    from streams.operations.cluster import Cluster

    files = load_demo_files(folder)
    now_ms = time.time_ns() // 1_000_000
    day = latest_full_day(now_ms, files.directory.timezone)
    events = build_demo_events(files, day, (folder / "audio").resolve().as_uri())
    with Cluster(addresses.bootstrap) as cluster:
        publication = publish_demo(
            cluster,
            events,
            on_confirmed=lambda count: None,
            late_since_ms=now_ms if late_calls else None,
        )
    console().print(f"已发布 published  {len(publication.places)} 个交互 interactions, {day}")
    return publication.places


def _wait(
    settings: Settings, addresses: Addresses, published: dict[tuple[str, int, int], str], deadline: float
) -> ReportContent:
    """Show the stages until every published event has an outcome and nothing of it is under way.

    A running stack may wait for a late recording of somebody else: transcription's lag does not count.
    """
    from rich.live import Live

    from schemas.records.terms import Stage
    from schemas.topics import load_topics
    from streams.cli.stages import stages_table
    from streams.demo.observed import outcomes
    from streams.operations.cluster import Cluster
    from streams.operations.overview import stage_overviews
    from streams.reports.content import load
    from streams.store import connect

    topics = load_topics()
    client = connect(settings, addresses.clickhouse_url)
    until = time.monotonic() + deadline
    with Cluster(addresses.bootstrap) as cluster, Live(console=console(), auto_refresh=False) as live:
        while True:
            now_ms = time.time_ns() // 1_000_000
            overviews = stage_overviews(cluster, topics, now_ms=now_ms)
            live.update(stages_table(overviews), refresh=True)
            content = load(client)
            behind = sum(one.lag for one in overviews if one.stage is not Stage.TRANSCRIPTION)
            if not behind and outcomes(content, published).keys() >= set(published.values()):
                client.close()
                return content
            if time.monotonic() > until:
                fail(f"not finished after {deadline:.0f} s; see {addresses.data_dir}/logs")
            time.sleep(_POLL_SECONDS)


def _write_report(settings: Settings, addresses: Addresses, content: ReportContent, folder: Path) -> Path:
    from streams.cli.report import write_page
    from streams.store import connect

    client = connect(settings, addresses.clickhouse_url)
    try:
        return write_page(client, addresses.settings_for(settings), content, folder)
    finally:
        client.close()
