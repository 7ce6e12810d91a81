import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.language.script import normalise, simplified

MIXED = st.text(
    alphabet=st.one_of(
        st.sampled_from(" \t\n  身份证[]話費套餐轉網ＡＢ１２，。㈱ﬁİé\u0301aB3?!坏打反覆"),
        st.characters(codec="utf-8"),
    ),
    max_size=60,
)


@given(MIXED)
def test_every_span_maps_back_inside_the_original_and_in_order(text: str) -> None:
    copy = normalise(text)
    assert len(copy.offsets) == len(copy.text) + 1
    assert list(copy.offsets) == sorted(copy.offsets)
    assert all(0 <= offset <= len(text) for offset in copy.offsets)
    for index in range(len(copy.text)):
        start, end = copy.span(index, index + 1)
        assert 0 <= start < end <= len(text)


@given(MIXED)
def test_each_character_comes_from_the_place_its_span_names(text: str) -> None:
    copy = normalise(text)
    for index, character in enumerate(copy.text):
        start, end = copy.span(index, index + 1)
        if text[start:end].isascii() and not text[start:end].isspace():
            assert text[start:end].lower() == character


@given(st.text(alphabet="您好我的话费套餐投诉abc123,。 ", max_size=40))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("我要攜號轉網到別的公司", "我要携号转网到别的公司"),
        ("ＡＰＰ閃退,１２３４５", "app闪退,12345"),
        ("您 好，欢迎 致 电", "您好,欢迎致电"),
        ("hello   World  你好", "hello world 你好"),
        ("  两头  ", "两头"),
        ("我不瞭解", "我不了解"),
        ("东西一坏就打坏了", "东西一坏就打坏了"),
        ("說東西打坏了", "说东西打坏了"),
        ("我的[身份证]和[银行卡]", "我的[身份证]和[银行卡]"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_text_is_written_one_way(written: str, expected: str) -> None:
    assert normalise(written).text == expected


def test_a_span_skips_the_white_space_that_went() -> None:
    copy = normalise(" 工 信 部 ")
    assert copy.text == "工信部"
    assert copy.span(0, 3) == (1, 6)
    assert copy.span(1, 2) == (3, 5)


def test_a_character_that_became_several_is_one_source() -> None:
    copy = normalise("x㈱y")
    assert copy.text == "x(株)y"
    assert copy.span(2, 3) == (1, 2)


def test_a_span_outside_the_text_is_refused() -> None:
    with pytest.raises(IndexError):
        normalise("您好").span(1, 3)


@given(st.text(max_size=40))
def test_simplified_text_keeps_its_length(text: str) -> None:
    assert len(simplified(text)) == len(text)
