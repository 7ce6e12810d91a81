from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from processors.classification.matching_text import squeeze, squeeze_turns

TURNS = st.lists(st.text(alphabet="好的 ,、a1\u2019\n", max_size=12), max_size=5)


def test_spaces_and_commas_that_a_recogniser_guessed_are_dropped_in_speech():
    squeezed = squeeze("小程序里面找,不到 app 入口")

    assert squeezed.text == "小程序里面找不到app入口"
    assert squeezed.span(5, 8) == (5, 9)


def test_commas_that_somebody_typed_stay():
    assert squeeze("好的,不用", spoken=False).text == "好的,不用"


@given(st.text(alphabet="好的 ,a1", max_size=20))
def test_a_squeezed_character_is_the_one_it_came_from(text):
    squeezed = squeeze(text)

    for index, character in enumerate(squeezed.text):
        start, end = squeezed.span(index, index + 1)
        assert text[start:end] == character


@given(texts=TURNS, spoken=st.booleans())
def test_turns_squeezed_together_are_what_each_is_alone(texts, spoken):
    together = squeeze_turns(texts, spoken)

    assert [turn.text for turn in together] == [squeeze(text, spoken).text for text in texts]
    assert [turn.span(0, len(turn.text)) for turn in together] == [
        one.span(0, len(one.text)) for one in (squeeze(text, spoken) for text in texts)
    ]
