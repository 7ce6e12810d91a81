import pytest

from processors.transcription.turns import PlacedWord, SpokenTurn
from processors.transcription.waits import announcements_ms, is_announced
from schemas.records.terms import Role


def spoken(text, party=Role.AGENT, at_ms=1_000):
    words = tuple(
        PlacedWord(
            start=n, end=n + 1, start_ms=at_ms + 100 * n, end_ms=at_ms + 100 * n + 100, probability=1.0
        )
        for n in range(len(text))
    )
    end_ms = at_ms + 100 * len(text)
    return SpokenTurn(
        party=party, channel=0, start_ms=at_ms, end_ms=end_ms, talk_ms=1, text=text, words=words, units=1
    )


@pytest.mark.parametrize(
    "text",
    [
        "请您稍等",
        "好的您等一下",
        "我帮您查询一下",
        "請您稍等",
        "请不要挂机",
        "one moment please",
        "Let me check that",
    ],
)
def test_a_request_to_wait_is_found_in_what_the_agent_says(text):
    assert len(announcements_ms([spoken(text)])) == 1


@pytest.mark.parametrize("text", ["您的套餐是每月五十九元", "可以的", "we checked it"])
def test_other_sentences_announce_nothing(text):
    assert announcements_ms([spoken(text)]) == ()


def test_it_ends_with_its_own_last_word_not_with_the_turn():
    assert announcements_ms([spoken("请您稍等马上就好")]) == (1_400,)


def test_a_customer_who_asks_to_wait_announces_nothing():
    assert announcements_ms([spoken("你等一下", Role.CUSTOMER)]) == ()


def test_it_excuses_the_ten_seconds_after_it():
    assert is_announced(11_400, [1_400])
    assert not is_announced(11_401, [1_400])
    assert is_announced(1_000, [1_400])
    assert not is_announced(0, [1_400])
