"""clickhouse-connect and SQLAlchemy work on the embedded store as on a ClickHouse server."""

import datetime
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, StreamFailureError
from clickhouse_connect.driver.external import ExternalData

from streams.local.store import EmbeddedStore

pytestmark = pytest.mark.integration
NOON = datetime.datetime(2026, 3, 1, 12, 0, 0, 123000)
COLUMNS = ["id", "said", "at"]


@pytest.fixture
def database(store: EmbeddedStore, unique_name: Callable[[str], str]) -> Iterator[str]:
    """A database of one test's own, with a table ``turn``."""
    name = unique_name("clients").replace("-", "_")
    with clickhouse_connect.get_client(host=store.host, port=store.port) as client:
        client.command(f"CREATE DATABASE {name}")
        client.command(
            f"CREATE TABLE {name}.turn (id UInt64, said String, at DateTime64(3)) "
            "ENGINE = ReplacingMergeTree ORDER BY id"
        )
        yield name
        client.command(f"DROP DATABASE {name}")


@pytest.fixture
def client(store: EmbeddedStore, database: str) -> Iterator[Any]:
    with clickhouse_connect.get_client(host=store.host, port=store.port, database=database) as client:
        yield client


def test_a_client_learns_version_and_time_zone(client: Any) -> None:
    assert client.server_version.startswith("26.")
    assert client.command("SELECT timezone()") != ""


def test_rows_go_in_and_come_out(client: Any) -> None:
    summary = client.insert("turn", [[1, "您好\t'\\\n", NOON], [2, "", NOON]], column_names=COLUMNS)

    result = client.query("SELECT * FROM turn ORDER BY id")

    assert summary.written_rows == 2
    assert result.result_rows == [(1, "您好\t'\\\n", NOON), (2, "", NOON)]
    assert result.column_names == ("id", "said", "at")


def test_columns_go_in(client: Any) -> None:
    client.insert(
        "turn", [[1, 2, 3], ["a", "b", "c"], [NOON] * 3], column_names=COLUMNS, column_oriented=True
    )

    assert client.command("SELECT sum(id), max(said) FROM turn") == ["6", "c"]


def test_parameters_are_bound_by_the_server(client: Any) -> None:
    client.insert("turn", [[1, "it's\t\\n 小三", NOON], [2, "x", NOON]], column_names=COLUMNS)

    found = client.query(
        "SELECT id FROM {table:Identifier} "
        "WHERE said = {said:String} AND id IN {ids:Array(UInt64)} AND at = {at:DateTime64(3)}",
        parameters={"table": "turn", "said": "it's\t\\n 小三", "ids": [1, 2], "at": NOON},
    )

    assert found.result_rows == [(1,)]


def test_many_parameters_travel_as_a_form(client: Any) -> None:
    ids = list(range(20_000))

    assert client.query("SELECT length({ids:Array(UInt64)})", parameters={"ids": ids}).result_rows == [
        (20_000,)
    ]


def test_frames_and_arrays(client: Any) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"id": [1, 2], "said": ["一", "二"], "at": [NOON, NOON]})

    client.insert_df("turn", frame)

    assert client.query_df("SELECT said FROM turn ORDER BY id")["said"].tolist() == ["一", "二"]
    assert client.query_np("SELECT id FROM turn ORDER BY id").tolist() == [[1], [2]]


def test_arrow_goes_in_and_comes_out(client: Any) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"id": pyarrow.array([1, 2], pyarrow.uint64()), "said": ["一", "二"]})

    client.insert_arrow("turn", table)

    assert client.query_arrow("SELECT said FROM turn ORDER BY id")["said"].to_pylist() == ["一", "二"]


@pytest.mark.parametrize("compress", [False, "lz4", "zstd", "gzip"])
def test_every_compression_of_the_client_works_both_ways(
    store: EmbeddedStore, database: str, compress: Any
) -> None:
    with clickhouse_connect.get_client(
        host=store.host, port=store.port, database=database, compress=compress
    ) as client:
        rows = [[number, "重复" * 50, NOON] for number in range(5000)]
        client.insert("turn", rows, column_names=COLUMNS)

        result = client.query("SELECT id, said FROM turn ORDER BY id")

    assert len(result.result_rows) == 5000
    assert result.result_rows[4999] == (4999, "重复" * 50)


def test_insert_settings_reach_the_engine(client: Any) -> None:
    settings = {"async_insert": 0, "insert_deduplicate": 0, "optimize_on_insert": 0}

    client.insert("turn", [[1, "a", NOON], [1, "b", NOON]], column_names=COLUMNS, settings=settings)

    assert client.command("SELECT count() FROM turn") == 2
    assert client.command("SELECT count() FROM turn FINAL") == 1


def test_a_setting_of_one_request_is_gone_in_the_next(client: Any) -> None:
    first = client.command("SELECT getSetting('max_block_size')", settings={"max_block_size": 1234})

    assert first == 1234
    assert client.command("SELECT getSetting('max_block_size')") != 1234


def test_set_lasts_for_the_session_of_a_client_and_no_longer(store: EmbeddedStore) -> None:
    with clickhouse_connect.get_client(host=store.host, port=store.port) as one:
        one.command("SET max_block_size = 77")
        during = one.command("SELECT getSetting('max_block_size')", settings={"max_block_size": 78})
        after = one.command("SELECT getSetting('max_block_size')")
    with clickhouse_connect.get_client(host=store.host, port=store.port) as other:
        elsewhere = other.command("SELECT getSetting('max_block_size')")

    assert (during, after) == (78, 77)
    assert elsewhere != 77


def test_temporary_tables_live_in_a_session(client: Any) -> None:
    client.command("CREATE TEMPORARY TABLE ids (id UInt8)")
    client.insert("ids", [[1], [2]], column_names=["id"], database="")

    assert client.command("SELECT sum(id) FROM ids") == 3


