from __future__ import annotations

import pytest
from msgspec.structs import replace

from processors.classification.classify import judge
from processors.classification.conversation import Conversation
from schemas.records.terms import Doubt, Verdict

TWICE = "interruptions: {by: agent, at_least: 2}"
TALK = "客户: 我想退货东西是坏的\n客服(插话): 可以退\n客户: 你听我说我发过照片\n客服(插话): 再发一次"


def test_talking_over_twice_is_told_with_each_time(ask):
    (judgement,) = ask(TWICE, TALK)

    assert judgement.verdict is Verdict.HIT
    assert [place.turn for place in judgement.evidence] == [1, 3]
    assert {place.unit for place in judgement.evidence} == {"ms"}


def test_talking_over_once_is_not_twice(ask):
    (judgement,) = ask(TWICE, "\n".join(TALK.splitlines()[:2]))

    assert judgement.verdict is Verdict.NO_HIT


def test_the_customer_talking_over_is_not_the_agents_fault(ask):
    (judgement,) = ask(TWICE, TALK.replace("客户", "某").replace("客服", "客户").replace("某", "客服"))

    assert judgement.verdict is Verdict.NO_HIT


def test_on_one_channel_nobody_knows_who_talked_over_whom(rule_of, conversation_of):
    ruleset = rule_of(TWICE)
    conversation = conversation_of(ruleset, TALK)
    mono = replace(conversation.transcript, turn_channel=(0, 0, 0, 0))
    again = Conversation(conversation.header, mono, ruleset.search, conversation._segmenter)

    (judgement,) = judge(ruleset.rules[0], again, ruleset)

    assert (judgement.verdict, judgement.doubt) == (Verdict.UNCERTAIN, Doubt.NO_SPEAKER)


@pytest.mark.parametrize(
    ("speed", "verdict"),
    [(240, Verdict.NO_HIT), (270, Verdict.UNCERTAIN), (290, Verdict.UNCERTAIN), (300, Verdict.HIT)],
)
def test_speed_within_five_percent_of_the_threshold_is_uncertain(ask, speed, verdict):
    when = "speed: {by: agent, of: average, above: 280}"

    (judgement,) = ask(when, f"客服({speed}字/分): 请您输入服务密码就可以看到账单")

    assert judgement.verdict is verdict


def test_the_average_weighs_turns_by_their_length(ask):
    when = "speed: {by: agent, of: average, above: 280}"
    dialogue = "客服(400字/分): 好的没有问题\n客服(220字/分): 请您先输入服务密码再点击查询就可以看到账单"

    (judgement,) = ask(when, dialogue)

    assert judgement.verdict is Verdict.NO_HIT


def test_each_turn_may_be_judged_alone_and_short_ones_are_skipped(ask):
    when = "speed: {by: agent, of: turn, above: 280, turns: 2}"

    (once,) = ask(when, "客服(400字/分): 请您输入服务密码\n客服(400字/分): 好的")
    (twice,) = ask(when, "客服(400字/分): 请您输入服务密码\n客服(400字/分): 就可以看到账单")

    assert once.verdict is Verdict.NO_HIT
    assert twice.verdict is Verdict.HIT
    assert [place.value for place in twice.evidence] == [400, 400]


def test_a_chat_has_no_speed(ask):
    (judgement,) = ask(
        "speed: {by: agent, of: average, above: 280}", "客服(400字/分): 请您输入密码", channel="WEB"
    )

    assert judgement.verdict is Verdict.NO_HIT
