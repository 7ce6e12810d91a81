from __future__ import annotations

import pytest

from schemas.records.terms import Verdict

HIT, NO_HIT = Verdict.HIT, Verdict.NO_HIT


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("流程改得简单一点", HIT),
        ("流程我昨天在你们营业厅看了半天也没觉得简单一点", NO_HIT),
        ("简单一点的流程", NO_HIT),
    ],
)
def test_two_phrases_in_order_and_close(ask, text, verdict):
    (judgement,) = ask("near: [[流程, 手续], [简单一点]]\ndistance: 4", f"客户: {text}", kind="SIGNAL")

    assert judgement.verdict is verdict


def test_the_order_may_be_left_open(ask):
    when = "near: [[流程], [简单一点]]\ndistance: 4\nordered: false"

    (judgement,) = ask(when, "客户: 简单一点的流程", kind="SIGNAL")

    assert judgement.verdict is HIT


def test_the_distance_may_be_counted_in_words(ask):
    dialogue = "客户: 宽带又断了两天了"
    near = "near: [[宽带], [两天]]\nunit: words\n"

    (close,) = ask(near + "distance: 3", dialogue, kind="SIGNAL")
    (far,) = ask(near + "distance: 1", dialogue, kind="SIGNAL")

    assert (close.verdict, far.verdict) == (HIT, NO_HIT)


def test_the_evidence_reaches_from_the_first_phrase_to_the_last(ask):
    when = "near: [[app], [总是], [闪退]]\ndistance: 4"

    (judgement,) = ask(when, "客户: 你们app昨天总是会闪退啊", kind="SIGNAL")

    assert [place.words for place in judgement.evidence] == ["app昨天总是会闪退"]


def test_nothing_is_near_across_two_turns(ask):
    (judgement,) = ask("near: [[流程], [简单]]\ndistance: 9", "客户: 流程\n客户: 简单", kind="SIGNAL")

    assert judgement.verdict is NO_HIT
