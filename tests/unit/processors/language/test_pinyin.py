import pytest

from processors.language.pinyin import fuzzy, near, readings, syllables


def test_a_phrase_is_read_as_the_phrase_and_not_by_character() -> None:
    assert syllables("银行重复") == ("yin", "hang", "chong", "fu")


def test_only_chinese_characters_have_syllables() -> None:
    assert syllables("APP,闪退1") == ("shan", "tui")
    assert syllables("") == ()


def test_a_character_of_several_readings_gives_them_all() -> None:
    assert {"hang", "xing"} <= set(readings("行"))
    assert readings("a") == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zhang", "zan"),
        ("shi", "si"),
        ("nan", "lan"),
        ("ren", "len"),
        ("fei", "hei"),
        ("ying", "yin"),
        ("xiang", "xian"),
    ],
)
def test_confused_syllables_share_a_class(one: str, other: str) -> None:
    assert fuzzy(one) == fuzzy(other)


@pytest.mark.parametrize(("one", "other"), [("ma", "ba"), ("hao", "hu"), ("gong", "zong"), ("an", "en")])
def test_distinct_syllables_do_not(one: str, other: str) -> None:
    assert fuzzy(one) != fuzzy(other)


def test_near_syllables_begin_alike_or_end_alike() -> None:
    assert near("xian", "xie")
    assert near("ban", "pang")
    assert not near("gong", "xin")
