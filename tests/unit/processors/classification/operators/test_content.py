from __future__ import annotations

import pytest

from schemas.records.terms import Verdict

HIT, NO_HIT = Verdict.HIT, Verdict.NO_HIT


@pytest.mark.parametrize(
    ("text", "verdict"), [("身份证是[身份证]", HIT), ("电话是[电话]", NO_HIT), ("我没带身份证", NO_HIT)]
)
def test_personal_data_of_a_kind_was_given(ask, text, verdict):
    (judgement,) = ask("entity: [ID_CARD]\nby: customer", f"客户: {text}")

    assert judgement.verdict is verdict


def test_the_placeholder_is_the_evidence(ask):
    (judgement,) = ask("entity: [ID_CARD]\nby: customer", "客户: 身份证是[身份证]")

    assert [place.words for place in judgement.evidence] == ["[身份证]"]


@pytest.mark.parametrize(("times", "verdict"), [(2, HIT), (3, NO_HIT)])
def test_the_same_words_again_and_again(ask, times, verdict):
    dialogue = "机器人: 抱歉没有听懂\n客户: 人工\n机器人: 抱歉没有听懂\n机器人: 好的"

    (judgement,) = ask(f"repeated: {{times: {times}, by: bot}}", dialogue, kind="SIGNAL")

    assert judgement.verdict is verdict


MOODS = "sentiment: {positive: [谢谢], negative: [太差, 气死]}"


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("part: shift, at_most: -5", HIT),
        ("part: ending, at_most: -2.5", HIT),
        ("part: overall, at_least: 0", HIT),
        ("part: overall, above: 3", NO_HIT),
    ],
)
def test_the_mood_of_a_party(ask, condition, verdict):
    dialogue = "客户: 谢谢你帮我看看\n客服: 等着\n客户: 还要等多久才好\n客服: 不知道\n客户: 服务太差气死我了"

    (judgement,) = ask(f"sentiment: {{of: customer, {condition}}}", dialogue, kind="SIGNAL", beside=MOODS)

    assert judgement.verdict is verdict


def test_the_mood_of_somebody_silent_is_unknown_and_no_finding(ask):
    (judgement,) = ask("sentiment: {of: customer, part: shift, at_most: 0}", "客服: 您好", kind="SIGNAL")

    assert judgement.verdict is NO_HIT
