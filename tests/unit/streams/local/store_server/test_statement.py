"""What a request asks for is read from its SQL without touching quoted text, comments or binary data."""

import pytest

from streams.local.store_server.faults import Fault
from streams.local.store_server.statement import read_statement


@pytest.mark.parametrize(
    ("sql", "kind", "form"),
    [
        (b"SELECT 1", "SELECT", None),
        (b"select 1 format JSON", "SELECT", "JSON"),
        (b"SELECT 1\n FORMAT Native;", "SELECT", "Native"),
        (b"SELECT 1 FORMAT CSV SETTINGS max_threads = 1", "SELECT", "CSV"),
        (b"SELECT 1 SETTINGS max_threads = 1 FORMAT CSV", "SELECT", "CSV"),
        (b"SELECT format FROM t", "SELECT", None),
        (b"SELECT format('{}', 1) AS format", "SELECT", None),
        (b"SELECT ' FORMAT Native'", "SELECT", None),
        (b"SELECT 1 -- FORMAT Native", "SELECT", None),
        (b"SELECT 1 /* FORMAT Native */", "SELECT", None),
        (b"-- a comment\n/* another */ WITH 1 AS a SELECT a FORMAT TSV", "SELECT", "TSV"),
        (b"(SELECT 1) UNION ALL (SELECT 2)", "SELECT", None),
        (b"FROM t SELECT a", "SELECT", None),
        (b"WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x", "INSERT", None),
        (b"INSERT INTO t SELECT * FROM format", "INSERT", None),
        (b"show databases", "SHOW", None),
        (b"CREATE TABLE t (a Int8) ENGINE = Memory", "CREATE", None),
        (b"  ;", "", None),
        (b"", "", None),
    ],
)
def test_a_statement_has_a_kind_and_perhaps_a_format(sql: bytes, kind: str, form: str | None) -> None:
    statement = read_statement(sql)

    assert (statement.kind, statement.format, statement.data_start) == (kind, form, None)


@pytest.mark.parametrize(
    ("sql", "head", "form", "data"),
    [
        (b"INSERT INTO t FORMAT Native\n\x01\x02';", b"INSERT INTO t ", "Native", b"\x01\x02';"),
        (b"INSERT INTO t (a, `b c`) FORMAT CSV 1,2", b"INSERT INTO t (a, `b c`) ", "CSV", b"1,2"),
        (b"INSERT INTO t FORMAT CSV;\r\n1,2", b"INSERT INTO t ", "CSV", b"1,2"),
        (b"INSERT INTO t FORMAT RowBinary\n\n\n", b"INSERT INTO t ", "RowBinary", b"\n\n"),
        (b"insert into db.t values (1, 'FORMAT x'), (2, ';')", b"insert into db.t ", "Values", None),
        (
            b"INSERT INTO t SETTINGS async_insert=0 VALUES (1)",
            b"INSERT INTO t SETTINGS async_insert=0 ",
            "Values",
            None,
        ),
        (b"INSERT INTO TABLE values VALUES (1)", b"INSERT INTO TABLE values ", "Values", b" (1)"),
        (b"INSERT INTO db.format FORMAT TSV\na", b"INSERT INTO db.format ", "TSV", b"a"),
        (
            b"INSERT INTO FUNCTION null('a Int8') FORMAT TSV\n1",
            b"INSERT INTO FUNCTION null('a Int8') ",
            "TSV",
            b"1",
        ),
        (b"INSERT INTO t FORMAT JSONEachRow", b"INSERT INTO t ", "JSONEachRow", b""),
        (
            b"INSERT INTO t FORMAT CSV SETTINGS a = 1, b = 'x;'\n1,2",
            b"INSERT INTO t SETTINGS a = 1, b = 'x;'",
            "CSV",
            b"1,2",
        ),
        (b"INSERT INTO t FORMAT TSV settings\n", b"INSERT INTO t ", "TSV", b"settings\n"),
        (b"INSERT INTO t (`select`) FORMAT TSV\n1", b"INSERT INTO t (`select`) ", "TSV", b"1"),
        (b"INSERT INTO t (select) VALUES (1)", b"INSERT INTO t (select) ", "Values", b" (1)"),
    ],
)
def test_the_data_of_an_insert_begins_where_clickhouse_says(
    sql: bytes, head: bytes, form: str, data: bytes | None
) -> None:
    statement = read_statement(sql)

    assert statement.data_start is not None
    assert (statement.kind, statement.head, statement.format) == ("INSERT", head, form)
    assert sql[statement.data_start :] == (data if data is not None else sql[len(head) + len(b"VALUES") :])


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        (b"SELECT 1; SELECT 2", 62),
        (b"SELECT 1; DROP TABLE t", 62),
        (b"SELECT 1 INTO OUTFILE '/tmp/x'", 48),
        (b"INSERT INTO t FROM INFILE '/etc/passwd' FORMAT CSV", 48),
        (b"SELECT * FROM Python(secret)", 497),
        (b"SELECT * FROM `Python` (secret)", 497),
        (b'SELECT * FROM /* */ "python"\n(secret)', 497),
    ],
)
def test_statements_beyond_one_request_of_one_client_are_refused(sql: bytes, code: int) -> None:
    with pytest.raises(Fault) as raised:
        read_statement(sql)

    assert raised.value.code == code


@pytest.mark.parametrize(
    "sql", [b"SELECT 1;", b"SELECT 1 ; -- end\n", b"SELECT '; DROP TABLE t'", b"SELECT `;`"]
)
def test_a_semicolon_that_ends_or_is_quoted_is_no_second_statement(sql: bytes) -> None:
    assert read_statement(sql).kind == "SELECT"


@pytest.mark.parametrize(
    "sql", [b"SELECT 1", b"SHOW TABLES", b"EXPLAIN SELECT 1", b"DESC t", b"USE qa", b"SET a = 1"]
)
def test_reading_statements_may_run_read_only(sql: bytes) -> None:
    assert read_statement(sql).reads_only


@pytest.mark.parametrize(
    "sql",
    [b"INSERT INTO t VALUES (1)", b"DROP TABLE t", b"ALTER TABLE t DELETE WHERE 1", b"SYSTEM SHUTDOWN"]
    + [b"WITH 1 AS a INSERT INTO t SELECT a", b"KILL QUERY WHERE 1", b"OPTIMIZE TABLE t"],
)
def test_changing_statements_may_not_run_read_only(sql: bytes) -> None:
    assert not read_statement(sql).reads_only


def test_a_long_unclosed_string_is_read_in_linear_time() -> None:
    statement = read_statement(b"SELECT '" + b"a''" * 400_000 + b"\\")

    assert statement.kind == "SELECT"
