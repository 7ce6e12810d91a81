from pathlib import Path

import pytest

from sinks.migrations import MigrationError, load, migrate, shipped, statements

HEADER = "-- Reason: a test.\n-- Rewrites data: no.\n-- Undo: nothing.\n\n"


def write(folder: Path, name: str, body: str = "SELECT 1;\n", header: str = HEADER) -> None:
    (folder / name).write_text(header + body, encoding="utf-8")


def test_a_file_is_cut_into_statements_at_a_semicolon_that_ends_a_line():
    text = "-- no; statement;\nSELECT ';' AS a; -- b\nFROM t;\n  -- inside\nSELECT 2\n;\n\n"

    assert statements(text) == ("SELECT ';' AS a; -- b\nFROM t", "SELECT 2")


def test_shipped_migrations_are_complete_and_in_order():
    migrations = shipped()

    assert [migration.number for migration in migrations] == list(range(1, len(migrations) + 1))
    assert all(migration.statements for migration in migrations)


@pytest.mark.parametrize(
    "names",
    [("0002_a.sql",), ("0001_a.sql", "0003_b.sql"), ("0001_a.sql", "0001_b.sql")],
    ids=["no first", "gap", "repeat"],
)
def test_numbers_must_run_from_one_without_gap_or_repeat(tmp_path, names):
    for name in names:
        write(tmp_path, name)

    with pytest.raises(MigrationError, match="numbered"):
        load(tmp_path)


@pytest.mark.parametrize("name", ["1_a.sql", "0001-a.sql", "0001_A.sql", "a.sql"])
def test_a_name_that_breaks_the_rule_is_refused(tmp_path, name):
    write(tmp_path, name)

    with pytest.raises(MigrationError, match=r"NNNN_purpose\.sql"):
        load(tmp_path)


@pytest.mark.parametrize("line", ["-- Reason: a test.\n", "-- Rewrites data: no.\n", "-- Undo: nothing.\n"])
def test_a_file_must_say_why_what_it_rewrites_and_how_to_undo_it(tmp_path, line):
    write(tmp_path, "0001_a.sql", header=HEADER.replace(line, ""))

    with pytest.raises(MigrationError, match="lacks"):
        load(tmp_path)


def test_the_checksum_changes_with_the_text(tmp_path):
    write(tmp_path, "0001_a.sql")
    [before] = load(tmp_path)
    write(tmp_path, "0001_a.sql", "SELECT 2;\n")

    [after] = load(tmp_path)

    assert before.checksum != after.checksum


class Ledger:
    """A store that only knows which migrations were applied."""

    def __init__(self, applied: list[tuple[int, str, str]]) -> None:
        self.result_rows = applied
        self.run: list[str] = []

    def command(self, statement: str) -> int:
        self.run.append(statement)
        return 1

    def query(self, _: str) -> "Ledger":
        return self

    def insert(self, _: str, rows: list[tuple[int, str, str, object]], **__: object) -> None:
        self.result_rows = [*self.result_rows, *(row[:3] for row in rows)]


def test_only_what_is_not_applied_yet_is_run_and_then_recorded(tmp_path):
    write(tmp_path, "0001_a.sql")
    write(tmp_path, "0002_b.sql", "SELECT 2;\nSELECT 3;\n")
    first, second = load(tmp_path)
    ledger = Ledger([(1, first.name, first.checksum)])

    applied = migrate(ledger, (first, second))

    assert applied == [second]
    assert [line for line in ledger.run if line.startswith("SELECT")] == ["SELECT 2", "SELECT 3"]
    assert migrate(ledger, (first, second)) == []


def test_a_file_changed_after_it_was_applied_stops_everything(tmp_path):
    write(tmp_path, "0001_a.sql")
    write(tmp_path, "0002_b.sql")
    ledger = Ledger([(1, "0001_a.sql", "another checksum")])

    with pytest.raises(MigrationError, match="was changed after it was applied"):
        migrate(ledger, load(tmp_path))
    assert not any(line.startswith("SELECT") for line in ledger.run)


def test_a_store_newer_than_the_files_is_refused(tmp_path):
    write(tmp_path, "0001_a.sql")
    [only] = load(tmp_path)
    ledger = Ledger([(1, only.name, only.checksum), (2, "0002_b.sql", "x")])

    with pytest.raises(MigrationError, match="its file is gone"):
        migrate(ledger, [only])


def test_a_migration_inserted_before_an_applied_one_is_refused(tmp_path):
    write(tmp_path, "0001_a.sql")
    write(tmp_path, "0002_b.sql")
    _, second = migrations = load(tmp_path)
    ledger = Ledger([(2, second.name, second.checksum)])

    with pytest.raises(MigrationError, match="was never applied"):
        migrate(ledger, migrations)
