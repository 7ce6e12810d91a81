"""Errors keep ClickHouse's number, name and HTTP status."""

import pytest

from streams.local.store_server.faults import Code, engine_fault, refuse


@pytest.mark.parametrize(
    ("text", "code", "name", "status"),
    [
        ("Code: 60. DB::Exception: Unknown table 'x'. (UNKNOWN_TABLE)", 60, "UNKNOWN_TABLE", 404),
        (
            "Streaming insert finish failed: Code: 27. DB::Exception: Cannot parse: (at row 1)\n"
            ": While executing. (CANNOT_PARSE_INPUT_ASSERTION_FAILED) (version 26.9.2.1)",
            27,
            "CANNOT_PARSE_INPUT_ASSERTION_FAILED",
            400,
        ),
        ("Code: 62. DB::Exception: Syntax error. (SYNTAX_ERROR)", 62, "SYNTAX_ERROR", 400),
        ("Code: 159. DB::Exception: Timeout. (TIMEOUT_EXCEEDED)", 159, "TIMEOUT_EXCEEDED", 408),
        ("Code: 241. DB::Exception: Memory. (MEMORY_LIMIT_EXCEEDED)", 241, "MEMORY_LIMIT_EXCEEDED", 500),
        ("something else", 1002, "UNKNOWN_EXCEPTION", 500),
    ],
)
def test_an_engine_error_is_read_back(text: str, code: int, name: str, status: int) -> None:
    fault = engine_fault(RuntimeError(text))

    assert (fault.code, fault.name, fault.status) == (code, name, status)


def test_an_engine_error_begins_with_its_code() -> None:
    fault = engine_fault(
        RuntimeError("Streaming query failed: Code: 47. DB::Exception: y. (UNKNOWN_IDENTIFIER)")
    )

    assert fault.text == "Code: 47. DB::Exception: y. (UNKNOWN_IDENTIFIER)"


def test_the_text_of_a_fault_that_may_quote_data_is_not_its_message() -> None:
    fault = engine_fault(
        RuntimeError("Code: 27. DB::Exception: before: '13800138000'. (CANNOT_PARSE_NUMBER)")
    )

    assert "13800138000" not in str(fault)


def test_a_refusal_reads_like_clickhouse() -> None:
    fault = refuse(Code.READONLY, "Cannot execute query in readonly mode.")

    assert fault.text == "Code: 164. DB::Exception: Cannot execute query in readonly mode. (READONLY)"
