from __future__ import annotations

import pytest

from processors.classification.matcher import PhraseIndex
from processors.classification.sentiment import SentimentLexicon, label_turns, party_sentiment
from schemas.records.terms import Role
from schemas.records.transcribed import Hearing, Measures, Transcript, Turn, columns_of

PHRASES = ("满意", "不满意", "太差", "不", "谢谢")
LEXICON = SentimentLexicon(frozenset({0, 4}), frozenset({1, 2}), frozenset({3}), reach=1)


def _labels(*texts: str) -> tuple[int, ...]:
    return label_turns(texts, PhraseIndex(PHRASES).find(texts), LEXICON)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("我很满意你的服务", 1),
        ("我不满意你的服务", -1),
        ("你们的服务太差了", -1),
        ("谢谢你,虽然他太差", 0),
        ("我要查一下话费", 0),
        ("太差了", 0),
    ],
)
def test_a_turn_is_negative_neutral_or_positive(text, label):
    assert _labels(text) == (label,)


def test_a_negator_just_before_a_word_turns_it_round():
    assert _labels("你们不太差呀还行") == (1,)


def _turn(start: int, end: int, party: Role = Role.CUSTOMER) -> Turn:
    return Turn(party=party, start_ms=start, end_ms=end, text="", normalised="")


def _transcript(turns: list[Turn]) -> Transcript:
    return Transcript(
        transcript_id="t",
        hearing_key="t",
        hearing=Hearing(engine="example", engine_version="1"),
        language="zh",
        measures=Measures(definition_version="example"),
        **columns_of("turn_", turns, Turn),
    )


def test_quarters_run_to_the_partys_own_last_word_and_take_turns_by_their_begin():
    turns = [_turn(0, 900), _turn(900, 2100), _turn(3000, 4000), _turn(5000, 90_000, Role.AGENT)]

    mood = party_sentiment(Role.CUSTOMER, _transcript(turns), (1, -1, -1, 1))

    assert (mood.quarter1, mood.quarter2, mood.quarter3, mood.quarter4) == (0.0, None, None, -5.0)
    assert mood.overall == -2.5
    assert mood.shift == -5.0


def test_the_overall_value_is_the_mean_of_the_quarters_not_of_the_turns():
    turns = [_turn(0, 10), _turn(10, 20), _turn(20, 30), _turn(900, 1000)]

    mood = party_sentiment(Role.CUSTOMER, _transcript(turns), (1, 1, 1, -1))

    assert mood.overall == 0.0


def test_who_said_nothing_has_no_mood():
    mood = party_sentiment(Role.AGENT, _transcript([_turn(0, 10)]), (1,))

    assert mood.overall is None
    assert mood.shift is None