def test_external_data_is_a_table_of_one_query(client: Any) -> None:
    data = ExternalData(file_name="wanted", data=b"1\n3\n", fmt="CSV", structure="number UInt64")

    rows = client.query(
        "SELECT number FROM numbers(5) WHERE number IN wanted", external_data=data
    ).result_rows

    assert rows == [(1,), (3,)]
    with pytest.raises(DatabaseError):
        client.query("SELECT * FROM wanted")


def test_an_error_has_clickhouses_code_and_name(client: Any) -> None:
    with pytest.raises(DatabaseError) as raised:
        client.query("SELECT * FROM nowhere")

    assert raised.value.code == 60
    assert raised.value.name == "UNKNOWN_TABLE"


def test_a_bad_row_inserts_nothing(client: Any) -> None:
    with pytest.raises(DatabaseError) as raised:
        client.raw_insert("turn", ["id", "said"], b'{"id":1,"said":"a"}\n{"id":"x"}\n', fmt="JSONEachRow")

    assert raised.value.code == 27
    assert client.command("SELECT count() FROM turn") == 0


def test_a_large_result_is_streamed(client: Any) -> None:
    count = 0
    with client.query_row_block_stream("SELECT number, toString(number) FROM numbers(1500000)") as blocks:
        for block in blocks:
            count += len(block)

    assert count == 1_500_000


def test_a_result_that_breaks_off_raises(client: Any) -> None:
    sql = "SELECT number, throwIf(number = 2500000) FROM numbers(3000000)"

    with pytest.raises(StreamFailureError, match="395"), client.query_row_block_stream(sql) as blocks:
        for _ in blocks:
            pass


def test_an_abandoned_stream_frees_the_session(client: Any) -> None:
    with client.query_row_block_stream("SELECT number FROM numbers(100000000)") as blocks:
        next(iter(blocks))
        client.close_connections()

    with clickhouse_connect.get_client(
        host=client.url.split("//")[1].split(":")[0], port=int(client.url.split(":")[2])
    ) as other:
        assert other.command("SELECT 1") == 1


def test_limit_zero_gives_columns(client: Any) -> None:
    assert client.query("SELECT * FROM turn LIMIT 0").column_names == ("id", "said", "at")


def test_refreshable_view_over_final(client: Any) -> None:
    client.insert("turn", [[1, "a", NOON], [1, "b", NOON], [2, "c", NOON]], column_names=COLUMNS)
    client.command(
        "CREATE MATERIALIZED VIEW counted REFRESH EVERY 1 HOUR (n UInt64) ENGINE = MergeTree ORDER BY n "
        "AS SELECT count() AS n FROM turn FINAL"
    )

    client.command("SYSTEM REFRESH VIEW counted")
    client.command("SYSTEM WAIT VIEW counted")

    assert client.command("SELECT n FROM counted") == 2


def test_files_of_the_machine_are_out_of_reach(client: Any) -> None:
    reach_out = {
        "SELECT * FROM file('/etc/passwd', 'LineAsString')": 497,
        "SELECT * FROM url('http://127.0.0.1:1/x', 'CSV', 'a String')": 497,
        "SELECT * FROM default.`/etc/passwd`": 60,
        "CREATE TABLE f (a String) ENGINE = File(CSV, '/etc/passwd')": 497,
        "INSERT INTO FUNCTION file('/tmp/callqa-never', 'CSV', 'a String') VALUES ('x')": 497,
        "SYSTEM SHUTDOWN": 497,
        "CREATE DATABASE machine ENGINE = Filesystem('/etc')": 497,
    }
    for sql, code in reach_out.items():
        with pytest.raises(DatabaseError) as raised:
            client.command(sql)
        assert raised.value.code == code, sql


def test_sqlalchemy_reads_rows_and_reflects_comments(
    store: EmbeddedStore, client: Any, database: str
) -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    client.insert("turn", [[1, "您好", NOON]], column_names=COLUMNS)
    client.command(
        "CREATE VIEW v_turn (id UInt64 COMMENT '编号 id', said String COMMENT '所说 what was said') "
        "AS SELECT id, said FROM turn FINAL COMMENT '话轮 turns'"
    )
    engine = sqlalchemy.create_engine(store.sqlalchemy_url(database))

    inspector = sqlalchemy.inspect(engine)
    comments = {
        column["name"]: column["comment"] for column in inspector.get_columns("v_turn", schema=database)
    }
    with engine.connect() as connection:
        rows = connection.execute(
            sqlalchemy.text("SELECT said FROM v_turn WHERE id = :id"), {"id": 1}
        ).fetchall()
    engine.dispose()

    assert comments == {"id": "编号 id", "said": "所说 what was said"}
    assert [tuple(row) for row in rows] == [("您好",)]
    assert "turn" in inspector.get_table_names(schema=database)


def test_four_readers_beside_a_writer(store: EmbeddedStore, database: str) -> None:
    def connect() -> Any:
        return clickhouse_connect.get_client(host=store.host, port=store.port, database=database)

    def read(_: int) -> int:
        with connect() as client:
            counts = [client.command("SELECT count() FROM turn FINAL") for _ in range(20)]
        assert counts == sorted(counts)
        return counts[-1]

    def write() -> None:
        with connect() as client:
            for number in range(30):
                client.insert("turn", [[number * 10 + k, "x", NOON] for k in range(10)], column_names=COLUMNS)

    with ThreadPoolExecutor(5) as pool:
        writing = pool.submit(write)
        list(pool.map(read, range(4)))
        writing.result()
    with connect() as client:
        assert client.command("SELECT count() FROM turn FINAL") == 300
