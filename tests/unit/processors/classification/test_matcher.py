from __future__ import annotations

import pytest

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
