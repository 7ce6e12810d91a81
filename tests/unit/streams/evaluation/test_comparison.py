import pytest

from processors.transcription import Listened
from processors.transcription.engine import HeardWord, Span
from processors.transcription.turns import PartySpeech, build_turns
from schemas.records.terms import Role
from streams.evaluation.comparison import compare
from streams.evaluation.manifest import ReferenceTurn


def heard(*spoken, language="zh"):
    """What was heard: role, start, end, words of equal length."""
    parties = tuple(
        PartySpeech(
            party=role,
            channel=n,
            speech=tuple(Span(start, end) for r, start, end, _ in spoken if r is role),
            words=tuple(
                HeardWord(
                    text=word,
                    start_ms=start + k * (end - start) // len(said),
                    end_ms=start + (k + 1) * (end - start) // len(said),
                    probability=0.9,
                )
                for r, start, end, said in spoken
                if r is role
                for k, word in enumerate(said)
            ),
        )
        for n, role in enumerate(dict.fromkeys(row[0] for row in spoken))
    )
    return Listened(language=language, parties=parties, turns=tuple(build_turns(parties, language)))


def said(role, text, start_ms=None, end_ms=None):
    return ReferenceTurn(role=role, text=text, start_ms=start_ms, end_ms=end_ms)


def test_errors_are_counted_for_the_party_and_the_turn_in_which_they_were_made():
    truth = [
        said(Role.AGENT, "您好请讲", 0, 1_000),
        said(Role.AGENT, "多扣的话费会退还", 5_000, 7_000),
        said(Role.CUSTOMER, "好的", 8_000, 9_000),
    ]
    found = heard(
        (Role.AGENT, 0, 1_000, ["您好", "请讲"]),
        (Role.AGENT, 5_000, 7_000, ["多扣的", "花费", "会退"]),
        (Role.CUSTOMER, 8_000, 9_000, ["好的"]),
    )

    agent, customer = compare(truth, found)

    assert (agent.characters.units, agent.characters.errors) == (12, 2)
    assert [turn.characters.errors for turn in agent.turns] == [0, 2]
    assert agent.turns[1].units_per_minute == pytest.approx(240)
    assert customer.characters.errors == 0
    assert agent.words is None


def test_words_on_the_wrong_channel_are_errors_of_both_parties():
    found = heard((Role.CUSTOMER, 0, 1_000, ["您好"]))

    agent, customer = compare([said(Role.AGENT, "您好", 0, 1_000)], found)

    assert (agent.role, agent.characters.deletions) == (Role.AGENT, 2)
    assert (customer.role, customer.characters.insertions) == (Role.CUSTOMER, 2)


def test_a_mixed_channel_is_compared_as_a_whole():
    truth = [said(Role.AGENT, "您好", 0, 1_000), said(Role.CUSTOMER, "我要投诉", 2_000, 3_000)]

    (mixed,) = compare(
        truth, heard((Role.MIXED, 0, 1_000, ["您好"]), (Role.MIXED, 2_000, 3_000, ["我要投诉"]))
    )

    assert (mixed.role, mixed.characters.units, mixed.characters.errors) == (Role.MIXED, 6, 0)


def test_times_count_only_where_the_outer_character_was_heard_right():
    truth = [said(Role.AGENT, "您好", 0, 1_000), said(Role.AGENT, "请讲", 5_000, 6_000)]
    found = heard((Role.AGENT, 100, 1_050, ["您", "好"]), (Role.AGENT, 5_000, 6_000, ["清", "讲"]))

    (agent,) = compare(truth, found)

    assert sorted(agent.word_errors_ms) == [0, 50, 100]
    assert sorted(agent.border_errors_ms) == [0, 0, 50, 100]


def test_a_language_with_spaces_is_counted_in_words_too():
    truth = [said(Role.CUSTOMER, "I want a refund", 0, 1_000)]

    (customer,) = compare(truth, heard((Role.CUSTOMER, 0, 1_000, [" I", " want", " refund"]), language="en"))

    assert (customer.words.units, customer.words.deletions) == (4, 1)
    assert customer.characters.errors == 1
