from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.classification.expressions import parse_expressions
from processors.classification.source import read_yaml


def _parsed(pattern):
    written = read_yaml("{}", "<test>")
    (expression,) = parse_expressions(type(written)(pattern, written.source), {})
    return expression


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("打了.{0,3}次", {"打了"}),
        ("(打|找)了?.{0,3}工信部", {"工信部"}),
        ("(推诿|敷衍).{0,4}", {"推诿", "敷衍"}),
        ("[打找]电话", {"打电话", "找电话"}),
        ("(称?好评|.{1,9})", set()),
        (".{1,60}", set()),
        ("APP.{0,4}闪退", {"app"}),
        ("(?<!不)满意(?!度)", {"满意"}),
        ("(多|大){2}的", {"的"}),
    ],
)
def test_what_a_pattern_cannot_do_without(pattern, literals):
    assert set(_parsed(pattern).literals) == literals


pieces = st.sampled_from(
    [
        "打",
        "了",
        "(打|找)",
        "(打了|来)?",
        "[一二三]",
        ".{0,2}",
        "次{1,2}",
        "(次|遍){2}",
        "(?!们)",
        "(我.{0,1}你|他)",
        "x?",
    ]
)
texts = st.lists(st.sampled_from("打了找来一二三次遍我你他们x"), max_size=14).map("".join)


@given(pattern=st.lists(pieces, min_size=1, max_size=5).map("".join), text=texts)
def test_a_text_without_the_needed_literals_is_never_matched(pattern, text):
    expression = _parsed(pattern)

    if expression.literals and not any(literal in text for literal in expression.literals):
        assert re.search(pattern, text) is None or not expression.spans(text)
