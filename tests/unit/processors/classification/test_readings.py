"""A reading of misheard words is weaker evidence: doubt for what must not be said, enough for what must."""

import pytest
from msgspec.structs import replace

from processors.classification.classify import judge
from processors.classification.conversation import Conversation
from schemas.records.terms import Doubt, Verdict
from schemas.records.transcribed import Reading, columns_of


def reading(turn: int, text: str, heard: str, phrase: str) -> Reading:
    start = text.index(heard)
    return Reading(
        turn=turn, start=start, end=start + len(heard), heard=heard, phrase=phrase, confidence=0.8, reason=""
    )


@pytest.fixture
def judged(rule_of, conversation_of):
    """The judgement on one turn of the agent that has readings."""

    def answer(when: str, text: str, *readings: tuple[str, str]):
        ruleset = rule_of(when)
        plain = conversation_of(ruleset, f"客服: {text}")
        rows = [reading(0, text, heard, phrase) for heard, phrase in readings]
        read = replace(plain.transcript, **columns_of("reading_", rows, Reading))
        conversation = Conversation(plain.header, read, ruleset.search, plain._segmenter)
        (judgement,) = judge(ruleset.rules[0], conversation, ruleset)
        return judgement

    return answer


FORBIDDEN = "said: [保本保息绝对没有风险]\nsounds_like: true"


def test_a_phrase_across_a_reading_and_what_was_heard_right_is_uncertain(judged) -> None:
    text = "这款产品包本保锡绝对没有风险"

    judgement = judged(FORBIDDEN, text, ("包本保锡", "保本保息"))

    assert (judgement.verdict, judgement.doubt) == (Verdict.UNCERTAIN, Doubt.SOUND_ALIKE)
    (place,) = judgement.evidence
    assert (place.words, place.reading) == ("包本保锡绝对没有风险", "保本保息绝对没有风险")


def test_a_reading_satisfies_what_must_be_said(judged) -> None:
    when = "not: {said: [欢迎致电客户服务中心], sounds_like: true}"

    judgement = judged(when, "您好华宁之店客服务中心", ("华宁之店客服务中心", "欢迎致电客户服务中心"))

    assert judgement.verdict is Verdict.NO_HIT


def test_a_rule_that_does_not_ask_for_sound_sees_no_reading(judged) -> None:
    judgement = judged("said: [订购]", "您没有丁夺过", ("丁夺", "订购"))

    assert judgement.verdict is Verdict.NO_HIT


def test_places_behind_a_reading_of_another_length_lie_where_they_were_heard(judged) -> None:
    text = "客服务中心您好,为您服雾了"

    judgement = judged(
        "said: [为您服务了]\nsounds_like: true", text, ("客服务中心", "客户服务中心"), ("服雾", "服务")
    )

    assert [place.words for place in judgement.evidence] == ["为您服雾了"]
    assert judgement.evidence[0].start == text.index("为您")
