import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter


@pytest.fixture(scope="module")
def chinese() -> Segmenter:
    return Segmenter(load_lexicon("zh"))


@pytest.fixture(scope="module")
def english() -> Segmenter:
    return Segmenter(load_lexicon("en"))


def words(segmenter: Segmenter, text: str) -> list[str]:
    return [token.text for token in segmenter.tokens(text)]


def test_a_word_inside_another_word_is_no_token(chinese: Segmenter) -> None:
    assert "滚" not in words(chinese, "页面一直滚动")
    assert "滚" in words(chinese, "你给我滚")


def test_domain_words_are_one_token(chinese: Segmenter) -> None:
    found = words(chinese, "我要携号转网,去工信部投诉你们营业厅")
    assert {"携号转网", "工信部", "营业厅", "投诉"} <= set(found)


def test_a_placeholder_is_one_token(chinese: Segmenter) -> None:
    assert words(chinese, "号码是[身份证],手机[电话]") == ["号码", "是", "[身份证]", "手机", "[电话]"]


def test_punctuation_is_left_out(chinese: Segmenter) -> None:
    assert "".join(words(chinese, "好的, 再见。app闪退!")) == "好的再见app闪退"


@given(text=st.text(alphabet="我要投诉携号转网滚动[身份证]银行卡, 。abc12", max_size=40))
def test_tokens_lie_in_order_at_their_places(chinese: Segmenter, text: str) -> None:
    last = 0
    for token in chinese.tokens(text):
        assert last <= token.start < token.end
        assert text[token.start : token.end] == token.text
        last = token.end


@given(text=st.text(alphabet="我要投诉携号转网滚动[]身份证, 。abc12", max_size=40))
def test_nothing_but_punctuation_lies_between_tokens(chinese: Segmenter, text: str) -> None:
    outside = set(range(len(text)))
    for token in chinese.tokens(text):
        outside -= set(range(token.start, token.end))
    assert not any(text[index].isalnum() for index in outside)


def test_added_phrases_become_one_token(chinese: Segmenter) -> None:
    own = Segmenter(load_lexicon("zh"))
    assert "退费失败啦" not in words(own, "说退费失败啦好几次")
    own.add(["退费失败啦"])
    assert "退费失败啦" in words(own, "说退费失败啦好几次")
    assert "退费失败啦" not in words(chinese, "说退费失败啦好几次")


def test_english_words_keep_apostrophes_and_hyphens(english: Segmenter) -> None:
    assert words(english, "i don't know, it's a one-time code: [电话]") == [
        "i", "don't", "know", "it's", "a", "one-time", "code", "[电话]",
    ]  # fmt: skip
