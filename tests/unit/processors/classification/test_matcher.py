from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.classification.matcher import Occurrence, PhraseIndex, Vocabulary


def _index(*phrases: str) -> tuple[PhraseIndex, list[int]]:
    vocabulary = Vocabulary()
    ids = [vocabulary.add(phrase) for phrase in phrases]
    return PhraseIndex(vocabulary.phrases()), ids


def test_phrases_that_overlap_are_all_found_with_their_turn():
    index, (first, second) = _index("不归我们管", "我们管")

    found = index.find(["你好", "这个不归我们管"])

    assert found[first] == [Occurrence(1, 2, 7)]
    assert found[second] == [Occurrence(1, 4, 7)]


def test_no_phrase_reaches_from_one_turn_into_the_next():
    index, _ = _index("人话")

    assert index.find(["听不懂人", "话费"]) == {}


def test_a_phrase_is_brought_to_the_form_that_turns_are_matched_in():
    index, (phrase,) = _index("轉到 APP")

    assert phrase in index.find(["怎么转到app"])


@pytest.mark.parametrize(
    ("text", "hits"), [("hell no", 1), ("hello there", 0), ("shell", 0), ("说hell吗", 1)]
)
def test_a_latin_phrase_stands_as_a_whole_word(text, hits):
    index, (phrase,) = _index("hell")

    assert len(index.find([text]).get(phrase, [])) == hits


NEVER_SAID = [chr(0x9000 + n // 100) + chr(0x8000 + n % 100) for n in range(12_000)]
SAID = ["不", "我们", "们管", "a1", "😀好"]


@settings(max_examples=100)
@given(texts=st.lists(st.text(alphabet="不归我们管好a1 😀\ue000\U00020000", max_size=12), max_size=4))
def test_thousands_of_other_phrases_change_nothing_of_what_is_found(few_and_many, texts):
    few, many = few_and_many

    assert many.find(texts) == few.find(texts)


@pytest.fixture(scope="module")
def few_and_many() -> tuple[PhraseIndex, PhraseIndex]:
    return PhraseIndex(SAID[:4]), PhraseIndex([*SAID[:4], *NEVER_SAID])


def test_halves_of_two_characters_are_no_third(few_and_many):
    _, many = few_and_many
    # In memory 不 is 0d 4e, and so is the border between these two: 12 0d, 4e 34.
    assert many.find(["\u0d12\u344e"]) == {}
    assert many.find(["不"]) == {0: [Occurrence(0, 0, 1)]}


def test_a_phrase_with_a_symbol_is_found_among_thousands():
    index = PhraseIndex([*SAID, *NEVER_SAID])

    assert index.find(["我😀好"]) == {4: [Occurrence(0, 1, 3)]}
