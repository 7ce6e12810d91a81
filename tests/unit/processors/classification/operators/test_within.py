from __future__ import annotations

import pytest
from msgspec.structs import replace

from processors.classification.classify import judge
from processors.classification.conversation import Conversation
from processors.classification.ruleset import RuleSetError
from schemas.records.terms import Verdict

HIT, NO_HIT = Verdict.HIT, Verdict.NO_HIT

DIALOGUE = """
客服: 您好我是客服
客户: 我想查一下这个月的话费
客服: 请稍等我查一下
客户: 好的好的
客服: 一共五十九元
"""


@pytest.mark.parametrize(
    ("phrase", "within", "verdict"),
    [
        ("您好", "first_percent: 20", HIT),
        ("五十九", "first_percent: 20", NO_HIT),
        ("五十九", "last_percent: 25", HIT),
        ("您好", "last_percent: 25", NO_HIT),
        ("您好", "first_turns: 1", HIT),
        ("请稍等", "first_turns: 1", NO_HIT),
    ],
)
def test_a_share_of_the_conversation(ask, phrase, within, verdict):
    (judgement,) = ask(f"said: [{phrase}]\nwithin: {{{within}}}", DIALOGUE)

    assert judgement.verdict is verdict


def test_the_words_own_time_decides_not_the_turns(rule_of, conversation_of):
    long_turn = "客服: 您好请问有什么可以帮您的地方请您慢慢说不用着急我在听您说谢谢再见"
    ruleset = rule_of("said: [再见]\nwithin: {last_percent: 10}")
    conversation = conversation_of(ruleset, long_turn)
    size = len(conversation.turns[0].text)
    timed = replace(
        conversation.transcript,
        word_turn=(0,) * size,
        word_start=tuple(range(size)),
        word_end=tuple(range(1, size + 1)),
        word_start_ms=tuple(500 + 250 * index for index in range(size)),
        word_end_ms=tuple(750 + 250 * index for index in range(size)),
        word_probability=(0.9,) * size,
    )
    again = Conversation(conversation.header, timed, ruleset.search, conversation._segmenter)

    (judgement,) = judge(ruleset.rules[0], again, ruleset)
    (whole_turn,) = judge(ruleset.rules[0], conversation, ruleset)

    assert (judgement.verdict, whole_turn.verdict) == (HIT, NO_HIT)


@pytest.mark.parametrize("percent", [0, 100, 120])
def test_a_percentage_that_cuts_nothing_is_refused(ask, percent):
    with pytest.raises(RuleSetError, match="a percentage lies between 0 and 100"):
        ask(f"said: [您好]\nwithin: {{last_percent: {percent}}}", DIALOGUE)
