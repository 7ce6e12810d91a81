"""A request becomes an order: its statement read, the data of an INSERT left where it is."""

import io

import pytest

from streams.local.store_server.encodings import Body
from streams.local.store_server.faults import Fault
from streams.local.store_server.order import Order, Request, assignments, identifier, prepare
from streams.local.store_server.parameters import read_parameters


def _order(prefix: bytes = b"", body: bytes = b"", *, is_get: bool = False, **parameters: str) -> Order:
    return prepare(
        Request(
            parameters=read_parameters(parameters.items()),
            prefix=prefix,
            body=Body(io.BytesIO(body), "", 1 << 30),
            header_format=None,
            is_get=is_get,
        )
    )


def _data(order: Order) -> bytes:
    assert order.data is not None
    return b"".join(order.data)


@pytest.mark.parametrize(
    ("prefix", "body"),
    [
        (b"INSERT INTO t FORMAT CSV", b"1,a\n2,b\n"),
        (b"", b"INSERT INTO t FORMAT CSV\n1,a\n2,b\n"),
        (b"INSERT INTO t", b"FORMAT CSV\n1,a\n2,b\n"),
    ],
)
def test_statement_and_data_may_stand_in_url_and_body(prefix: bytes, body: bytes) -> None:
    order = _order(prefix, body)

    assert order.statement.format == "CSV"
    assert _data(order) == b"1,a\n2,b\n"


def test_data_beyond_the_head_is_read_piece_by_piece() -> None:
    rows = b"\x00\x01;'\n" * 600_000

    order = _order(b"", b"INSERT INTO t FORMAT RowBinary\n" + rows)

    assert order.data is not None
    pieces = list(order.data)
    assert b"".join(pieces) == rows
    assert max(map(len, pieces)) <= 1 << 20


def test_a_long_statement_is_read_to_its_end() -> None:
    sql = b"SELECT '" + b"x" * 400_000 + b"' FORMAT JSON"

    order = _order(b"", sql)

    assert (order.statement.head, order.result_format) == (sql, "JSON")


def test_a_statement_without_end_is_refused() -> None:
    with pytest.raises(Fault) as raised:
        _order(b"", b"SELECT '" + b"x" * (17 << 20))

    assert (raised.value.code, raised.value.status) == (229, 413)


def test_a_second_statement_far_behind_is_seen() -> None:
    with pytest.raises(Fault) as raised:
        _order(b"", b"SELECT '" + b"x" * 400_000 + b"'; DROP TABLE t")

    assert raised.value.code == 62


def test_a_result_has_the_format_of_statement_then_url_then_tab_separated() -> None:
    assert _order(b"SELECT 1 FORMAT CSV", default_format="JSON").result_format == "CSV"
    assert _order(b"SELECT 1", default_format="JSON").result_format == "JSON"
    assert _order(b"SELECT 1").result_format == "TabSeparated"
    assert _order(b"CREATE TABLE t (a Int8) ENGINE = Memory").result_format is None


@pytest.mark.parametrize(
    ("is_get", "parameters"), [(True, {}), (False, {"readonly": "1"}), (False, {"readonly": "2"})]
)
def test_a_request_that_may_not_change_does_not(is_get: bool, parameters: dict[str, str]) -> None:
    assert _order(b"SELECT 1", is_get=is_get, **parameters).statement.kind == "SELECT"
    with pytest.raises(Fault) as raised:
        _order(b"DROP TABLE t", is_get=is_get, **parameters)

    assert raised.value.code == 164


def test_values_and_names_are_quoted() -> None:
    assert assignments({"a": "it's \\ x", "b": "1"}) == "a = 'it\\'s \\\\ x', b = '1'"
    assert identifier("a`b") == "`a\\`b`"
