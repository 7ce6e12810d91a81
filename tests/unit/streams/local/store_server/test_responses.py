"""Responses carry ClickHouse's headers, and a broken result ends with an exception that clients find."""

import json

from clickhouse_connect.driver.transform import extract_exception_with_tag

from streams.local.store_server.engine import EngineFacts
from streams.local.store_server.faults import Code, engine_fault, refuse
from streams.local.store_server.responses import Headers, exception_block

HEADERS = Headers(EngineFacts(version="26.9.2.1", timezone="Asia/Shanghai", display_name="callqa"))


def test_a_result_names_its_query_format_and_counts() -> None:
    headers = HEADERS.result("q1", "JSONEachRow", {"read_rows": "3"})

    assert headers["X-ClickHouse-Query-Id"] == "q1"
    assert headers["X-ClickHouse-Format"] == "JSONEachRow"
    assert headers["X-ClickHouse-Timezone"] == "Asia/Shanghai"
    assert json.loads(headers["X-ClickHouse-Summary"]) == {"read_rows": "3"}


def test_a_missing_password_is_asked_for() -> None:
    headers = HEADERS.fault("q1", refuse(Code.REQUIRED_PASSWORD, "x"))

    assert headers["WWW-Authenticate"].startswith("Basic ")
    assert headers["X-ClickHouse-Exception-Code"] == "194"


def test_the_version_stands_once_at_the_end_of_an_error() -> None:
    own = refuse(Code.READONLY, "x")
    engine = engine_fault(
        RuntimeError("Code: 33. DB::Exception: y. (CANNOT_READ_ALL_DATA) (version 26.9.2.1)")
    )

    assert HEADERS.fault_text(own).count("(version 26.9.2.1)") == 1
    assert HEADERS.fault_text(engine).count("(version 26.9.2.1)") == 1


def test_a_client_finds_the_exception_at_the_end_of_a_broken_result() -> None:
    text = "Code: 395. DB::Exception: 值. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO)\n"

    found = extract_exception_with_tag(
        b"\x01\x02rows" + exception_block(text, "0123456789abcdef"), "0123456789abcdef"
    )

    assert found == text.rstrip("\n")
