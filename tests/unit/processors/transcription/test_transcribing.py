import numpy as np
import pytest
from msgspec.structs import replace

from processors.transcript import SourceCoordinates, header_of
from processors.transcription import Audio, Hearer, HearingOptions, excluded_unheard, transcribe
from processors.transcription.engine import EngineInfo, Heard, HeardChannel, HeardWord, Span
from schemas.records.completed import AgentLeg, InteractionCompleted, Recording, SelfService, Step
from schemas.records.terms import Channel, Consent, Disposition, Entity, ExclusionReason, Role, SystemSound

SECOND = 16_000
START = 1_760_000_000_000
EVENT = InteractionCompleted(
    interaction_id="i1",
    record_version=1,
    tenant_id="t",
    source_system="pbx",
    channel=Channel.VOICE,
    started_at=START,
    ended_at=START + 60_000,
    language="zh-CN",
    agents=(
        AgentLeg(agent_id="1001", joined_at=START, left_at=START + 10_000),
        AgentLeg(agent_id="1002", joined_at=START + 10_000, left_at=START + 60_000),
    ),
    recordings=(Recording(uri="file:///a.wav", channel_roles=(Role.AGENT, Role.CUSTOMER), started_at=START),),
)
HEADER = header_of(EVENT, SourceCoordinates(topic="t", partition=0, offset=1, timestamp_ms=START))


