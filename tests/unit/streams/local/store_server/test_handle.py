"""Bound values come escaped as TabSeparated."""

import pytest

from streams.local.store_server.handle import unescaped


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [
        ("a\\tb", "a\tb"),
        ("a\\\\tb", "a\\tb"),
        ("\\'x\\'", "'x'"),
        ("plain 小三", "plain 小三"),
        ("", ""),
        ("\\\\", "\\"),
    ],
)
def test_an_escaped_value_reads_as_it_was(escaped: str, plain: str) -> None:
    assert unescaped(escaped) == plain
