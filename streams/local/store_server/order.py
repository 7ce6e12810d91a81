"""One request, ready for the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from streams.local.store_server.encodings import Body
from streams.local.store_server.faults import Code, refuse
from streams.local.store_server.parameters import Parameters
from streams.local.store_server.statement import Statement, read_statement

# ClickHouse's own limit for the statement before the data of an INSERT.
_HEAD_BYTES = 256 << 10
_TEXT_BYTES = 16 << 20
_PIECE_BYTES = 1 << 20


class ExternalTable(Struct, frozen=True):
    """Data that a client sends along with a query, readable as a temporary table during that query."""

    name: str
    structure: str
    format: str
    body: Body


class Order(Struct, frozen=True):
    """A statement with its parameters. ``data`` yields the rows of an INSERT as the client encoded them."""

    parameters: Parameters
    statement: Statement
    data: Iterator[bytes] | None
    external: tuple[ExternalTable, ...] = ()
    default_format: str = "TabSeparated"

    @property
    def result_format(self) -> str | None:
        """Format of the result set, None for a statement that has none."""
        return (self.statement.format or self.default_format) if self.statement.has_result else None


class Request(Struct, frozen=True):
    """What came over HTTP: ``prefix`` is the statement's part in the URL or form, ``body`` the rest of it."""

    parameters: Parameters
    prefix: bytes
    body: Body
    external: tuple[ExternalTable, ...] = ()
    header_format: str | None = None
    is_get: bool = False


def prepare(request: Request) -> Order:
    """Read the statement, leaving the data of an INSERT where it is.

    Raises :class:`Fault` for an empty, overlong or forbidden statement, and for one that changes something in
    a request that must not.
    """
    prefix = request.prefix + b"\n" if request.prefix else b""
    head = prefix + request.body.read(_HEAD_BYTES)
    statement = read_statement(head)
    data: Iterator[bytes] | None = None
    if statement.data_start is not None:
        data = _pieces(head[statement.data_start :], request.body)
    elif rest := request.body.read(_TEXT_BYTES + 1):
        if len(rest) > _TEXT_BYTES:
            raise refuse(Code.QUERY_IS_TOO_LARGE, "The statement is larger than this server takes.")
        statement = read_statement(head + rest)
    if not statement.kind:
        raise refuse(Code.SYNTAX_ERROR, "Empty query.")
    _check_read_only(request, statement)
    parameters = request.parameters
    default = parameters.default_format or request.header_format or "TabSeparated"
    return Order(parameters, statement, data, request.external, default)


def _pieces(first: bytes, body: Body) -> Iterator[bytes]:
    if first:
        yield first
    while piece := body.read(_PIECE_BYTES):
        yield piece


def _check_read_only(request: Request, statement: Statement) -> None:
    if statement.reads_only:
        return
    if request.is_get:
        raise refuse(
            Code.READONLY,
            "Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly. "
            "You should use method POST for modifying queries.",
        )
    if request.parameters.read_only:
        raise refuse(Code.READONLY, "Cannot execute query in readonly mode.")


def literal(text: str) -> str:
    """``text`` as a ClickHouse string literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def identifier(name: str) -> str:
    """``name`` as a quoted ClickHouse identifier."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def assignments(values: Mapping[str, str]) -> str:
    """``a = '1', b = 'x'`` for SET."""
    return ", ".join(f"{name} = {literal(value)}" for name, value in values.items())
