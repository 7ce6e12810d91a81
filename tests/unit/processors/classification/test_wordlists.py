from __future__ import annotations

import pytest

from processors.classification.ruleset import RuleSetError
from schemas.records.terms import Doubt, Verdict

HIT, NO_HIT, UNCERTAIN = Verdict.HIT, Verdict.NO_HIT, Verdict.UNCERTAIN
SYNONYMS = "synonyms: {套餐: [套餐, 资费, 月租]}"
QUOTING = "quoting: {phrases: [您说我, 他骂我], reach: 4}"


@pytest.mark.parametrize(
    ("text", "verdict"), [("我要换月租", HIT), ("我要换资费", HIT), ("我要换手机", NO_HIT)]
)
def test_a_phrase_stands_for_its_synonyms(ask, text, verdict):
    (judgement,) = ask("said: [换<套餐>]", f"客户: {text}", kind="SIGNAL", beside=SYNONYMS)

    assert judgement.verdict is verdict


def test_synonyms_stand_in_patterns_too(ask):
    when = "pattern: '换(个|一下)?<套餐>'"

    (judgement,) = ask(when, "客户: 换个资费", kind="SIGNAL", beside=SYNONYMS)

    assert judgement.verdict is HIT


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        ("换<手机>", "no synonyms '手机'; under 'synonyms' there are: 套餐"),
        ("换<套餐", "enclose the name of synonyms"),
    ],
)
def test_unknown_synonyms_are_refused(ask, phrase, message):
    with pytest.raises(RuleSetError, match=message):
        ask(f"said: ['{phrase}']", "客户: 好", kind="SIGNAL", beside=SYNONYMS)


@pytest.mark.parametrize(
    ("text", "quoted", "verdict"),
    [
        ("您说我滚蛋", "skip", NO_HIT),
        ("您说我滚蛋", "doubt", UNCERTAIN),
        ("您说我滚蛋", "counts", HIT),
        ("您说我今天没有好好说话滚蛋", "skip", HIT),
        ("您说我。滚蛋", "skip", HIT),
        ("“滚蛋”这个词我没说过", "skip", NO_HIT),
        ("滚蛋", "skip", HIT),
    ],
)
def test_words_from_anothers_mouth(ask, text, quoted, verdict):
    (judgement,) = ask(f"said: [滚蛋]\nquoted: {quoted}", f"客服: {text}", beside=QUOTING)

    assert judgement.verdict is verdict
    assert judgement.doubt is (Doubt.AMBIGUOUS if verdict is UNCERTAIN else Doubt.NONE)


NEGATION = """
negation:
  before: ["(?<!能)(不|没有)(能|会|要|想|人|向您){0,3}", "没"]
  after: ["(就)?不用了"]
"""


@pytest.mark.parametrize(
    ("text", "negated", "verdict"),
    [
        ("我们不能向您保证收益", "skip", NO_HIT),
        ("我们不能向您保证收益", "doubt", UNCERTAIN),
        ("我们不能向您保证收益", "counts", HIT),
        ("没有任何产品保证收益", "skip", HIT),
        ("没有人会保证收益", "skip", NO_HIT),
        ("能不能保证收益", "skip", HIT),
        ("保证收益不用了", "skip", NO_HIT),
        ("我保证收益", "skip", HIT),
    ],
)
def test_words_that_are_denied(ask, text, negated, verdict):
    (judgement,) = ask(f"said: [保证收益]\nnegated: {negated}", f"客服: {text}", beside=NEGATION)

    assert judgement.verdict is verdict
