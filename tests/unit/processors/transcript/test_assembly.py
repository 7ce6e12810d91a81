from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from processors.language.lexicon import load_lexicon
from processors.language.readings import Reader
from processors.language.segmenter import Segmenter
from processors.transcript import DraftTurn, DraftWord, TranscriptDraft, assemble, with_legs, with_readings
from schemas.records.completed import AgentLeg
from schemas.records.terms import Entity, Role, SystemSound
from schemas.records.transcribed import Loudness, RaisedVoice, Silence, SpeechInterval, SystemStretch

Build = Callable[..., TranscriptDraft]


def said(party: Role, text: str, start_ms: int = 0, **more: object) -> DraftTurn:
    return DraftTurn(party=party, text=text, start_ms=start_ms, end_ms=start_ms + 1000, **more)


def spelled(text: str) -> tuple[DraftWord, ...]:
    return tuple(
        DraftWord(start=i, end=i + 1, start_ms=i * 100, end_ms=i * 100 + 90, probability=0.5 + i / 100)
        for i in range(len(text))
    )


def test_text_is_redacted_and_normalised(draft: Build) -> None:
    transcript = assemble(draft(said(Role.CUSTOMER, "我的號碼是一三八零零一三八零零零")))
    (turn,) = transcript.turns()
    assert turn.text == "我的號碼是[电话]"
    assert turn.normalised == "我的号码是[电话]"
    (redaction,) = transcript.redactions()
    assert (redaction.turn, redaction.start, redaction.end, redaction.entity) == (0, 5, 9, Entity.PHONE)


def test_a_question_of_the_agent_says_what_the_customer_answers(draft: Build) -> None:
    transcript = assemble(
        draft(said(Role.AGENT, "请报一下验证码"), said(Role.CUSTOMER, "四五六七", start_ms=2000))
    )
    assert transcript.turn_text == ("请报一下验证码", "[验证码]")


def test_words_of_a_masked_number_become_one_word_with_all_their_time(draft: Build) -> None:
    text = "号码13800138000谢"
    transcript = assemble(draft(said(Role.CUSTOMER, text, words=spelled(text))))
    words = list(transcript.words())
    assert [transcript.turn_text[0][word.start : word.end] for word in words] == ["号", "码", "[电话]", "谢"]
    assert (words[2].start_ms, words[2].end_ms, words[2].probability) == (200, 1290, 0.52)


def test_a_word_that_only_touches_a_masked_number_takes_the_placeholder_in(draft: Build) -> None:
    words = (
        DraftWord(start=0, end=5, start_ms=0, end_ms=500),
        DraftWord(start=5, end=13, start_ms=500, end_ms=900),
    )
    transcript = assemble(draft(said(Role.CUSTOMER, "号13800138000谢", words=words)))
    (word,) = transcript.words()
    assert (word.start, word.end, word.start_ms, word.end_ms) == (0, 6, 0, 900)


def test_turns_and_intervals_come_in_time_order(draft: Build) -> None:
    transcript = assemble(
        draft(
            said(Role.AGENT, "二", start_ms=5000),
            said(Role.CUSTOMER, "一", start_ms=1000),
            intervals=(
                SpeechInterval(party=Role.AGENT, start_ms=5000, end_ms=6000),
                SpeechInterval(party=Role.CUSTOMER, start_ms=1000, end_ms=2000),
            ),
        )
    )
    assert transcript.turn_text == ("一", "二")
    assert transcript.interval_start_ms == (1000, 5000)


def test_the_same_draft_gives_the_same_id_and_any_change_another(draft: Build) -> None:
    base = draft(said(Role.AGENT, "您好"))
    assert assemble(base).transcript_id == assemble(base).transcript_id
    others = [
        draft(said(Role.AGENT, "您好吗")),
        draft(said(Role.CUSTOMER, "您好")),
        draft(said(Role.AGENT, "您好", start_ms=1)),
        draft(said(Role.AGENT, "您好"), hearing_key="other"),
        draft(said(Role.AGENT, "您好"), agents=(AgentLeg(agent_id="1027"),)),
    ]
    assert len({assemble(one).transcript_id for one in [base, *others]}) == 6


