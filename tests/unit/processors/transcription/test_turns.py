from processors.transcription.engine import HeardWord, Span
from processors.transcription.turns import PartySpeech, build_turns
from schemas.records.terms import Role


def words(start_ms, *texts, step_ms=200):
    return tuple(
        HeardWord(
            text=text, start_ms=start_ms + n * step_ms, end_ms=start_ms + (n + 1) * step_ms, probability=0.9
        )
        for n, text in enumerate(texts)
    )


def party(role, channel, speech, *spoken):
    return PartySpeech(
        party=role,
        channel=channel,
        speech=tuple(Span(*span) for span in speech),
        words=tuple(word for group in spoken for word in group),
    )


def test_turn_borders_come_from_activity_and_words_go_to_the_nearest_speech():
    agent = party(
        Role.AGENT, 0, [(1_000, 2_000), (5_000, 6_000)], words(700, "您", "好", ","), words(4_700, "再", "见")
    )
    customer = party(Role.CUSTOMER, 1, [(2_500, 4_000)], words(2_400, "喂"))

    turns = build_turns([agent, customer], "zh")

    assert [(t.party, t.start_ms, t.end_ms, t.text) for t in turns] == [
        (Role.AGENT, 1_000, 2_000, "您好"),
        (Role.CUSTOMER, 2_500, 4_000, "喂"),
        (Role.AGENT, 5_000, 6_000, "再见"),
    ]


def test_a_pause_of_a_second_in_which_nobody_else_speaks_keeps_the_turn_together():
    agent = party(Role.AGENT, 0, [(0, 1_000), (2_000, 3_000)], words(0, "好"), words(2_000, "的"))

    turns = build_turns([agent], "zh")

    assert [(t.text, t.start_ms, t.end_ms, t.talk_ms) for t in turns] == [("好，的", 0, 3_000, 2_000)]


def test_another_party_in_the_pause_ends_the_turn():
    agent = party(Role.AGENT, 0, [(0, 1_000), (2_000, 3_000)], words(0, "好"), words(2_000, "的"))
    customer = party(Role.CUSTOMER, 1, [(1_200, 1_800)], words(1_200, "嗯"))

    assert [t.text for t in build_turns([agent, customer], "zh")] == ["好", "嗯", "的"]


def test_on_a_mixed_channel_every_pause_ends_a_turn():
    mixed = party(Role.MIXED, 0, [(0, 1_000), (1_700, 3_000)], words(0, "好"), words(1_700, "的"))

    assert [t.text for t in build_turns([mixed], "zh")] == ["好", "的"]


def test_a_monologue_is_cut_before_thirty_seconds():
    agent = party(
        Role.AGENT,
        0,
        [(0, 15_000), (15_700, 29_000), (29_700, 40_000)],
        words(0, "一"),
        words(16_000, "二"),
        words(30_000, "三"),
    )

    assert [t.text for t in build_turns([agent], "zh")] == ["一，二", "三"]


def test_chinese_is_joined_without_spaces_and_with_full_width_marks():
    agent = party(Role.AGENT, 0, [(0, 3_000)], words(0, "您", "好", ",", "工", "号", "10", "33", "吗", "?"))

    (turn,) = build_turns([agent], "zh")

    assert turn.text == "您好，工号1033吗？"
    assert [turn.text[w.start : w.end] for w in turn.words] == ["您", "好", "工", "号", "10", "33", "吗"]
    assert turn.units == 9


def test_english_words_keep_their_spaces_and_their_places():
    agent = party(Role.AGENT, 0, [(0, 3_000)], words(0, " How", " can", " I", " help", "?"))

    (turn,) = build_turns([agent], "en")

    assert turn.text == "How can I help?"
    assert [turn.text[w.start : w.end] for w in turn.words] == ["How", "can", "I", "help"]
    assert turn.units == 4


def test_latin_words_inside_chinese_keep_the_space_between_them():
    agent = party(Role.AGENT, 0, [(0, 3_000)], words(0, "打", "开", " App", " Store", "吧"))

    (turn,) = build_turns([agent], "zh")

    assert turn.text == "打开App Store吧"


def test_speech_without_a_word_makes_no_turn():
    agent = party(Role.AGENT, 0, [(0, 1_000), (5_000, 6_000)], words(5_000, "好"), words(100, "…"))

    assert [t.text for t in build_turns([agent], "zh")] == ["好"]


def test_turns_of_both_parties_are_in_the_order_in_which_they_begin():
    agent = party(Role.AGENT, 0, [(2_000, 9_000)], words(2_000, "好"))
    customer = party(
        Role.CUSTOMER, 1, [(1_000, 3_000), (4_000, 5_000)], words(1_000, "喂"), words(4_000, "嗯")
    )

    assert [t.start_ms for t in build_turns([agent, customer], "zh")] == [1_000, 2_000, 4_000]
