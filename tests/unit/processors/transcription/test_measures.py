import pytest

from processors.transcription.engine import HeardWord, Span
from processors.transcription.measures import measure, turn_speed
from processors.transcription.turns import PartySpeech, build_turns
from schemas.records.terms import Role


def party(role, speech, text=""):
    spans = tuple(Span(*span) for span in speech)
    letters = tuple(
        HeardWord(text=letter, start_ms=spans[0].start_ms, end_ms=spans[0].start_ms + 1, probability=0.9)
        for letter in text
    )
    return PartySpeech(party=role, channel=0, speech=spans, words=letters)


def measured(*parties, language="zh"):
    return measure(parties, build_turns(parties, language), language)


def test_talk_counts_overlap_for_both_parties():
    result = measured(party(Role.AGENT, [(0, 4_000)]), party(Role.CUSTOMER, [(3_000, 6_000)])).measures

    assert (result.agent_talk_ms, result.customer_talk_ms, result.overlap_ms) == (4_000, 3_000, 1_000)
    assert result.conversation_ms == 6_000


def test_silence_is_counted_by_its_three_thresholds():
    agent = party(Role.AGENT, [(1_000, 2_000), (9_000, 10_000), (16_000, 17_000)])
    customer = party(Role.CUSTOMER, [(4_500, 5_000), (11_500, 12_000)])

    result = measured(agent, customer)

    gaps = [(s.start_ms, s.end_ms) for s in result.silences]
    assert gaps == [(2_000, 4_500), (5_000, 9_000), (12_000, 16_000)]
    assert result.measures.silence_2s_ms == 10_500
    assert result.measures.silence_ms == 8_000
    assert result.measures.silence_5s_ms == 0
    assert result.measures.longest_silence_ms == 4_000


def test_time_before_the_first_and_after_the_last_word_is_no_silence():
    result = measured(party(Role.AGENT, [(20_000, 21_000)]), party(Role.CUSTOMER, [(21_500, 22_000)]))

    assert result.silences == ()


def test_a_third_party_that_speaks_breaks_the_silence():
    result = measured(
        party(Role.AGENT, [(0, 1_000)]),
        party(Role.CUSTOMER, [(9_000, 9_500)]),
        party(Role.SYSTEM, [(2_000, 8_000)]),
    )

    assert result.silences == ()


def test_an_agent_who_starts_over_a_speaking_customer_interrupts():
    result = measured(
        party(Role.AGENT, [(5_000, 9_000)], "商品支持七天"),
        party(Role.CUSTOMER, [(3_000, 6_500)], "你好我想办理退货"),
    )

    (interruption,) = result.interruptions
    assert interruption.by is Role.AGENT
    assert (interruption.start_ms, interruption.end_ms, interruption.yielded) == (5_000, 6_500, True)
    assert result.measures.agent_interruption_count == 1
    assert result.measures.customer_interruption_count == 0


@pytest.mark.parametrize(
    ("agent", "customer"),
    [
        pytest.param([(5_000, 9_000)], [(4_500, 6_500)], id="the customer had spoken less than a second"),
        pytest.param([(5_000, 9_000)], [(3_000, 5_900)], id="they overlap less than a second"),
        pytest.param([(5_000, 6_000)], [(3_000, 9_000)], id="a sound of a second is a back-channel"),
    ],
)
def test_no_interruption_when(agent, customer):
    result = measured(party(Role.AGENT, agent, "商品"), party(Role.CUSTOMER, customer, "你好"))

    assert result.interruptions == ()


def test_listening_words_do_not_interrupt_however_long_they_take():
    result = measured(
        party(Role.AGENT, [(5_000, 8_000)], "嗯好的对对"), party(Role.CUSTOMER, [(3_000, 9_000)], "你好")
    )

    assert result.interruptions == ()


def test_the_other_party_that_goes_on_has_not_yielded():
    result = measured(
        party(Role.CUSTOMER, [(5_000, 9_000)], "你听我说"), party(Role.AGENT, [(3_000, 8_000)], "您先")
    )

    assert [(i.by, i.yielded) for i in result.interruptions] == [(Role.CUSTOMER, False)]


def test_speed_is_characters_per_minute_of_the_own_talk_time():
    result = measured(
        party(Role.AGENT, [(0, 1_000), (1_700, 2_700)], "您好工号1033"),
        party(Role.CUSTOMER, [(5_000, 6_000)]),
    )

    assert result.measures.agent_cpm == 240.0
    assert result.measures.customer_cpm is None
    assert result.measures.agent_wpm is None


def test_english_speed_is_words_per_minute():
    spoken = PartySpeech(
        party=Role.AGENT,
        channel=0,
        speech=(Span(0, 2_000),),
        words=tuple(
            HeardWord(text=w, start_ms=1, end_ms=2, probability=1.0) for w in (" how", " can", " I", " help")
        ),
    )

    result = measured(spoken, party(Role.CUSTOMER, [(3_000, 4_000)]), language="en").measures

    assert (result.agent_wpm, result.agent_cpm) == (120.0, None)


def test_a_sentence_of_fewer_than_four_units_has_no_speed():
    short, long = build_turns(
        [party(Role.AGENT, [(0, 1_000)], "好的呀"), party(Role.CUSTOMER, [(2_000, 3_000)], "你好你好")], "zh"
    )

    assert turn_speed(short) == 0.0
    assert turn_speed(long) == 240.0


def test_a_mixed_channel_has_silence_but_no_measure_of_two_parties():
    result = measured(party(Role.MIXED, [(0, 1_000), (7_000, 8_000)], "您好")).measures

    assert result.silence_5s_ms == 6_000
    assert result.conversation_ms == 8_000
    assert result.overlap_ms is None
    assert result.agent_talk_ms is None
    assert result.agent_interruption_count is None


def test_the_silence_of_a_call_with_one_party_missing_is_unknown():
    result = measured(party(Role.AGENT, [(0, 1_000), (7_000, 8_000)], "您好")).measures

    assert result.silence_ms is None
    assert result.conversation_ms is None
    assert result.agent_talk_ms == 2_000
