"""One small business day through the whole pipeline: real Kafka, ClickHouse, Whisper and five workers."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from schemas.records.terms import Channel
from schemas.topics import load_topics
from streams.demo.day import latest_full_day
from streams.demo.events import DemoEvents, build_demo_events
from streams.demo.files import load_demo_files
from streams.demo.publication import publish_demo
from streams.local.prepare import prepare
from streams.local.stack import Addresses, Stack
from streams.models import fetch
from streams.operations.cluster import Cluster
from streams.operations.overview import stage_overviews
from streams.reports.content import ReportContent, load
from streams.settings import PROJECT, Settings, child_environment
from streams.store import connect

CALLS = {
    "v04-agent-abuse-hangup",
    "v11-ghost-call-home-agent",
    "b03-recording-corrupt",
    "b04-recording-never-arrives",
}
DEADLINE_SECONDS = 240


@dataclass
class Day:
    """The running stack with the day's results. ``published`` maps coordinates to ids."""

    settings: Settings
    stack: Stack
    addresses: Addresses
    published: dict[tuple[str, int, int], str]
    content: ReportContent
    killed: list[str] = field(default_factory=list)

    def client(self) -> Any:
        return connect(self.settings, self.addresses.clickhouse_url)

    def callqa(self, *arguments: str, code: int = 0) -> str:
        """What a command of the CLI prints, run as an operator would."""
        environment = child_environment(
            self.settings,
            {"kafka_bootstrap": self.addresses.bootstrap, "clickhouse_url": self.addresses.clickhouse_url},
        )
        done = subprocess.run(
            [sys.executable, "-m", "streams.cli.main", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        assert done.returncode == code, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def publish_again(self) -> None:
        """Publish the same interactions once more and wait until everything is done.

        Bytes that nobody can decode are left out: each such record is a unit of its own.
        """
        day = _small_day()
        again = DemoEvents(tuple(one for one in day.completed if one.channel is not Channel.UNKNOWN), (), ())
        with Cluster(self.addresses.bootstrap) as cluster:
            publish_demo(cluster, again, on_confirmed=lambda count: None)
        _finished(self.settings, self.addresses, self.content.total.received)

    def callqa_json(self, *arguments: str) -> Any:
        return json.loads(self.callqa(*arguments, "--output", "json"))


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    cache = PROJECT / ".local" / "cache"
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("day"),
        model_dir=cache / "models",
        recording_wait_seconds=25.0,
        recording_retry_seconds=4.0,
    )
    fetch(settings.model, settings.model_dir)
    with Stack(settings, settings.data_dir / "data", cache) as stack:
        addresses = stack.start_parts()
        prepare(settings, addresses)
        stack.start_workers(addresses)
        events = _small_day()
        with Cluster(addresses.bootstrap) as cluster:
            now_ms = time.time_ns() // 1_000_000
            published = publish_demo(
                cluster, events, on_confirmed=lambda count: None, late_since_ms=now_ms
            ).places
        killed = _kill_each_worker_once(stack)
        content = _finished(settings, addresses, len(published))
        yield Day(settings, stack, addresses, published, content, killed)


def _small_day() -> DemoEvents:
    """Everything but most calls, which only differ in how long they take to hear."""
    folder = PROJECT / "infra" / "demo"
    files = load_demo_files(folder)
    day = latest_full_day(time.time_ns() // 1_000_000, files.directory.timezone)
    events = build_demo_events(files, day, (folder / "audio").as_uri())
    kept = tuple(event for event in events.completed if not event.recordings or event.interaction_id in CALLS)
    return DemoEvents(kept, events.raw, events.surveys)


def _kill_each_worker_once(stack: Stack) -> list[str]:
    """``kill -9`` while the day is in work: nothing of it may show in the results."""
    killed = []
    for worker in stack.workers:
        if worker.pid is not None:
            os.kill(worker.pid, signal.SIGKILL)
            killed.append(worker.command.name)
    return killed


def _finished(settings: Settings, addresses: Addresses, received: int) -> ReportContent:
    topics, until = load_topics(), time.monotonic() + DEADLINE_SECONDS
    client = connect(settings, addresses.clickhouse_url)
    with Cluster(addresses.bootstrap) as cluster:
        while time.monotonic() < until:
            lag = sum(stage.lag for stage in stage_overviews(cluster, topics, now_ms=0))
            content = load(client)
            if content.total.received >= received and not lag and not content.total.in_flight:
                client.close()
                return content
            time.sleep(0.5)
    logs = "\n".join(path.read_text()[-800:] for path in Path(addresses.data_dir, "logs").glob("*.log"))
    raise AssertionError(f"the day did not finish: {content.total}\n{logs}")
