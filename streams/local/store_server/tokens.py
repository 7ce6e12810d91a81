"""ClickHouse SQL cut into tokens, far enough to find clauses without touching quoted text or comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"""
      (?P<gap>\s++|--[^\n]*+|\#[!\ ][^\n]*+|/\*.*?(?:\*/|\Z))
    | (?P<quoted>'(?:[^'\\]++|\\.|'')*+'|"(?:[^"\\]++|\\.|"")*+"|`(?:[^`\\]++|\\.|``)*+`)
    | (?P<heredoc>\$(?P<tag>\w*+)\$.*?\$(?P=tag)\$)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*+)
    | (?P<number>[0-9][A-Za-z0-9_.]*+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One token. ``word`` is its text in upper case, empty if it is none; ``depth`` counts open brackets."""

    kind: str
    text: bytes
    word: bytes
    start: int
    end: int
    depth: int


def tokens(sql: bytes) -> Iterator[Token]:
    """Tokens without white space and comments; a closing bracket has the depth of its opening one."""
    depth = 0
    for match in _TOKEN.finditer(sql):
        kind = str(match.lastgroup if match.lastgroup != "tag" else "heredoc")
        if kind == "gap":
            continue
        text = match.group(0)
        if text in (b")", b"]", b"}"):
            depth -= 1
        word = text.upper() if kind == "word" else b""
        yield Token(kind, text, word, match.start(), match.end(), depth)
        if text in (b"(", b"[", b"{"):
            depth += 1
