"""The HTTP interface as curl and other plain clients use it."""

import gzip
import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import pytest
import urllib3

from streams.local.store import EmbeddedStore

pytestmark = pytest.mark.integration


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False) as pool:
        yield pool


@pytest.fixture
def table(
    store: EmbeddedStore, unique_name: Callable[[str], str], http: urllib3.PoolManager
) -> Iterator[str]:
    """A table of one test's own, in the default database."""
    name = unique_name("http").replace("-", "_")
    http.request(
        "POST", store.url, body=f"CREATE TABLE {name} (id UInt64, said String) ENGINE = MergeTree ORDER BY id"
    )
    yield name
    http.request("POST", store.url, body=f"DROP TABLE {name}")


def _curl(*arguments: str) -> str:
    done = subprocess.run(["curl", "-sS", *arguments], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def _content(store: EmbeddedStore, table: str) -> str:
    return _curl(store.url, "--data-binary", f"SELECT * FROM {table} ORDER BY id FORMAT CSV")


def test_curl_gets(store: EmbeddedStore) -> None:
    assert _curl(f"{store.url}/?query=SELECT%201,'a%2Bb'") == "1\ta+b\n"


def test_curl_posts_the_statement(store: EmbeddedStore) -> None:
    assert _curl(store.url, "--data-binary", "SELECT 1 AS a FORMAT JSONEachRow") == '{"a":1}\n'


def test_curl_asks_for_a_format(store: EmbeddedStore) -> None:
    assert _curl(f"{store.url}/?default_format=CSV", "-d", "SELECT 1, 'a'") == '1,"a"\n'
    assert _curl(store.url, "-H", "X-ClickHouse-Format: CSV", "-d", "SELECT 1, 'a'") == '1,"a"\n'


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", 'INSERT INTO {table} FORMAT JSONEachRow\n{{"id":1,"said":"a"}}\n{{"id":2,"said":"b"}}\n'),
        ("INSERT INTO {table} FORMAT CSV", "1,a\n2,b\n"),
        ("INSERT INTO {table} (said, id) FORMAT TSV", "a\t1\nb\t2"),
        ("", "INSERT INTO {table} VALUES (1, 'a'), (2, lower('B'))"),
        ("INSERT INTO {table} VALUES", "(1, 'a'), (2, 'b')"),
        ("", "INSERT INTO {table} VALUES (1, 'a'), (2, 'b');"),
        ("INSERT INTO {table} SELECT number + 1, char(97 + number) FROM numbers(2)", ""),
        ("", "INSERT INTO {table} SETTINGS async_insert = 0 FORMAT CSV\n1,a\n2,b"),
        ("", "INSERT INTO {table} FORMAT CSV SETTINGS async_insert = 0\n1,a\n2,b"),
    ],
)
def test_curl_inserts(store: EmbeddedStore, table: str, tmp_path: Path, query: str, body: str) -> None:
    (tmp_path / "body").write_text(body.format(table=table))

    url = f"{store.url}/?{urlencode({'query': query.format(table=table)})}"
    answer = _curl(url, "--data-binary", f"@{tmp_path / 'body'}")

    assert answer == ""
    assert _content(store, table) == '1,"a"\n2,"b"\n'


@pytest.mark.parametrize(
    "form", ["Native", "RowBinary", "ArrowStream", "Parquet", "Avro", "MsgPack", "JSON", "ORC"]
)
def test_what_one_query_gives_another_takes(
    store: EmbeddedStore, http: urllib3.PoolManager, table: str, form: str
) -> None:
    sql = f"SELECT number AS id, concat('话', toString(number)) AS said FROM numbers(3) FORMAT {form}"
    rows = http.request("POST", store.url, body=sql.encode()).data

    answer = http.request(
        "POST", store.url, fields=None, body=f"INSERT INTO {table} FORMAT {form}\n".encode() + rows
    )

    assert answer.status == 200, answer.data
    assert _content(store, table) == '0,"话0"\n1,"话1"\n2,"话2"\n'


def test_a_compressed_body_is_unpacked(store: EmbeddedStore, http: urllib3.PoolManager, table: str) -> None:
    url = f"{store.url}/?query=INSERT+INTO+{table}+FORMAT+CSV"

    answer = http.request("POST", url, body=gzip.compress(b"1,a\n"), headers={"Content-Encoding": "gzip"})

    assert answer.status == 200, answer.data
    assert _content(store, table) == '1,"a"\n'


