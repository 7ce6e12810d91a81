import pytest

from processors.transcription.engine import HeardWord, Span, SpokenLanguage
from processors.transcription.exclusions import excluded_heard, excluded_unheard, foreign_language
from processors.transcription.turns import PartySpeech, build_turns
from schemas.records.completed import AgentLeg, InteractionCompleted, Recording
from schemas.records.terms import Channel, Disposition, ExclusionReason, Role

ENGINE = ("zh", "en", "fr", "yue")


def call(**facts):
    return InteractionCompleted(
        **{
            "interaction_id": "i",
            "record_version": 1,
            "tenant_id": "t",
            "source_system": "s",
            "channel": Channel.VOICE,
            "started_at": 0,
            "ended_at": 60_000,
            "agents": (AgentLeg(agent_id="1"),),
            "recordings": (Recording(uri="file:///a"),),
            **facts,
        }
    )


def heard(*said, probability=0.9, wordless=()):
    parties = []
    for n, (role, text) in enumerate(said):
        words = tuple(
            HeardWord(text=c, start_ms=n * 5_000 + i, end_ms=n * 5_000 + i + 1, probability=probability)
            for i, c in enumerate(text)
        )
        parties.append(
            PartySpeech(party=role, channel=n % 2, speech=(Span(n * 5_000, n * 5_000 + 3_000),), words=words)
        )
    parties += [PartySpeech(party=Role.AGENT, channel=0, speech=(Span(*s),), words=()) for s in wordless]
    return excluded_heard(parties, build_turns(parties, "zh"))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"language": "zh-CN"}, None),
        ({"language": "en-US"}, None),
        ({"language": None}, None),
        ({"language": "fr-FR"}, ExclusionReason.LANGUAGE_UNSUPPORTED),
        ({"language": "bo-CN"}, ExclusionReason.LANGUAGE_UNSUPPORTED),
        ({"language": "yue-HK"}, ExclusionReason.DIALECT_UNSUPPORTED),
        ({"language": "nan-TW"}, ExclusionReason.DIALECT_UNSUPPORTED),
        ({"disposition": Disposition.VOICEMAIL}, ExclusionReason.VOICEMAIL),
    ],
)
def test_what_the_event_says_decides_whether_a_call_is_heard(facts, reason):
    assert excluded_unheard(call(**facts), ENGINE) is reason


@pytest.mark.parametrize(
    "announcement",
    [
        "您好，您拨打的电话暂时无人接听，请稍后再拨",
        "您所撥打的用戶已關機",
        "请在提示音后留言",
        "嘀声之后请留言，结束请挂机",
        "please leave a message after the tone",
        "the person you are trying to reach is not available",
    ],
)
def test_a_mailbox_or_announcement_on_the_called_side_is_voicemail(announcement):
    assert (
        heard((Role.AGENT, "您好请问是王先生吗"), (Role.CUSTOMER, announcement)) is ExclusionReason.VOICEMAIL
    )


def test_a_customer_who_speaks_of_an_announcement_is_no_mailbox():
    said = "我打了三次都是您拨打的电话无人接听"
    more = "你们到底什么时候给我回电话我已经等了整整一个星期了真的很着急"

    assert heard((Role.CUSTOMER, said), (Role.AGENT, "非常抱歉"), (Role.CUSTOMER, more)) is None


def test_an_agent_who_says_how_to_leave_a_message_is_no_mailbox():
    assert heard((Role.AGENT, "您可以在提示音后留言"), (Role.CUSTOMER, "好的")) is None


def test_speech_that_is_mostly_without_words_is_unintelligible():
    said = ((Role.AGENT, "您好请问有什么可以帮您"), (Role.CUSTOMER, "喂喂喂"))

    assert heard(*said, wordless=[(20_000, 25_000)]) is None
    assert heard(*said, wordless=[(20_000, 27_000)]) is ExclusionReason.UNINTELLIGIBLE


def test_words_that_were_guessed_throughout_are_unintelligible():
    assert heard((Role.AGENT, "您好"), probability=0.29) is ExclusionReason.UNINTELLIGIBLE
    assert heard((Role.AGENT, "您好"), probability=0.31) is None


def spoken(**probabilities):
    return [SpokenLanguage(language=code, probability=p) for code, p in probabilities.items()]


@pytest.mark.parametrize(
    ("stated", "languages", "foreign"),
    [
        ("zh-CN", spoken(en=0.95, zh=0.02), "en"),
        ("zh-CN", spoken(en=0.7, zh=0.05), None),
        ("zh-CN", spoken(ja=0.85, zh=0.12), None),
        ("zh-CN", spoken(zh=0.9, en=0.05), None),
        (None, spoken(en=0.95), None),
        ("zh-CN", (), None),
    ],
)
def test_another_language_must_be_spoken_for_sure(stated, languages, foreign):
    assert foreign_language(stated, languages) == foreign
