from __future__ import annotations

import pytest

from processors.classification.ruleset import RuleSetError
from schemas.records.terms import Doubt, Verdict

HIT, NO_HIT, UNCERTAIN = Verdict.HIT, Verdict.NO_HIT, Verdict.UNCERTAIN

ORDER = "similar: [您是不是自己操作失误了]"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("您是不是自己操作失误了呀", HIT),
        ("我觉得啊您是不是自己操作失误啊您再看看", HIT),
        ("是不是您操作上失误了", NO_HIT),
        ("请问还有什么可以帮您", NO_HIT),
    ],
)
def test_a_sentence_like_an_example(ask, text, verdict):
    (judgement,) = ask(f"{ORDER}\nat_least: 0.75\nband: 0", f"客服: {text}")

    assert judgement.verdict is verdict


def test_the_evidence_is_the_like_stretch_with_its_likeness(ask):
    (judgement,) = ask(ORDER, "客服: 我看一下,您是不是自己操作失误了?您再试试")

    (place,) = judgement.evidence
    assert place.words == "您是不是自己操作失误了"
    assert (place.value, place.threshold) == (1.0, 0.7)


def test_a_likeness_at_the_threshold_is_doubtful(ask):
    (judgement,) = ask(f"{ORDER}\nat_least: 0.85\nband: 0.1", "客服: 您是不是自己操作失误的呀")

    assert (judgement.verdict, judgement.doubt) == (UNCERTAIN, Doubt.NEAR_THRESHOLD)


def test_no_sentence_is_like_anything_when_it_is_too_short(ask):
    with pytest.raises(RuleSetError, match="'好的' is too short to be like anything"):
        ask("similar: [好的]", "客服: 好的")


def test_an_absent_sentence_can_be_asked_for(ask):
    (judgement,) = ask("not: {similar: [感谢您的来电祝您生活愉快]}", "客服: 谢谢您的来电祝您生活愉快啊")

    assert judgement.verdict is NO_HIT