def test_a_body_of_many_megabytes_goes_in(
    store: EmbeddedStore, http: urllib3.PoolManager, table: str
) -> None:
    line = b"%d," + b"x" * 1000 + b"\n"
    body = b"".join(line % number for number in range(30_000))

    answer = http.request("POST", f"{store.url}/?query=INSERT+INTO+{table}+FORMAT+CSV", body=body)

    assert json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"] == "30000"
    assert _curl(store.url, "-d", f"SELECT count(), sum(length(said)) FROM {table}") == "30000\t30000000\n"


def test_an_insert_may_name_its_table_by_parameter(store: EmbeddedStore, table: str) -> None:
    url = f"{store.url}/?query=INSERT+INTO+%7Bt:Identifier%7D+FORMAT+CSV&param_t={table}"

    assert _curl(url, "-d", "1,a") == ""
    assert _content(store, table) == '1,"a"\n'


def test_a_form_carries_statement_and_parameters(store: EmbeddedStore) -> None:
    assert _curl(store.url, "-F", "query=SELECT {x:UInt8} + 1", "-F", "param_x=41") == "42\n"


def test_get_changes_nothing(store: EmbeddedStore, http: urllib3.PoolManager, table: str) -> None:
    answer = http.request("GET", store.url, fields={"query": f"DROP TABLE {table}"})

    assert (answer.status, answer.headers["X-ClickHouse-Exception-Code"]) == (500, "164")
    assert _content(store, table) == ""


def test_a_request_may_forbid_itself_to_change(
    store: EmbeddedStore, http: urllib3.PoolManager, table: str
) -> None:
    answer = http.request("POST", f"{store.url}/?readonly=1", body=f"DROP TABLE {table}")

    assert answer.headers["X-ClickHouse-Exception-Code"] == "164"


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [
        ("SELECT * FROM nowhere", 404, "60"),
        ("SELEC 1", 400, "62"),
        ("1 + 1", 400, "62"),
        ("SELECT nothing", 404, "47"),
        ("SELECT throwIf(1)", 500, "395"),
        ("SELECT 1 SETTINGS max_execution_time = 'x'", 400, "72"),
        ("SELECT 1 FORMAT Nothing", 404, "73"),
        ("SELECT {x:UInt8}", 500, "456"),
        ("SELECT 1; SELECT 2", 400, "62"),
        ("  ", 400, "62"),
    ],
)
def test_errors_have_clickhouses_status_and_code(
    store: EmbeddedStore, http: urllib3.PoolManager, sql: str, status: int, code: str
) -> None:
    answer = http.request("POST", store.url, body=sql)

    assert (answer.status, answer.headers["X-ClickHouse-Exception-Code"]) == (status, code)
    assert answer.data.startswith(f"Code: {code}. DB::Exception: ".encode())


def test_an_unknown_setting_is_an_error(store: EmbeddedStore, http: urllib3.PoolManager) -> None:
    answer = http.request("POST", f"{store.url}/?no_such_setting=1", body="SELECT 1")

    assert (answer.status, answer.headers["X-ClickHouse-Exception-Code"]) == (404, "115")


def test_an_unknown_database_is_an_error(store: EmbeddedStore, http: urllib3.PoolManager) -> None:
    answer = http.request("POST", f"{store.url}/?database=nowhere", body="SELECT 1")

    assert (answer.status, answer.headers["X-ClickHouse-Exception-Code"]) == (404, "81")


def test_headers_say_what_came(store: EmbeddedStore, http: urllib3.PoolManager) -> None:
    answer = http.request("POST", f"{store.url}/?query_id=mine", body="SELECT 1 FORMAT JSON")

    assert answer.headers["X-ClickHouse-Query-Id"] == "mine"
    assert answer.headers["X-ClickHouse-Format"] == "JSON"
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert answer.headers["X-ClickHouse-Server-Display-Name"]
    assert answer.headers["X-ClickHouse-Timezone"]


def test_a_statement_without_result_names_no_format(store: EmbeddedStore, http: urllib3.PoolManager) -> None:
    answer = http.request("POST", store.url, body="SET max_threads = 1")

    assert "X-ClickHouse-Format" not in answer.headers


def test_what_has_no_session_leaves_no_setting(store: EmbeddedStore) -> None:
    _curl(store.url, "-d", "SET max_block_size = 5")

    assert _curl(store.url, "-d", "SELECT getSetting('max_block_size') = 5") == "0\n"


def test_a_busy_session_is_locked(store: EmbeddedStore, http: urllib3.PoolManager) -> None:
    url = f"{store.url}/?session_id=busy"
    slow = http.request("POST", url, body="SELECT number FROM numbers(50000000)", preload_content=False)

    answer = http.request("POST", url, body="SELECT 1")
    slow.close()

    assert answer.headers["X-ClickHouse-Exception-Code"] == "373"


