"""What a request asks for, read from its SQL: kind, format, and where the data of an INSERT begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from streams.local.store_server.faults import Code, refuse
from streams.local.store_server.tokens import Token, tokens

_WITH_RESULT = frozenset({"SELECT", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN", "CHECK", "KILL"})
_READ_ONLY = frozenset({"SELECT", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN", "USE", "SET"})
_LINE_END = re.compile(rb"[ \t\f]*+(?:;[ \t\f]*+)?\r?\n?")
_SETTINGS_BYTES = 16 << 10


class Statement(Struct, frozen=True):
    """One SQL statement.

    ``head`` is what the engine gets: of an INSERT with data all before FORMAT or VALUES, else the whole text.
    ``data_start`` is where inline data begins in the text that was read, None when there is none.
    ``format`` is the FORMAT clause (input format of an INSERT), None when the statement names none.
    """

    kind: str
    head: bytes
    format: str | None
    data_start: int | None

    @property
    def has_result(self) -> bool:
        """Whether the statement answers with a result set, even an empty one."""
        return self.kind in _WITH_RESULT

    @property
    def reads_only(self) -> bool:
        """Whether the statement may run in a request that must not change anything."""
        return self.kind in _READ_ONLY

    @property
    def writes(self) -> bool:
        """Whether the statement belongs in the writers' lane."""
        return not (self.reads_only or self.has_result)


def read_statement(sql: bytes) -> Statement:
    """Read the one statement in ``sql``, which may end with binary data of an INSERT.

    Raises :class:`Fault` for two statements in one request, for INTO OUTFILE and FROM INFILE (files belong to
    the client, which here is another process), and for the table function that reaches into this process.
    """
    seen: list[Token] = []
    for token in tokens(sql):
        if seen:
            _refuse_foreign_ground(seen[-1], token)
        seen.append(token)
        if _opens_data(seen):
            return _insert_with_data(sql, seen)
    return Statement(_kind(seen), sql, _trailing_format(seen), None)


def _refuse_foreign_ground(before: Token, token: Token) -> None:
    if before.text == b";" and before.depth == 0:
        raise refuse(Code.SYNTAX_ERROR, "Syntax error (Multi-statements are not allowed).")
    if before.word == b"INTO" and token.word == b"OUTFILE" and token.depth == 0:
        raise refuse(
            Code.NOT_IMPLEMENTED, "INTO OUTFILE writes a file of the client; read the response instead."
        )
    if before.word == b"FROM" and token.word == b"INFILE" and token.depth == 0:
        raise refuse(
            Code.NOT_IMPLEMENTED, "FROM INFILE reads a file of the client; send the data in the body."
        )
    if token.text == b"(" and before.text.strip(b'`"').upper() == b"PYTHON":
        raise refuse(Code.ACCESS_DENIED, "Table function Python is not available over HTTP.")


def _kind(seen: Sequence[Token]) -> str:
    words = [token for token in seen if token.word]
    if not words:
        return ""
    first = words[0]
    if first.depth > 0 or first.word == b"FROM":
        return "SELECT"
    if first.word == b"WITH":
        top = (token.word for token in words if token.depth == 0)
        return next((word.decode() for word in top if word in (b"SELECT", b"INSERT")), "SELECT")
    return first.word.decode()


def _opens_data(seen: Sequence[Token]) -> bool:
    """Whether the last token ends the head of an INSERT whose data follows."""
    last = seen[-1]
    if not last.word or last.depth != 0 or len(seen) < 4 or seen[0].word != b"INSERT":
        return False
    clause = -1 if last.word == b"VALUES" else -2
    if clause == -2 and seen[-2].word != b"FORMAT":
        return False
    return not _names_table(seen[clause - 1]) and not _selects(seen)


def _names_table(before: Token) -> bool:
    return before.word in (b"INTO", b"TABLE", b"FUNCTION") or before.text == b"."


def _selects(seen: Sequence[Token]) -> bool:
    """Whether an INSERT takes its rows from a query."""
    for before, token in pairwise(seen):
        if token.word in (b"SELECT", b"WITH") and not _names_table(before) and token.depth == 0:
            return True
    return False


def _insert_with_data(sql: bytes, seen: Sequence[Token]) -> Statement:
    last = seen[-1]
    if last.word == b"VALUES":
        return Statement("INSERT", sql[: last.start], "Values", last.end)
    head, start = sql[: seen[-2].start], last.end
    settings_end = _settings_after_format(sql, start)
    if settings_end is not None:
        head += sql[start:settings_end].strip()
        start = settings_end
    return Statement("INSERT", head, last.text.decode(), _skip_line_end(sql, start))


def _settings_after_format(sql: bytes, start: int) -> int | None:
    """End of a ``SETTINGS a = 1, b = 'x'`` clause that stands between the format's name and the data."""
    end: int | None = None
    expected = "settings"
    follows = {"settings": "name", "name": "=", "=": "value", "value": ",", ",": "name"}
    for token in tokens(sql[start : start + _SETTINGS_BYTES]):
        fits = {
            "settings": token.word == b"SETTINGS",
            "name": bool(token.word),
            "=": token.text == b"=",
            "value": token.kind in ("word", "number", "quoted"),
            ",": token.text == b",",
        }
        if not fits[expected]:
            break
        if expected == "value":
            end = start + token.end
        expected = follows[expected]
    return end


def _skip_line_end(sql: bytes, position: int) -> int:
    """Where data begins after FORMAT name: blanks, one ';' and one line end belong to the statement."""
    found = _LINE_END.match(sql, position)
    return found.end() if found else position


def _trailing_format(seen: Sequence[Token]) -> str | None:
    """The FORMAT clause at the end of a statement, with or without SETTINGS behind it."""
    top = [token for token in seen if token.depth == 0 and token.text != b";"]
    for index in range(len(top) - 2, 0, -1):
        if top[index].word == b"FORMAT" and top[index + 1].word:
            rest = top[index + 2 :]
            is_clause = not rest or rest[0].word == b"SETTINGS"
            return top[index + 1].text.decode() if is_clause and not _names_table(top[index - 1]) else None
    return None
