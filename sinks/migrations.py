"""Numbered SQL files applied once each, in order: plan, migrate, check.

A file is named ``NNNN_purpose.sql``, begins with a comment that gives its reason, whether it rewrites data
and how to undo it, and holds statements that each end with ``;`` at the end of a line. Statements must bear
being run again, since ClickHouse has no transaction around them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from msgspec import Struct

_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_HEADER = ("-- Reason:", "-- Rewrites data:", "-- Undo:")
_END = re.compile(r";[ \t]*$", re.MULTILINE)
_DATABASES = ("qa", "qa_content", "qa_bi")


class MigrationError(Exception):
    """A migration file is malformed, or the store was migrated from other files."""


class Migration(Struct, frozen=True, kw_only=True):
    """One file: its statements in order and the SHA-256 of its text."""

    number: int
    name: str
    checksum: str
    statements: tuple[str, ...]


def shipped() -> tuple[Migration, ...]:
    """The migrations that come with the product."""
    return load(files("infra") / "clickhouse" / "migrations")


def load(directory: Traversable) -> tuple[Migration, ...]:
    """Every migration of a directory by number. Raises ``MigrationError`` for a malformed file."""
    found = sorted(
        (_migration(entry) for entry in directory.iterdir() if entry.name.endswith(".sql")),
        key=lambda migration: migration.number,
    )
    numbers = [migration.number for migration in found]
    if numbers != list(range(1, len(found) + 1)):
        raise MigrationError(f"migrations must be numbered from 0001 without gap or repeat, found {numbers}")
    return tuple(found)


def plan(client: Any, migrations: Sequence[Migration] | None = None) -> list[Migration]:
    """Migrations that are not applied yet, in order.

    Raises ``MigrationError`` when an applied one has changed, is gone, or one before it was never applied.
    """
    known = shipped() if migrations is None else migrations
    applied = _applied(client)
    problems = _drift(known, applied)
    if problems:
        raise MigrationError("; ".join(problems))
    return [migration for migration in known if migration.number not in applied]


def migrate(client: Any, migrations: Sequence[Migration] | None = None) -> list[Migration]:
    """Applies what ``plan`` names and returns it. A second call does nothing."""
    pending = plan(client, migrations)
    for migration in pending:
        for statement in migration.statements:
            client.command(statement)
        client.insert(
            "qa.schema_migrations",
            [(migration.number, migration.name, migration.checksum, datetime.now(UTC))],
            column_names=["number", "name", "checksum", "applied_at"],
        )
    return pending


def check(client: Any, migrations: Sequence[Migration] | None = None) -> list[str]:
    """What is wrong with the store, one sentence each: files against store, and columns without comments."""
    known = shipped() if migrations is None else migrations
    applied = _applied(client)
    problems = _drift(known, applied)
    problems += [f"{migration.name} is not applied" for migration in known if migration.number not in applied]
    return problems + _uncommented(client)


def definitions(client: Any) -> str:
    """The whole schema as the store itself writes it, databases and tables by name.

    ``infra/clickhouse/schema.golden.sql`` is this text for an empty, migrated store.
    """
    tables = client.query(
        "SELECT database, name FROM system.tables WHERE database IN {databases:Array(String)} ORDER BY 1, 2",
        parameters={"databases": list(_DATABASES)},
    ).result_rows
    texts = [
        client.command(f"SHOW CREATE DATABASE {_quoted(database)} FORMAT TSVRaw") for database in _DATABASES
    ] + [
        client.command(f"SHOW CREATE TABLE {_quoted(database)}.{_quoted(name)} FORMAT TSVRaw")
        for database, name in tables
    ]
    return "".join(f"{text};\n\n" for text in texts)


def _quoted(name: str) -> str:
    return f"`{name}`"


def _migration(entry: Traversable) -> Migration:
    match = _NAME.fullmatch(entry.name)
    if match is None:
        raise MigrationError(f"{entry.name} is not named NNNN_purpose.sql")
    text = entry.read_text(encoding="utf-8")
    header = text.split("\n\n", 1)[0]
    missing = [line for line in _HEADER if line not in header]
    if missing:
        raise MigrationError(f"{entry.name} lacks {', '.join(missing)} in its first comment")
    return Migration(
        number=int(match[1]),
        name=entry.name,
        checksum=hashlib.sha256(text.encode()).hexdigest(),
        statements=statements(text),
    )


def statements(text: str) -> tuple[str, ...]:
    """The statements of a file, without lines that are comments."""
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return tuple(part.strip() for part in _END.split(code) if part.strip())


def _applied(client: Any) -> dict[int, tuple[str, str]]:
    if not int(client.command("EXISTS TABLE qa.schema_migrations")):
        return {}
    rows = client.query("SELECT number, name, checksum FROM qa.schema_migrations FINAL").result_rows
    return {number: (name, checksum) for number, name, checksum in rows}


def _drift(known: Sequence[Migration], applied: dict[int, tuple[str, str]]) -> list[str]:
    by_number = {migration.number: migration for migration in known}
    problems = []
    for number, (name, checksum) in sorted(applied.items()):
        migration = by_number.get(number)
        if migration is None:
            problems.append(f"{name} was applied but its file is gone")
        elif migration.checksum != checksum:
            problems.append(f"{migration.name} was changed after it was applied")
    newest = max(applied, default=0)
    problems += [
        f"{migration.name} was never applied although {newest:04d} was"
        for migration in known
        if migration.number < newest and migration.number not in applied
    ]
    return problems


def _uncommented(client: Any) -> list[str]:
    # A view with a parameter has no columns before it is asked; its comments stand in its definition only.
    rows = client.query(
        "SELECT concat(database, '.', table, '.', name), comment FROM system.columns"
        " WHERE database IN {databases:Array(String)} ORDER BY 1",
        parameters={"databases": list(_DATABASES)},
    ).result_rows
    return [
        f"{column} has no comment in Chinese and English"
        for column, comment in rows
        if not _bilingual(comment)
    ]


def _bilingual(comment: str) -> bool:
    chinese, slash, english = comment.partition(" / ")
    return bool(slash and re.search(r"[\u4e00-\u9fff]", chinese) and re.search(r"[A-Za-z0-9]", english))