class LoudIsSpeech:
    """Speech is wherever a sample is not zero: one interval from the first to the last."""

    def intervals(self, samples):
        (loud,) = np.nonzero(samples)
        return (Span(int(loud[0]) // 16, int(loud[-1] + 1) // 16),) if loud.size else ()


class Script:
    """An engine that says one prepared sentence a channel, at the begin of its speech."""

    info = EngineInfo(
        name="script", version="1", model="m", model_sha256="ab", options="", languages=("zh", "en")
    )

    def __init__(self, *sentences, probability=0.9, notes=(), language="zh"):
        self.sentences = sentences
        self.probability = probability
        self.notes = notes
        self.language = language

    def hear(self, channels, language, hot_words):
        said = zip(channels, self.sentences, strict=True)
        heard = [HeardChannel(words=self._words(*pair), notes=self.notes) for pair in said]
        return Heard(language=language or self.language, channels=tuple(heard))

    def _words(self, channel, sentence):
        if not channel.speech:
            return ()
        at = channel.speech[0].start_ms
        return tuple(
            HeardWord(text=letter, start_ms=at, end_ms=at + 10, probability=self.probability)
            for letter in sentence
        )


def audio(*speech, seconds=30, roles=(Role.AGENT, Role.CUSTOMER), offset_ms=0):
    samples = np.zeros((len(speech), seconds * SECOND), dtype=np.float32)
    for row, (start, end) in zip(samples, speech, strict=True):
        row[int(start * SECOND) : int(end * SECOND)] = np.random.default_rng(len(row)).uniform(
            0.1, 0.2, int((end - start) * SECOND)
        )
    return Audio(samples=samples, sha256="ab" * 32, roles=roles, offset_ms=offset_ms)


def heard(engine, *recordings, event=EVENT):
    hearer = Hearer(engine=engine, detector=LoudIsSpeech())
    return transcribe(event, HEADER, recordings, hearer, HearingOptions(lexicon_hash="lex"))


def heard_in_turn(*pairs, event):
    """Several recordings, each with the sentences that are said in it."""
    sentences = [sentence for engine, _ in pairs for sentence in engine.sentences]
    return heard(Script(*sentences), *(recording for _, recording in pairs), event=event)


def test_a_call_becomes_turns_with_party_leg_and_measures():
    result = heard(Script("您好工号一零三三", "我的话费多扣了"), audio((1, 4), (12, 14)))

    assert result.exclusion is None
    turns = list(result.transcript.turns())
    assert [(t.party, t.leg, t.start_ms, t.end_ms, t.text) for t in turns] == [
        (Role.AGENT, 0, 1_000, 4_000, "您好工号一零三三"),
        (Role.CUSTOMER, 1, 12_000, 14_000, "我的话费多扣了"),
    ]
    assert result.transcript.measures.longest_silence_ms == 8_000
    assert [(i.party, i.start_ms) for i in result.transcript.intervals()] == [
        (Role.AGENT, 1_000),
        (Role.CUSTOMER, 12_000),
    ]


def test_personal_data_leaves_only_redacted():
    result = heard(Script("请报手机号码", "一三八零零一三八零零零"), audio((1, 3), (4, 8)))

    texts = [turn.text for turn in result.transcript.turns()]
    assert texts == ["请报手机号码", "[电话]"]
    assert [r.entity for r in result.transcript.redactions()] == [Entity.PHONE]


def test_speed_is_that_of_the_raw_sentence():
    result = heard(Script("请报手机号码", "一三八零零一三八零零零"), audio((1, 3), (4, 8)))

    assert [turn.units_per_minute for turn in result.transcript.turns()] == [180.0, 165.0]


def test_the_result_says_what_heard_it_and_what_was_decoded_again():
    result = heard(Script("您好", "喂喂", notes=("again",)), audio((1, 3), (4, 8)))

    hearing = result.transcript.hearing
    assert (hearing.engine, hearing.model_sha256, hearing.lexicon_hash) == ("script", "ab", "lex")
    assert hearing.notes == ("again", "again")
    assert result.recordings[0].sha256 == "ab" * 32
    assert result.recordings[0].duration_ms == 30_000


def test_the_same_audio_gives_the_same_transcript_id():
    once = heard(Script("您好", "喂喂"), audio((1, 3), (4, 8)))
    again = heard(Script("您好", "喂喂"), audio((1, 3), (4, 8)))
    other = heard(Script("您好", "喂"), audio((1, 3), (4, 8)))

    assert once.transcript.transcript_id == again.transcript.transcript_id
    assert once.transcript.hearing_key == other.transcript.hearing_key
    assert once.transcript.transcript_id != other.transcript.transcript_id


def test_a_second_recording_continues_the_time_line():
    event = replace(
        EVENT,
        recordings=(EVENT.recordings[0], replace(EVENT.recordings[0], uri="b", started_at=START + 30_000)),
    )

    result = heard(
        Script("您好", "喂喂", "还在", "好的"),
        audio((1, 3), (4, 8)),
        audio((1, 3), (4, 8), offset_ms=30_000),
        event=event,
    )

    assert [t.start_ms for t in result.transcript.turns()] == [1_000, 4_000, 31_000, 34_000]


def test_a_phantom_is_dropped_and_noted():
    result = heard(Script("您好", "感谢观看"), audio((1, 3), (4, 8)))

    assert [t.text for t in result.transcript.turns()] == ["您好"]
    assert result.transcript.hearing.notes == ("phantom dropped at 4000-8000 ms",)


def test_a_recording_shorter_than_stated_is_noted():
    event = replace(EVENT, recordings=(replace(EVENT.recordings[0], duration_ms=60_000),))

    result = heard(Script("您好", "喂喂"), audio((1, 3), (4, 8)), event=event)

    assert result.transcript.hearing.notes == ("recording ends 30000 ms before its stated length",)


def test_a_language_that_the_event_leaves_open_is_the_detected_one():
    result = heard(
        Script("hello", "yes", language="en"), audio((1, 3), (4, 8)), event=replace(EVENT, language=None)
    )

    assert result.transcript.language == "en"


def test_silence_is_no_content():
    assert heard(Script("您好", "喂"), audio((1, 1), (4, 4))).exclusion is ExclusionReason.NO_CONTENT


def test_speech_without_a_word_is_unintelligible():
    assert heard(Script("", ""), audio((1, 3), (4, 8))).exclusion is ExclusionReason.UNINTELLIGIBLE


def test_a_cough_is_no_content():
    assert heard(Script("", ""), audio((1, 2), (4, 4.5))).exclusion is ExclusionReason.NO_CONTENT


def test_words_that_were_guessed_throughout_are_unintelligible():
    result = heard(Script("您好", "喂喂", probability=0.2), audio((1, 3), (4, 8)))

    assert result.exclusion is ExclusionReason.UNINTELLIGIBLE
    assert result.transcript is None
    assert result.recordings[0].sha256 == "ab" * 32


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"recording_consent": Consent.DENIED}, ExclusionReason.CONSENT_DENIED),
        ({"recordings": ()}, ExclusionReason.NO_CONTENT),
        ({"language": "bo-CN"}, ExclusionReason.LANGUAGE_UNSUPPORTED),
        ({"disposition": Disposition.ABANDONED_QUEUE, "agents": ()}, ExclusionReason.NO_SERVICE),
    ],
)
def test_some_calls_need_not_be_heard(change, reason):
    event = replace(EVENT, **change)

    assert excluded_unheard(event, ("zh", "en")) is reason
    assert (
        heard(Script(), *(() if not event.recordings else (audio((1, 2)),)), event=event).exclusion is reason
    )


def test_a_call_that_an_agent_took_is_heard_whatever_its_disposition_says():
    assert excluded_unheard(replace(EVENT, disposition=Disposition.ABANDONED_QUEUE), ("zh",)) is None
    assert excluded_unheard(replace(EVENT, language=None), ("zh",)) is None


def per_party(*started_ms):
    roles = ((Role.AGENT,), (Role.CUSTOMER,))
    return replace(
        EVENT,
        recordings=tuple(
            Recording(uri=f"file:///{n}.wav", channel_roles=role, started_at=START + ms)
            for n, (role, ms) in enumerate(zip(roles, started_ms, strict=True))
        ),
    )


def test_a_file_a_party_is_one_call_on_one_time_line():
    result = heard_in_turn(
        (Script("您好工号一零三三"), audio((1, 6), roles=(Role.AGENT,))),
        (Script("我的话费多扣了"), audio((2, 6), roles=(Role.CUSTOMER,), offset_ms=3_000)),
        event=per_party(0, 3_000),
    )

    assert [(t.party, t.start_ms, t.end_ms) for t in result.transcript.turns()] == [
        (Role.AGENT, 1_000, 6_000),
        (Role.CUSTOMER, 5_000, 9_000),
    ]
    assert result.transcript.measures.overlap_ms == 1_000
    assert result.transcript.measures.customer_interruption_count == 1
    assert [(level.party, level.start_ms, len(level.dbfs)) for level in result.transcript.loudness()] == [
        (Role.AGENT, 0, 30),
        (Role.CUSTOMER, 3_000, 30),
    ]


