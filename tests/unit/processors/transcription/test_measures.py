import numpy as np
import pytest
from msgspec.structs import replace

from processors.transcription.engine import HeardWord, Span
from processors.transcription.loudness import Level
from processors.transcription.measures import Surroundings, measure, turn_speed
from processors.transcription.turns import PartySpeech, build_turns
from schemas.records.terms import Role, SystemSound
from schemas.records.transcribed import Silence, SystemStretch


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


def turn(role, start_ms, end_ms, text):
    """A turn whose words are spread evenly over it."""
    step = (end_ms - start_ms) / len(text)
    words = tuple(
        HeardWord(
            text=c, start_ms=int(start_ms + n * step), end_ms=int(start_ms + (n + 1) * step), probability=0.8
        )
        for n, c in enumerate(text)
    )
    return PartySpeech(party=role, channel=0, speech=(Span(start_ms, end_ms),), words=words)


def test_a_wait_that_the_agent_announced_is_no_dead_air():
    result = measured(
        turn(Role.AGENT, 0, 2_000, "请您稍等我帮您查询一下"),
        turn(Role.AGENT, 10_000, 12_000, "让您久等了"),
        turn(Role.CUSTOMER, 18_000, 19_000, "喂听得到吗"),
    )

    told = [(s.end_ms - s.start_ms, s.announced, s.after, s.before) for s in result.silences]
    assert told == [(8_000, True, Role.AGENT, Role.AGENT), (6_000, False, Role.AGENT, Role.CUSTOMER)]
    measures = result.measures
    assert (measures.dead_air_count, measures.dead_air_ms, measures.announced_wait_ms) == (1, 6_000, 8_000)


def test_who_announces_cannot_be_told_on_one_channel():
    result = measured(turn(Role.MIXED, 0, 2_000, "请您稍等"), turn(Role.MIXED, 10_000, 12_000, "好了"))

    assert result.measures.silence_5s_ms == 8_000
    assert result.measures.dead_air_count is None
    assert result.measures.announced_wait_ms is None


AGENT = ((0, 1_000), (30_000, 31_000))
CUSTOMER = ((2_000, 3_000), (33_000, 34_000))
MUSIC = SystemStretch(sound=SystemSound.MUSIC, channel=0, start_ms=4_000, end_ms=29_000)


def held(*system, stated_ms=None):
    parties = (party(Role.AGENT, AGENT), party(Role.CUSTOMER, CUSTOMER))
    around = Surroundings(system=system, stated_hold_ms=stated_ms)
    return measure(parties, build_turns(parties, "zh"), "zh", around)


@pytest.mark.parametrize(
    ("system", "stated_ms", "hold_ms", "non_talk_ms"),
    [
        pytest.param(
            (MUSIC,), 26_000, 26_000, 25_000, id="the time of the music counts where both are known"
        ),
        pytest.param((MUSIC,), None, 25_000, 25_000, id="music alone"),
        pytest.param((), 0, 0, 27_000, id="there was no hold"),
        pytest.param((), 26_000, 26_000, None, id="a hold that is not heard may lie in the silence"),
        pytest.param((), None, None, None, id="nobody says"),
    ],
)
def test_hold_and_non_talk(system, stated_ms, hold_ms, non_talk_ms):
    measures = held(*system, stated_ms=stated_ms).measures

    assert (measures.hold_ms, measures.non_talk_ms) == (hold_ms, non_talk_ms)


def test_hold_music_is_no_silence_and_its_end_no_answer():
    result = held(MUSIC)

    assert result.silences == (
        Silence(start_ms=31_000, end_ms=33_000, after=Role.AGENT, before=Role.CUSTOMER),
    )
    assert result.measures.customer_response_ms == 1_500
    assert result.measures.agent_response_ms is None


def test_talking_over_is_summed_up_for_who_does_it():
    measures = measured(
        party(Role.AGENT, [(5_000, 9_000)], "商品支持七天"),
        party(Role.CUSTOMER, [(3_000, 6_500)], "你好我想办理退货"),
    ).measures

    assert (measures.agent_talk_over_ms, measures.customer_talk_over_ms) == (1_500, 0)


def test_speech_of_a_second_without_a_word_is_counted():
    heard = turn(Role.AGENT, 0, 2_000, "您好您好")
    parties = (replace(heard, speech=(Span(0, 2_000), Span(5_000, 6_500), Span(9_000, 9_900))),)

    measures = measure(parties, build_turns(parties, "zh"), "zh").measures

    assert measures.wordless_speech_ms == 1_500
    assert measures.word_probability == 0.8


def test_nothing_is_measured_of_one_party_where_the_channels_may_be_swapped():
    parties = (turn(Role.AGENT, 0, 12_000, "我要投诉你们"), turn(Role.CUSTOMER, 15_000, 17_000, "为您服务"))

    measures = measure(parties, build_turns(parties, "zh"), "zh", Surroundings(attributable=False)).measures

    assert measures.silence_2s_ms == 3_000
    assert measures.conversation_ms == 17_000
    of_one_party = [
        *("agent_talk_ms", "customer_talk_ms", "overlap_ms", "agent_cpm", "agent_interruption_count"),
        *("dead_air_count", "agent_response_ms", "agent_loudness_dbfs", "agent_raised_voice_count"),
    ]
    assert [getattr(measures, name) for name in of_one_party] == [None] * len(of_one_party)


def test_loudness_and_raised_voice_are_those_of_the_party():
    dbfs = np.array([-30] * 10 + [-22] * 3, dtype=np.float32)
    level = Level(party=Role.CUSTOMER, channel=1, start_ms=0, dbfs=dbfs, speaking=np.ones(13, bool))
    parties = (party(Role.AGENT, [(0, 1_000)]), party(Role.CUSTOMER, [(0, 13_000)]))

    result = measure(parties, [], "zh", Surroundings(levels=(level,)))

    assert result.measures.customer_loudness_dbfs == -30.0
    assert result.measures.customer_raised_voice_count == 1
    assert result.measures.customer_raised_voice_ms == 3_000
    assert result.measures.agent_raised_voice_count is None
    assert [(r.party, r.start_ms, r.end_ms) for r in result.raised] == [(Role.CUSTOMER, 10_000, 13_000)]
