from __future__ import annotations

from msgspec.structs import replace

from processors.classification.conversation import Conversation
from schemas.records.completed import AgentLeg
from schemas.records.terms import Role

WHEN = "said: [听不懂人话, 滚]"
DIALOGUE = """
客服: 我都说了,你是不是听不懂,人话
客户: 你说什么
"""


def test_words_are_placed_in_the_text_as_heard_commas_and_all(rule_of, conversation_of):
    conversation = conversation_of(rule_of(WHEN), DIALOGUE)
    at = conversation.occurrences[0][0]

    spoken = conversation.spoken(at.turn, at.start, at.end)

    assert conversation.turns[0].text[spoken.start : spoken.end] == "听不懂,人话"


def test_times_and_probability_come_from_the_words(rule_of, conversation_of):
    conversation = conversation_of(rule_of(WHEN), DIALOGUE)
    timed = replace(
        conversation.transcript,
        word_turn=(0, 0),
        word_start=(9, 13),
        word_end=(12, 15),
        word_start_ms=(2000, 2600),
        word_end_ms=(2600, 3000),
        word_probability=(0.9, 0.4),
    )
    again = Conversation(conversation.header, timed, conversation.search, conversation._segmenter)

    spoken = again.spoken(0, *again.occurrences[0][0][1:3])

    assert (spoken.start_ms, spoken.end_ms) == (2000, 3000)
    assert round(spoken.probability, 2) == 0.7


def test_without_words_the_turn_gives_the_times(rule_of, conversation_of):
    conversation = conversation_of(rule_of(WHEN), DIALOGUE)

    spoken = conversation.spoken(0, *conversation.occurrences[0][0][1:3])

    assert spoken[2:4] == (conversation.turns[0].start_ms, conversation.turns[0].end_ms)


def test_a_text_normalised_by_another_version_is_quoted_whole(rule_of, conversation_of):
    conversation = conversation_of(rule_of(WHEN), DIALOGUE)
    other = replace(conversation.transcript, turn_normalised=("听不懂人话", "你说什么"))
    again = Conversation(conversation.header, other, conversation.search, conversation._segmenter)

    spoken = again.spoken(0, 0, 5)

    assert (spoken.start, spoken.end) == (0, len(again.turns[0].text))


def test_an_only_agent_takes_the_turns_that_no_clock_covers(rule_of, conversation_of):
    conversation = conversation_of(rule_of(WHEN), DIALOGUE)
    stray = replace(conversation.transcript, turn_leg=(-1, -1))
    again = Conversation(conversation.header, stray, conversation.search, conversation._segmenter)

    assert again.leg_of == (0, 0)
    assert again.legs == (0,)


def test_of_several_agents_a_turn_that_fits_none_is_asked_apart(rule_of, conversation_of):
    conversation = conversation_of(rule_of(WHEN), DIALOGUE)
    header = replace(conversation.header, agents=(AgentLeg(agent_id="a"), AgentLeg(agent_id="b")))
    stray = replace(conversation.transcript, turn_leg=(-1, -1))
    again = Conversation(header, stray, conversation.search, conversation._segmenter)

    assert again.legs == (0, 1, -1)


def test_a_customer_belongs_to_the_agent_who_spoke_last(rule_of, conversation_of):
    dialogue = """
    客户: 在吗
    客服1: 您好
    客户: 我要退货
    客服2: 您好
    客户: 我要退货
    """
    conversation = conversation_of(rule_of(WHEN), dialogue, channel="WEB")
    unplaced = replace(conversation.transcript, turn_leg=(-1, 0, -1, 1, -1))
    again = Conversation(conversation.header, unplaced, conversation.search, conversation._segmenter)

    assert again.leg_of == (-1, 0, 0, 1, 1)


def test_service_time_runs_from_the_answer(rule_of, conversation_of):
    conversation = conversation_of(rule_of(WHEN), DIALOGUE)
    header = replace(conversation.header, answered_at=conversation.header.ended_at - 1500)
    again = Conversation(header, conversation.transcript, conversation.search, conversation._segmenter)

    assert again.service_ms == 1500


def test_speech_without_words_is_unheard(rule_of, conversation_of):
    conversation = conversation_of(rule_of(WHEN), DIALOGUE)
    end = conversation.end_ms
    more = replace(
        conversation.transcript,
        interval_party=(Role.AGENT,),
        interval_start_ms=(end + 1000,),
        interval_end_ms=(end + 3000,),
    )
    again = Conversation(conversation.header, more, conversation.search, conversation._segmenter)

    assert again.unheard(Role.AGENT, 0, 0.25)
    assert not conversation.unheard(Role.AGENT, 0, 0.25)


def test_automatic_and_recalled_messages_are_no_turns_of_service(rule_of, conversation_of):
    dialogue = """
    客服(自动): 欢迎光临
    客户: 你好
    客服(撤回): 烦
    客服: 您好
    """

    assert conversation_of(rule_of(WHEN), dialogue, channel="WEB").turn_count == 2
