"""Readings are measured in the place of what was heard, and change nothing else."""

import pytest

from processors.language.lexicon import load_lexicon
from processors.transcription import Listened
from processors.transcription.turns import PlacedWord, SpokenTurn
from schemas.records.terms import Role
from streams.evaluation.insertions import added_terms
from streams.evaluation.manifest import ReferenceTurn
from streams.evaluation.read import as_read
from streams.readers import readers


def turn(text: str, probability: float = 0.5, party: Role = Role.AGENT) -> SpokenTurn:
    words = tuple(
        PlacedWord(start=n, end=n + 1, start_ms=n, end_ms=n + 1, probability=probability)
        for n in range(len(text))
    )
    return SpokenTurn(
        party=party,
        channel=0,
        start_ms=0,
        end_ms=1_000,
        talk_ms=1_000,
        text=text,
        words=words,
        units=len(text),
    )


@pytest.fixture(scope="module")
def chinese():
    return readers()


def test_a_reading_takes_the_place_of_what_was_heard(chinese):
    listened = Listened(language="zh-CN", parties=(), turns=(turn("工號1033位您服務，请讲"),))

    read = as_read(listened, chinese)

    assert [one.text for one in read.turns] == ["工號1033为您服务，请讲"]
    assert listened.turns[0].text == "工號1033位您服務，请讲"


def test_a_language_without_reader_is_left_as_it_is(chinese):
    listened = Listened(language="en", parties=(), turns=(turn("hello"),))

    assert as_read(listened, chinese) is listened


def test_domain_words_that_nobody_said_are_counted_by_party():
    lexicons = {"zh": load_lexicon("zh")}
    truth = [
        ReferenceTurn(role=Role.AGENT, text="请讲"),
        ReferenceTurn(role=Role.CUSTOMER, text="我要查话费"),
    ]
    listened = Listened(
        language="zh", parties=(), turns=(turn("话费请讲"), turn("我要查话费", party=Role.CUSTOMER))
    )

    assert added_terms(truth, listened, lexicons) == {"话费": 1}
    assert added_terms(truth, Listened(language="fr", parties=()), lexicons) == {}
