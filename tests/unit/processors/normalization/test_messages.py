from collections.abc import Callable

from processors.normalization.messages import ChatTimes, chat_times, message_turns
from schemas.records.completed import AgentLeg, Message
from schemas.records.terms import MessageKind, Role, TurnKind

STARTED_AT = 1_760_000_000_000
Build = Callable[..., Message]


def leg(agent_id: str, joined_s: int | None) -> AgentLeg:
    return AgentLeg(agent_id=agent_id, joined_at=None if joined_s is None else STARTED_AT + joined_s * 1000)


def test_each_message_is_a_turn_of_its_own_in_time_order(message: Build) -> None:
    turns = list(
        message_turns(
            [
                message(9, Role.AGENT, "稍等"),
                message(1, Role.CUSTOMER, "在吗"),
                message(2, Role.CUSTOMER, "查话费"),
            ],
            STARTED_AT,
        )
    )
    assert [(turn.party, turn.text, turn.start_ms) for turn in turns] == [
        (Role.CUSTOMER, "在吗", 1000),
        (Role.CUSTOMER, "查话费", 2000),
        (Role.AGENT, "稍等", 9000),
    ]
    assert {turn.kind for turn in turns} == {TurnKind.MESSAGE}


def test_templates_and_withdrawn_messages_are_flagged(message: Build) -> None:
    turns = list(
        message_turns(
            [message(1, Role.AGENT, automatic=True), message(2, Role.AGENT, recalled=True)], STARTED_AT
        )
    )
    assert [(turn.automatic, turn.recalled) for turn in turns] == [(True, False), (False, True)]


def test_messages_without_words_leave_a_placeholder_event(message: Build) -> None:
    kinds = (MessageKind.IMAGE, MessageKind.VOICE, MessageKind.VIDEO, MessageKind.FILE, MessageKind.CARD)
    turns = list(
        message_turns(
            [message(i, Role.CUSTOMER, None, kind=kind) for i, kind in enumerate(kinds)], STARTED_AT
        )
    )
    assert [turn.text for turn in turns] == ["[图片]", "[语音]", "[视频]", "[文件]", "[卡片]"]
    assert {turn.kind for turn in turns} == {TurnKind.EVENT}


def test_a_caption_and_a_transcribed_voice_message_are_words(message: Build) -> None:
    turns = list(
        message_turns(
            [
                message(1, Role.CUSTOMER, "包装破了", kind=MessageKind.IMAGE),
                message(2, Role.CUSTOMER, "我要退货", kind=MessageKind.VOICE),
            ],
            STARTED_AT,
        )
    )
    assert [(turn.kind, turn.text) for turn in turns] == [
        (TurnKind.MESSAGE, "[图片]包装破了"),
        (TurnKind.MESSAGE, "我要退货"),
    ]


def test_system_events_keep_their_text_and_empty_messages_vanish(message: Build) -> None:
    turns = list(
        message_turns(
            [
                message(1, Role.SYSTEM, "坐席加入会话", kind=MessageKind.EVENT),
                message(2, Role.CUSTOMER, "  "),
                message(3, Role.CUSTOMER, None),
            ],
            STARTED_AT,
        )
    )
    assert [(turn.kind, turn.text) for turn in turns] == [(TurnKind.EVENT, "坐席加入会话")]


def test_a_customer_is_not_named_and_a_bot_is(message: Build) -> None:
    turns = list(
        message_turns(
            [message(1, Role.CUSTOMER, sender_id="openid"), message(2, Role.BOT, sender_id="bot-7")],
            STARTED_AT,
        )
    )
    assert [turn.speaker_id for turn in turns] == ["", "bot-7"]


def test_reply_times_run_from_the_first_unanswered_message(message: Build) -> None:
    times = chat_times(
        [
            message(10, Role.CUSTOMER),
            message(14, Role.CUSTOMER),
            message(30, Role.AGENT),
            message(32, Role.AGENT),
            message(40, Role.CUSTOMER),
            message(100, Role.AGENT),
        ],
        [leg("a-1", 5)],
        None,
    )
    assert times == ChatTimes(
        greeting_ms=25_000, first_reply_ms=20_000, average_reply_ms=40_000, longest_reply_ms=60_000
    )


def test_automatic_replies_and_bots_answer_nobody(message: Build) -> None:
    times = chat_times(
        [
            message(10, Role.CUSTOMER),
            message(11, Role.AGENT, automatic=True),
            message(12, Role.BOT),
            message(50, Role.AGENT),
        ],
        [leg("a-1", 9)],
        None,
    )
    assert (times.greeting_ms, times.first_reply_ms) == (41_000, 40_000)


def test_a_withdrawn_reply_does_not_stop_the_clock(message: Build) -> None:
    said = [message(10, Role.CUSTOMER), message(15, Role.AGENT, recalled=True), message(30, Role.AGENT)]
    assert chat_times(said, [leg("a-1", 0)], None).first_reply_ms == 20_000


def test_the_wait_in_the_queue_is_not_the_agents(message: Build) -> None:
    said = [message(10, Role.CUSTOMER), message(305, Role.AGENT)]
    assert chat_times(said, [leg("a-1", 300)], None).first_reply_ms == 5_000


def test_the_second_agent_is_not_charged_for_the_first(message: Build) -> None:
    said = [
        message(10, Role.CUSTOMER),
        message(20, Role.AGENT),
        message(30, Role.CUSTOMER),
        message(95, Role.AGENT, sender_id="a-2"),
    ]
    times = chat_times(said, [leg("a-1", 5), leg("a-2", 90)], None)
    assert (times.average_reply_ms, times.longest_reply_ms) == (7_500, 10_000)


def test_without_any_time_of_joining_a_bot_answers_what_it_was_asked(message: Build) -> None:
    said = [
        message(1, Role.CUSTOMER),
        message(2, Role.BOT),
        message(60, Role.CUSTOMER),
        message(64, Role.AGENT),
    ]
    times = chat_times(said, [leg("a-1", None)], None)
    assert (times.greeting_ms, times.first_reply_ms) == (None, 4_000)


def test_nobody_answered_nobody() -> None:
    assert chat_times([], [], None) == ChatTimes()
