from processors.normalization.segments import segment_turns, silences, speech_intervals, speech_measures
from schemas.records.completed import Segment
from schemas.records.terms import Role


def segment(start_s: float, end_s: float, role: Role, text: str = "您好请讲", **more: object) -> Segment:
    return Segment(start_ms=round(start_s * 1000), end_ms=round(end_s * 1000), role=role, text=text, **more)


CALL = [
    segment(1, 3, Role.AGENT, "您好请问有什么可以帮您"),
    segment(3.5, 6, Role.CUSTOMER, "我的话费多扣了"),
    segment(5, 7, Role.AGENT, "非常抱歉"),
    segment(7.4, 8, Role.AGENT, "稍等"),
    segment(14, 16, Role.CUSTOMER, "喂"),
]


def test_segments_become_turns_with_their_confidence_and_speed() -> None:
    (turn,) = segment_turns([segment(0, 2, Role.AGENT, "您好请问", channel=1, confidence=0.8)], "zh-CN")
    assert (turn.text, turn.channel, turn.confidence, turn.units_per_minute) == ("您好请问", 1, 0.8, 120.0)


def test_short_sentences_have_no_speed_and_missing_confidence_is_full() -> None:
    (turn,) = segment_turns([segment(0, 1, Role.AGENT, "好的")], "zh-CN")
    assert (turn.units_per_minute, turn.confidence, turn.channel) == (0.0, 1.0, -1)


def test_segments_without_words_are_left_out() -> None:
    assert list(segment_turns([segment(0, 1, Role.AGENT, " ")], "zh-CN")) == []


def test_gaps_of_one_party_up_to_600_ms_are_joined() -> None:
    agent = [(one.start_ms, one.end_ms) for one in speech_intervals(CALL) if one.party is Role.AGENT]
    assert agent == [(1000, 3000), (5000, 8000)]


def test_gaps_of_two_seconds_in_which_nobody_speaks_are_silence() -> None:
    assert [(one.start_ms, one.end_ms) for one in silences(CALL)] == [(8000, 14000)]


def test_measures_follow_the_definitions() -> None:
    measures = speech_measures(CALL, "zh-CN")
    assert measures.conversation_ms == 15_000
    assert (measures.agent_talk_ms, measures.customer_talk_ms) == (5_000, 4_500)
    assert measures.overlap_ms == 1_000
    assert (measures.silence_ms, measures.silence_5s_ms, measures.longest_silence_ms) == (6_000,) * 3
    assert measures.agent_cpm == round(17 * 60 / 5, 1)
    assert measures.agent_wpm is None


def test_interruptions_are_not_guessed_from_segment_borders() -> None:
    assert speech_measures(CALL, "zh-CN").agent_interruption_count is None


def test_english_is_measured_in_words() -> None:
    measures = speech_measures([segment(0, 60, Role.AGENT, "how may i help you")], "en-US")
    assert (measures.agent_wpm, measures.agent_cpm, measures.customer_talk_ms) == (5.0, None, None)
