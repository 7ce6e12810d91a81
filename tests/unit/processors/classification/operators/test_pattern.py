from __future__ import annotations

import pytest

from processors.classification.source import RuleSetError
from schemas.records.terms import Verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("打了三次电话", Verdict.HIT), ("打了很多电话", Verdict.NO_HIT), ("没打了三次电话", Verdict.NO_HIT)],
)
def test_a_pattern_with_an_exclusion(ask, text, verdict):
    when = "pattern: '打了[二三四]次电话'\nexcept_pattern: '没打了.{0,4}'"

    (judgement,) = ask(when, f"客户: {text}", kind="SIGNAL")

    assert judgement.verdict is verdict


def test_a_pattern_matches_traditional_and_capital_letters_too(ask):
    (judgement,) = ask("pattern: 'APP.{0,3}閃退'", "客户: app总是闪退", kind="SIGNAL")

    assert judgement.verdict is Verdict.HIT


@pytest.mark.parametrize(
    "pattern",
    [
        "a.*b",
        "a+b",
        "a{2,}b",
        "a{0,900}b",
        "(a)b\\\\1",
        "(a{1,9}b){1,9}",
        "((a|b.{0,8}c){0,8}d){0,8}",
        "a.{0,64}b.{0,64}c.{0,64}d",
    ],
)
def test_a_pattern_that_could_run_away_is_refused(ask, pattern):
    with pytest.raises(RuleSetError, match="the pattern could run for ever"):
        ask(f'pattern: "{pattern}"', "客户: 你好", kind="SIGNAL")


@pytest.mark.parametrize("pattern", ["[+*]{1,3}元", "a\\\\+b", "(好|不好)?的", "x{3}", "(a{1,3}b){2}"])
def test_bounded_patterns_and_literal_signs_are_allowed(ask, pattern):
    (judgement,) = ask(f'pattern: "{pattern}"', "客户: 你们", kind="SIGNAL")

    assert judgement.verdict is Verdict.NO_HIT


def test_one_of_several_patterns_is_enough(ask):
    (judgement,) = ask("pattern: ['打了.{0,3}次', '第.{1,2}次']", "客户: 这是第三次了", kind="SIGNAL")

    assert judgement.verdict is Verdict.HIT
    assert [place.words for place in judgement.evidence] == ["第三次"]