def test_probabilities_do_not_change_the_id(draft: Build) -> None:
    one, other = (draft(said(Role.AGENT, "您好", confidence=confidence)) for confidence in (0.9, 0.91))
    assert assemble(one).transcript_id == assemble(other).transcript_id


def test_a_transcript_takes_corrected_legs_as_if_it_were_assembled_with_them(draft: Build) -> None:
    turns = (said(Role.AGENT, "您好"), said(Role.CUSTOMER, "你好", start_ms=3000))
    zero_at = draft().zero_at
    corrected = (AgentLeg(agent_id="1027", joined_at=zero_at, left_at=zero_at + 60_000),)
    heard = assemble(draft(*turns))
    assert with_legs(heard, corrected, zero_at) == assemble(draft(*turns, agents=corrected))
    assert with_legs(heard, (), zero_at) == heard


TEXT = st.text(alphabet="我的身份证13800嗯,。話a", min_size=1, max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, max_size=4))
def test_words_and_placeholders_lie_in_their_turns(draft: Build, texts: list[str]) -> None:
    turns = [said(Role.CUSTOMER, text, start_ms=i, words=spelled(text)) for i, text in enumerate(texts)]
    transcript = assemble(draft(*turns))
    assert len(transcript.turn_text) == len(texts)
    last = (0, 0)
    for word in transcript.words():
        assert last <= (word.turn, word.start) < (word.turn, word.end)
        assert word.end <= len(transcript.turn_text[word.turn])
        assert word.start_ms < word.end_ms
        last = (word.turn, word.end)
    for redaction in transcript.redactions():
        assert transcript.turn_text[redaction.turn][redaction.start] == "["
        assert transcript.turn_text[redaction.turn][redaction.end - 1] == "]"


def test_what_later_releases_measure_stands_in_the_transcript_and_counts_for_the_id(draft: Build) -> None:
    raised = RaisedVoice(party=Role.CUSTOMER, start_ms=0, end_ms=4_000, above_db=7.5)
    music = SystemStretch(sound=SystemSound.MUSIC, channel=0, start_ms=5_000, end_ms=9_000)
    level = Loudness(party=Role.CUSTOMER, channel=1, start_ms=0, dbfs=(-30, -24))
    plain = assemble(draft(said(Role.AGENT, "您好")))

    full = assemble(draft(said(Role.AGENT, "您好"), raised=(raised,), system=(music,), loudness=(level,)))

    assert list(full.raised_voices()) == [raised]
    assert list(full.system_stretches()) == [music]
    assert list(full.loudness()) == [level]
    assert full.transcript_id != plain.transcript_id


def test_a_silence_of_an_earlier_release_says_nothing_of_what_was_announced(draft: Build) -> None:
    told = assemble(draft(silences=(Silence(start_ms=1, end_ms=9, announced=True, after=Role.AGENT),)))
    earlier = replace(told, silence_announced=(), silence_after=(), silence_before=())

    assert list(told.silences()) == [Silence(start_ms=1, end_ms=9, announced=True, after=Role.AGENT)]
    assert list(earlier.silences()) == [Silence(start_ms=1, end_ms=9)]


def test_readings_stand_beside_the_redacted_words_and_count_for_the_id(draft: Build) -> None:
    lexicon = load_lexicon("zh")
    text = "我的號碼是13800138000，我要丁夠這個業務"
    heard = assemble(draft(said(Role.CUSTOMER, text, words=spelled(text))))

    read = with_readings(heard, Reader(lexicon, Segmenter(lexicon)))

    (reading,) = read.readings()
    assert (reading.turn, reading.heard, reading.phrase) == (0, "丁够", "订购")
    assert read.turn_text == heard.turn_text
    assert read.turn_text[0][reading.start : reading.end] == "丁夠"
    assert "13800138000" not in read.turn_text[0]
    assert read.transcript_id != heard.transcript_id


def test_a_transcript_without_readings_keeps_its_id(draft: Build) -> None:
    lexicon = load_lexicon("zh")
    heard = assemble(draft(said(Role.AGENT, "您好，请问有什么可以帮您")))

    assert with_readings(heard, Reader(lexicon, Segmenter(lexicon))) == heard
