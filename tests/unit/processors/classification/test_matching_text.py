from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from processors.classification.matching_text import squeeze, squeeze_turns


def test_spaces_and_commas_that_a_recogniser_guessed_are_dropped_in_speech():
    squeezed = squeeze("小程序里面找,不到 app 入口")

    assert squeezed.text == "小程序里面找不到app入口"
    assert squeezed.span(5, 8) == (5, 9)


def test_commas_that_somebody_typed_stay():
    assert squeeze("好的,不用", spoken=False).text == "好的,不用"


@given(text=st.text(alphabet="好的 ,、a1", max_size=20), spoken=st.booleans())
def test_a_squeezed_character_is_the_one_it_came_from(text, spoken):
    squeezed = squeeze(text, spoken)

    for index, character in enumerate(squeezed.text):
        start, end = squeezed.span(index, index + 1)
        assert text[start:end] == character


@given(text=st.text(alphabet="好的 ,、a1", max_size=20), spoken=st.booleans(), data=st.data())
def test_a_span_goes_from_the_place_of_its_first_character_to_that_of_its_last(text, spoken, data):
    squeezed = squeeze(text, spoken)
    start = data.draw(st.integers(0, len(squeezed.text)))
    end = data.draw(st.integers(start, len(squeezed.text)))
    found = squeezed.span(start, end)

    if start < end:
        first, last = squeezed.span(start, start + 1), squeezed.span(end - 1, end)
        assert found == (first[0], last[1])
    else:
        assert found[0] == found[1]


@given(
    turns=st.lists(st.tuples(st.text(alphabet="好的 ,、a1\u2019\n", max_size=12), st.booleans()), max_size=5)
)
def test_turns_squeezed_together_are_what_each_is_alone(turns):
    together = squeeze_turns([text for text, _ in turns], [spoken for _, spoken in turns])

    alone = [squeeze(*turn) for turn in turns]
    assert together.texts == tuple(one.text for one in alone)
    assert [together[n].span(0, len(one.text)) for n, one in enumerate(alone)] == [
        one.span(0, len(one.text)) for one in alone
    ]


@given(spoken=st.booleans(), texts=st.lists(st.text(alphabet="好的 ,、a1\u2019", max_size=12), max_size=5))
def test_so_are_turns_of_one_kind(spoken, texts):
    together = squeeze_turns(texts, [spoken] * len(texts))

    assert together.texts == tuple(squeeze(text, spoken).text for text in texts)
