"""What this machine has and lacks: every check names what was found, or what to do."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from streams.local.stack import Addresses
from streams.settings import Settings

_FREE_GIB = 2.0
_CLOCK_TOLERANCE_S = 5.0
_DETAIL_LIMIT = 300


class Check(Struct, frozen=True, kw_only=True):
    """One thing looked at."""

    name: str
    ok: bool
    detail: str


class Ailment(Exception):
    """What is wrong, and the remedy."""


def checks(settings: Settings, running: Addresses | None) -> Iterator[Check]:
    """Every check that makes sense with these settings; ``running`` is the stack that runs, if one does."""
    yield _checked("python", _python)
    if settings.kafka_bootstrap is None:
        yield _checked("java", _java)
        yield _checked("maven", lambda: _maven(settings))
    yield _checked("model", lambda: _model(settings))
    yield _checked("rules", lambda: _rules(settings))
    yield _checked("data folder", lambda: _data_folder(settings))
    yield _checked("disk", lambda: _disk(settings))
    bootstrap = settings.kafka_bootstrap or (running.bootstrap if running else None)
    url = settings.clickhouse_url or (running.clickhouse_url if running else None)
    yield _checked("kafka", lambda: _kafka(settings, bootstrap))
    yield _checked("clickhouse", lambda: _clickhouse(settings, url))


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name=name, ok=True, detail=look())
    except Exception as error:  # a doctor names every ailment and goes on
        text = str(error) if isinstance(error, Ailment) else f"{type(error).__name__}: {error}"
        return Check(name=name, ok=False, detail=text[:_DETAIL_LIMIT])


def _python() -> str:
    return f"{sys.version.split(maxsplit=1)[0]} at {sys.executable}"


def _java() -> str:
    from streams.local.jars import KafkaUnavailable, find_java

    try:
        return str(find_java())
    except KafkaUnavailable as error:
        raise Ailment(str(error)) from None


def _maven(settings: Settings) -> str:
    found = shutil.which("mvn")
    if found:
        return found
    if any((settings.data_dir / "cache").glob("kafka-*/RESOLVED")):
        return "not installed, and not needed: Kafka's jars are in the cache"
    raise Ailment("install Maven (Debian: maven, Homebrew: maven), or set CALLQA_KAFKA_BOOTSTRAP")


def _model(settings: Settings) -> str:
    from streams.models import ModelMissing, check

    try:
        files = check(settings.model, settings.model_dir)
    except ModelMissing as error:
        raise Ailment(f"ModelMissing: {error}; run `callqa model fetch`") from None
    return f"{files.name} {files.sha256[:12]} at {files.folder}"


def _rules(settings: Settings) -> str:
    from streams.rules import configured_rules

    rulesets, scorecard = configured_rules(settings)
    return ", ".join(f"{file.id} {file.hash[:12]}" for file in (*rulesets, scorecard))


def _data_folder(settings: Settings) -> str:
    folder = _existing(settings.data_dir)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Ailment(f"{folder}: {os.strerror(error.errno or 0)}; set CALLQA_DATA_DIR elsewhere") from None
    return str(settings.data_dir.resolve())


def _disk(settings: Settings) -> str:
    folder = _existing(settings.data_dir)
    free = shutil.disk_usage(folder).free / 2**30
    if free < _FREE_GIB:
        raise Ailment(f"{free:.1f} GiB free at {folder}; at least {_FREE_GIB:.0f} GiB are needed")
    return f"{free:.1f} GiB free at {folder}"


def _existing(folder: Path) -> Path:
    folder = folder.resolve()
    while not folder.exists():
        folder = folder.parent
    return folder


def _kafka(settings: Settings, bootstrap: str | None) -> str:
    from schemas.topics import load_topics
    from streams.operations.cluster import BrokerUnreachable, Cluster
    from streams.operations.topics import check

    if bootstrap is None:
        return "没有在运行 not running: `callqa up` starts an embedded one"
    try:
        with Cluster(bootstrap, {"security_protocol": settings.kafka_security_protocol}) as cluster:
            changes = check(cluster, load_topics().values())
    except BrokerUnreachable as error:
        raise Ailment(str(error)) from None
    if changes:
        raise Ailment(
            f"{bootstrap}: {len(changes)} differences; run `callqa topics check`, then `topics apply`"
        )
    return f"{bootstrap}, topics as declared"


def _clickhouse(settings: Settings, url: str | None) -> str:
    from sinks.migrations import check
    from streams.store import StoreUnreachable, reach

    if url is None:
        return "没有在运行 not running: `callqa up` starts an embedded one"
    try:
        client = reach(settings, url)
    except StoreUnreachable as error:
        raise Ailment(str(error)) from None
    try:
        before = time.time()
        there = float(client.command("SELECT toFloat64(now64(3, 'UTC'))"))
        away = there - (before + time.time()) / 2
        problems = check(client)
        version = client.server_version
    finally:
        client.close()
    if problems:
        raise Ailment(f"{len(problems)} problems; run `callqa db check`, then `callqa db migrate`")
    if abs(away) > _CLOCK_TOLERANCE_S:
        raise Ailment(f"its clock is {away:+.0f} s from this machine's; set both by NTP")
    return f"ClickHouse {version}, migrations in order"