def test_after_a_transfer_each_recording_speaks_for_its_leg_and_the_wait_between_is_silence():
    event = replace(
        EVENT,
        recordings=(EVENT.recordings[0], replace(EVENT.recordings[0], uri="b", started_at=START + 20_000)),
    )

    result = heard_in_turn(
        (Script("您好", "我要退货"), audio((1, 3), (4, 8), seconds=10)),
        (Script("您好我是专员", "好的"), audio((1, 3), (4, 8), seconds=10, offset_ms=20_000)),
        event=event,
    )

    transcript = result.transcript
    assert [(t.leg, t.start_ms) for t in transcript.turns()] == [
        (0, 1_000),
        (0, 4_000),
        (1, 21_000),
        (1, 24_000),
    ]
    assert [(s.start_ms, s.end_ms) for s in transcript.silences()] == [(8_000, 21_000)]
    assert transcript.measures.conversation_ms == 27_000


def test_recordings_that_overlap_keep_their_places():
    event = replace(
        EVENT,
        recordings=(EVENT.recordings[0], replace(EVENT.recordings[0], uri="b", started_at=START + 5_000)),
    )

    result = heard_in_turn(
        (Script("您好", "我要退货"), audio((1, 3), (4, 8), seconds=10)),
        (Script("您好我是专员", "好的"), audio((4, 6), (7, 8), seconds=10, offset_ms=5_000)),
        event=event,
    )

    starts = [(t.party, t.start_ms) for t in result.transcript.turns()]
    assert starts == [
        (Role.AGENT, 1_000),
        (Role.CUSTOMER, 4_000),
        (Role.AGENT, 9_000),
        (Role.CUSTOMER, 12_000),
    ]


def test_a_customer_whom_both_sides_of_a_transfer_record_speaks_once():
    event = replace(
        EVENT,
        recordings=(
            replace(EVENT.recordings[0], channel_roles=(Role.CUSTOMER,)),
            replace(EVENT.recordings[0], uri="b", started_at=START + 5_000, channel_roles=(Role.CUSTOMER,)),
        ),
    )
    first = audio((6, 16), seconds=20, roles=(Role.CUSTOMER,))
    louder = np.repeat(np.random.default_rng(5).uniform(0.1, 0.9, 100), SECOND // 5).astype(np.float32)
    first = replace(first, samples=first.samples * louder)
    second = replace(first, samples=first.samples[:, 5 * SECOND :] / 2, offset_ms=5_000)

    result = heard_in_turn((Script("我要退货"), first), (Script(""), second), event=event)

    assert [(t.party, t.start_ms, t.text) for t in result.transcript.turns()] == [
        (Role.CUSTOMER, 6_000, "我要退货")
    ]
    assert result.transcript.measures.customer_talk_ms == 10_000
    assert "customer at 5000-20000 ms recorded twice: 1 and 2" in result.transcript.hearing.notes


def test_an_ivr_prompt_on_the_agents_channel_is_the_systems():
    steps = (Step(seq=1, node_id="menu", entered_at=START, left_at=START + 5_000),)
    event = replace(
        EVENT,
        agents=(AgentLeg(agent_id="1001", joined_at=START + 6_000, left_at=START + 60_000),),
        self_service=SelfService(flow_id="ivr", steps=steps),
    )

    result = heard(Script("查话费请按一", "喂"), audio((1, 4), (8, 9)), event=event)

    transcript = result.transcript
    assert [turn.party for turn in transcript.turns()] == [Role.SYSTEM, Role.CUSTOMER]
    assert [(s.sound, s.start_ms, s.end_ms) for s in transcript.system_stretches()] == [
        (SystemSound.PROMPT, 1_000, 4_000)
    ]
    assert transcript.measures.agent_talk_ms == 0


def test_hold_that_every_leg_states_is_summed_up():
    legs = tuple(replace(leg, hold_ms=4_000) for leg in EVENT.agents)
    engine = Script("您好工号一零三三", "我的话费多扣了")

    stated = heard(engine, audio((1, 4), (12, 14)), event=replace(EVENT, agents=legs))
    half = heard(engine, audio((1, 4), (12, 14)), event=replace(EVENT, agents=(legs[0], EVENT.agents[1])))

    assert stated.transcript.measures.hold_ms == 8_000
    assert half.transcript.measures.hold_ms is None


def test_what_a_mailbox_says_is_excluded_with_its_recordings():
    result = heard(Script("喂您好", "您拨打的电话暂时无人接听"), audio((6, 8), (1, 5)))

    assert (result.exclusion, result.transcript) == (ExclusionReason.VOICEMAIL, None)
    assert result.recordings[0].duration_ms == 30_000