def test_a_session_that_must_exist_and_does_not_is_an_error(
    store: EmbeddedStore, http: urllib3.PoolManager
) -> None:
    answer = http.request("POST", f"{store.url}/?session_id=unknown&session_check=1", body="SELECT 1")

    assert answer.headers["X-ClickHouse-Exception-Code"] == "372"


@pytest.mark.parametrize("path", ["/ping", "/replicas_status", "/"])
def test_the_store_says_that_it_lives(store: EmbeddedStore, http: urllib3.PoolManager, path: str) -> None:
    answer = http.request("GET", store.url + path)

    assert (answer.status, answer.data) == (200, b"Ok.\n")


def test_head_has_headers_only(store: EmbeddedStore, http: urllib3.PoolManager) -> None:
    answer = http.request("HEAD", f"{store.url}/?query=SELECT+1")

    assert (answer.status, answer.data) == (200, b"")


def test_an_unknown_path_is_an_error(store: EmbeddedStore, http: urllib3.PoolManager) -> None:
    assert http.request("GET", f"{store.url}/play").status == 404


def test_a_web_page_of_another_origin_may_not_ask(store: EmbeddedStore, http: urllib3.PoolManager) -> None:
    answer = http.request("POST", store.url, body="SELECT 1", headers={"Origin": "https://example.com"})

    assert answer.status == 403


def test_a_long_statement_may_stand_in_the_url(store: EmbeddedStore, http: urllib3.PoolManager) -> None:
    answer = http.request("GET", store.url, fields={"query": f"SELECT length('{'a' * 60_000}')"})

    assert answer.data == b"60000\n"


def _broken_off(store: EmbeddedStore, request: bytes) -> None:
    """Send part of a request and leave."""
    with socket.create_connection((store.host, store.port)) as connection:
        connection.sendall(request)
        time.sleep(0.2)


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "did not come true in 20 s"
        time.sleep(0.05)


@pytest.mark.parametrize(
    "rest", [b"Content-Length: 100\r\n\r\n1,a\n2,b\n", b"Transfer-Encoding: chunked\r\n\r\n4\r\n1,a\n\r\n"]
)
def test_an_insert_that_breaks_off_inserts_nothing(store: EmbeddedStore, table: str, rest: bytes) -> None:
    query_id = f"broken-{table}"
    line = f"POST /?query_id={query_id}&query=INSERT+INTO+{table}+FORMAT+CSV HTTP/1.1\r\nHost: x\r\n"

    _broken_off(store, line.encode() + rest)

    _wait_until(lambda: query_id in store.log_file.read_text())
    assert _content(store, table) == ""


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1",
        "SELECT number FROM numbers(1000000000000) FORMAT TSV",
        "SELECT number FROM numbers(1000000000000) WHERE sipHash64(number) = 1 FORMAT TSV",
    ],
)
def test_a_query_whose_client_left_is_cancelled(
    store: EmbeddedStore, unique_name: Callable[[str], str], sql: str
) -> None:
    mark = unique_name("left")
    running = f"SELECT count() FROM system.processes WHERE Settings['log_comment'] = '{mark}'"
    line = f"POST /?query_id={mark}&session_id={mark} HTTP/1.1"
    request = f"{line}\r\nHost: x\r\nContent-Length: {len(sql)}\r\n\r\n{sql}"
    with socket.create_connection((store.host, store.port)) as connection:
        connection.sendall(request.encode())
        _wait_until(lambda: _curl(store.url, "-d", running) == "1\n")

    _wait_until(lambda: _curl(store.url, "-d", running) == "0\n")
    _wait_until(lambda: _curl(f"{store.url}/?session_id={mark}", "-d", "SELECT 1") == "1\n")
    assert "Traceback" not in store.log_file.read_text()


def _logged(store: EmbeddedStore) -> Sequence[str]:
    return store.log_file.read_text().splitlines()


def test_the_log_has_codes_and_no_words(store: EmbeddedStore, http: urllib3.PoolManager, table: str) -> None:
    http.request(
        "POST", f"{store.url}/?query_id=log-1", body=f"INSERT INTO {table} FORMAT CSV\nx,13800138000"
    )
    http.request("POST", store.url, body=f"SELECT 1 FROM {table} WHERE said = '13800138000'")

    lines = [json.loads(line) for line in _logged(store) if "log-1" in line]

    assert [(line["kind"], line["code"]) for line in lines] == [("INSERT", 27)]
    assert "13800138000" not in "\n".join(_logged(store))
