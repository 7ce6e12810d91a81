import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.language.sound_alikes import SoundAlike, find_sound_alikes, sounds_like

PHRASES = ("工信部", "携号转网", "小三", "营业厅", "优惠券", "话费", "核实", "物流", "投诉", "保本保息")


@pytest.mark.parametrize(
    ("heard", "phrase"),
    [
        ("公信不", "工信部"),
        ("先号专亡", "携号转网"),
        ("鞋号转网", "携号转网"),
        ("小散", "小三"),
        ("营业听", "营业厅"),
        ("优惠权", "优惠券"),
        ("花费", "话费"),
        ("合适", "核实"),
        ("银航卡", "银行卡"),
    ],
)
def test_homophones_sound_alike(heard: str, phrase: str) -> None:
    assert sounds_like(heard, phrase)


@pytest.mark.parametrize(
    ("heard", "phrase"),
    [
        ("你好吗", "工信部"),
        ("你们好呀", "携号转网"),
        ("小王", "小三"),
        ("物料", "物流"),
        ("滚", "棍"),
        ("公信", "工信部"),
        ("sim卡", "新卡片"),
        ("谢谢你们", "携号转网"),
    ],
)
def test_other_words_do_not(heard: str, phrase: str) -> None:
    assert not sounds_like(heard, phrase)


def test_places_are_found_with_their_offsets() -> None:
    assert find_sound_alikes("我要去公信不投诉,我要鞋号转网", PHRASES) == [
        SoundAlike(3, 6, "工信部"),
        SoundAlike(11, 15, "携号转网"),
    ]


def test_the_phrase_written_as_it_is_is_no_sound_alike() -> None:
    assert find_sound_alikes("我要去工信部投诉,查话费", PHRASES) == []


def test_a_comma_or_placeholder_breaks_a_phrase() -> None:
    assert find_sound_alikes("公,信不,公[电话]信不", PHRASES) == []


@given(st.text(alphabet="公信不先号专亡小散营业听你好我的,a[]", max_size=25))
def test_the_index_finds_what_comparing_every_window_finds(text: str) -> None:
    windows = [
        SoundAlike(start, start + len(phrase), phrase)
        for phrase in PHRASES
        for start in range(len(text) - len(phrase) + 1)
        if text[start : start + len(phrase)] != phrase
        and sounds_like(text[start : start + len(phrase)], phrase)
    ]
    assert find_sound_alikes(text, PHRASES) == sorted(windows)
