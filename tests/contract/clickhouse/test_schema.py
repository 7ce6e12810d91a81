"""The schema in ClickHouse: as reviewed, in two languages, safe under corrections, no words in BI."""

import re
from pathlib import Path

import pytest

from sinks.migrations import check, definitions, migrate, plan, shipped, statements
from sinks.tables import TABLES

pytestmark = pytest.mark.integration
CLICKHOUSE = Path(__file__).resolve().parents[3] / "infra" / "clickhouse"
WORDS = {"text", "words", "transcript", "normalised", "comment", "uri", "reading", "input_value"}


def test_the_schema_is_the_reviewed_one(client):
    golden = (CLICKHOUSE / "schema.golden.sql").read_text(encoding="utf-8")

    assert definitions(client) == golden


def test_applying_the_migrations_again_does_nothing(client):
    assert plan(client) == []
    assert migrate(client) == []


def test_nothing_is_wrong_with_a_store_that_was_just_migrated(client):
    assert check(client) == []


def test_every_statement_bears_being_run_again(client):
    before = definitions(client)
    for migration in shipped():
        for statement in migration.statements:
            client.command(statement)

    assert definitions(client) == before


def test_every_column_of_a_view_with_a_parameter_is_documented_too():
    golden = (CLICKHOUSE / "schema.golden.sql").read_text(encoding="utf-8")
    views = re.findall(r"CREATE VIEW (\S+_as_known)\n\((.*?)\n\)\n", golden, flags=re.DOTALL)

    undocumented = [
        line
        for _, columns in views
        for line in columns.strip().splitlines()
        if not re.search(r"COMMENT '[^']*[\u4e00-\u9fff][^']* / [^']+'", line)
    ]

    assert len(views) == 2
    assert undocumented == []


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_rows_are_built_for_exactly_the_columns_of_their_table(client, table):
    database, name = table.name.split(".")
    columns = client.query(
        "SELECT name FROM system.columns WHERE database = {d:String} AND table = {t:String}"
        " AND default_kind = '' ORDER BY position",
        parameters={"d": database, "t": name},
    ).result_rows

    assert [column for (column,) in columns] == list(table.columns)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_the_engine_replaces_rows_as_the_sinks_expect(client, table):
    database, name = table.name.split(".")
    [(engine, key, partition)] = client.query(
        "SELECT engine_full, sorting_key, partition_key FROM system.tables"
        " WHERE database = {d:String} AND name = {t:String}",
        parameters={"d": database, "t": name},
    ).result_rows
    version = re.match(r"ReplacingMergeTree(?:\((\w+)\))? ", engine)

    assert version is not None
    assert version[1] == table.version
    assert tuple(key.split(", ")) == table.key
    assert partition == ""
    assert ("fsync_after_insert = 1" in engine) == table.durable


def test_no_key_holds_a_time_that_a_correction_can_move(client):
    rows = client.query(
        "SELECT concat(database, '.', table, '.', name) FROM system.columns"
        " WHERE database IN ('qa', 'qa_content') AND (is_in_sorting_key OR is_in_partition_key)"
        " AND (type LIKE '%Date%')"
    ).result_rows

    assert [column for (column,) in rows] == ["qa.intake.source_timestamp"]


def test_words_are_in_qa_content_alone(client):
    rows = client.query(
        "SELECT concat(database, '.', table, '.', name), name FROM system.columns"
        " WHERE database IN ('qa', 'qa_bi')"
    ).result_rows

    holding = [column for column, name in rows if name in WORDS]

    assert holding == ["qa.rule_text.text"]


def test_no_view_for_analysts_reads_the_words(client):
    rows = client.query(
        "SELECT name FROM system.tables WHERE database = 'qa_bi' AND position(as_select, 'qa_content') > 0"
    ).result_rows

    assert rows == []


def test_views_run_with_the_rights_of_their_owner(client):
    rows = client.query(
        "SELECT name FROM system.tables WHERE engine = 'View' AND database LIKE 'qa%'"
        " AND position(create_table_query, 'SQL SECURITY DEFINER') = 0"
    ).result_rows

    assert rows == []


def test_every_rate_has_its_numerator_and_denominator_in_the_same_view(client):
    dictionary = client.query(
        "SELECT metric, numerator, denominator FROM qa_bi.v_metric_dictionary"
    ).result_rows
    rates = client.query(
        "SELECT DISTINCT name FROM system.columns"
        " WHERE database = 'qa_bi' AND (name LIKE '%_rate' OR name LIKE '%_mean')"
    ).result_rows

    assert {name for (name,) in rates} <= {metric for metric, numerator, denominator in dictionary}
    assert all(numerator and denominator for _, numerator, denominator in dictionary)


def test_the_roles_are_legal_sql(client):
    roles = statements((CLICKHOUSE / "roles.sql").read_text(encoding="utf-8"))

    for statement in roles:
        client.query("SELECT formatQuery({q:String})", parameters={"q": statement})

    assert len(roles) > 10
