from __future__ import annotations

import pytest
from msgspec.structs import replace

from processors.classification.classify import judge
from processors.classification.conversation import Conversation
from schemas.records.terms import Doubt, Role, Verdict

WHEN = "gap: {above: 5000, announced: [请稍等], announced_within_ms: 10000, awaited: [请报一下]}"


@pytest.mark.parametrize(
    ("dialogue", "verdict"),
    [
        ("客户: 查一下物流\n客服(停8秒): 到了", Verdict.HIT),
        ("客户: 查一下物流\n客服(停3秒): 到了", Verdict.NO_HIT),
        ("客户: 查一下物流\n客服: 请稍等\n客服(停8秒): 到了", Verdict.NO_HIT),
        ("客服: 请报一下手机号\n客户(停8秒): 我找找", Verdict.NO_HIT),
        ("客服: 请稍等\n客服: 好\n客户(停12秒): 还在吗\n客服(停8秒): 到了", Verdict.HIT),
    ],
)
def test_silence_that_nobody_announced(ask, dialogue, verdict):
    (judgement,) = ask(WHEN, dialogue)

    assert judgement.verdict is verdict


def test_the_evidence_is_the_silence_and_its_length(ask):
    (judgement,) = ask(WHEN, "客户: 查一下物流\n客服(停8秒): 到了")

    (place,) = judgement.evidence
    assert (place.value, place.threshold, place.unit, place.turn) == (8000, 5000, "ms", -1)
    assert place.end_ms - place.start_ms == 8000


def test_near_the_threshold_nobody_is_blamed(ask):
    (judgement,) = ask(WHEN, "客户: 查一下物流\n客服(停5.2秒): 到了")

    assert (judgement.verdict, judgement.doubt) == (Verdict.UNCERTAIN, Doubt.NEAR_THRESHOLD)


def test_a_hold_of_that_length_may_be_the_silence(ask):
    held = [{"agent_id": "a", "longest_hold_ms": 8000}]

    (judgement,) = ask(WHEN, "客户: 查一下物流\n客服(停8秒): 到了", agents=held)

    assert (judgement.verdict, judgement.doubt) == (Verdict.UNCERTAIN, Doubt.AMBIGUOUS)


@pytest.mark.parametrize(
    ("side", "verdict"), [("after: agent", Verdict.NO_HIT), ("after: customer", Verdict.HIT)]
)
def test_the_party_before_the_silence_may_be_asked_for(ask, side, verdict):
    (judgement,) = ask(f"gap: {{above: 5000, {side}}}", "客户: 查一下物流\n客服(停8秒): 到了")

    assert judgement.verdict is verdict


def test_so_many_silences(ask):
    (judgement,) = ask("gap: {above: 5000, times: 2}", "客户: 查一下物流\n客服(停8秒): 到了")

    assert judgement.verdict is Verdict.NO_HIT


def test_silence_concerns_the_leg_it_lies_in(ask):
    dialogue = "客服1: 您好\n客户: 查物流\n客服1(停8秒): 转您\n客服2: 您好\n客服2: 到了"

    told = [judgement.verdict for judgement in ask("gap: {above: 5000}", dialogue)]

    assert told == [Verdict.HIT, Verdict.NO_HIT]


def on_one_channel(rule_of, conversation_of, dialogue):
    ruleset = rule_of(WHEN)
    conversation = conversation_of(ruleset, dialogue)
    parties = (Role.MIXED,) * len(conversation.transcript.turn_party)
    mixed = replace(conversation.transcript, turn_party=parties)
    again = Conversation(conversation.header, mixed, ruleset.search, conversation._segmenter)
    (judgement,) = judge(ruleset.rules[0], again, ruleset)
    return judgement


def test_on_one_channel_nobody_knows_whose_silence_it_is(rule_of, conversation_of):
    judgement = on_one_channel(rule_of, conversation_of, "客户: 查一下物流\n客服(停8秒): 到了")

    assert (judgement.verdict, judgement.doubt) == (Verdict.UNCERTAIN, Doubt.NO_SPEAKER)


def test_on_one_channel_an_announcement_is_taken_for_the_agents(rule_of, conversation_of):
    judgement = on_one_channel(rule_of, conversation_of, "客户: 查一下物流\n客服: 请稍等\n客服(停8秒): 到了")

    assert judgement.verdict is Verdict.NO_HIT
