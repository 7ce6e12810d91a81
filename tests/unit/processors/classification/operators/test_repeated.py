from __future__ import annotations

import pytest

from schemas.records.terms import Verdict

HIT, NO_HIT = Verdict.HIT, Verdict.NO_HIT


@pytest.mark.parametrize(("times", "verdict"), [(2, HIT), (3, NO_HIT)])
def test_the_same_words_again_and_again(ask, times, verdict):
    dialogue = "机器人: 抱歉没有听懂\n客户: 人工\n机器人: 抱歉没有听懂\n机器人: 好的"

    (judgement,) = ask(f"repeated: {{times: {times}, by: bot}}", dialogue, kind="SIGNAL")

    assert judgement.verdict is verdict


NEARLY = "repeated: {times: 2, similarity: 0.6, by: agent}"


@pytest.mark.parametrize(
    ("again", "verdict"),
    [("您这边的退款要三到五天才能到账的", HIT), ("今天下午师傅会上门", NO_HIT)],
)
def test_nearly_the_same_words(ask, again, verdict):
    (judgement,) = ask(NEARLY, f"客服: 您的退款要三到五天到账\n客户: 不行\n客服: {again}")

    assert judgement.verdict is verdict


@pytest.mark.parametrize(("look_back", "verdict"), [(1, NO_HIT), (2, HIT)])
def test_only_so_many_own_turns_back(ask, look_back, verdict):
    when = f"repeated: {{times: 2, by: agent, look_back: {look_back}}}"

    (judgement,) = ask(when, "客服: 请您再说一遍\n客服: 我查一下订单\n客服: 请您再说一遍")

    assert judgement.verdict is verdict


def test_what_may_be_said_again_is_skipped(ask):
    when = "repeated: {times: 2, by: agent, except: [请稍等]}"

    (judgement,) = ask(when, "客服: 好的,请稍等\n客服: 好的,请稍等")

    assert judgement.verdict is NO_HIT


def test_every_saying_is_evidence(ask):
    (judgement,) = ask("repeated: {times: 2, by: agent}", "客服: 不知道啊\n客户: 谁知道\n客服: 不知道啊")

    assert [place.turn for place in judgement.evidence] == [0, 2]
