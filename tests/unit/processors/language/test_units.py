import pytest

from processors.language.units import counts_characters, spoken_units


@pytest.mark.parametrize(
    ("text", "language", "units"),
    [
        ("您好,请问", "zh-CN", 4),
        ("打开app", "zh", 3),
        ("24小时", "zh", 5),
        ("10086", "zh", 5),
        ("i don't know", "en", 3),
        ("room 24", "en", 2),
        ("", "zh", 0),
    ],
)
def test_units_count_as_they_are_spoken(text: str, language: str, units: int) -> None:
    assert spoken_units(text, language) == units


def test_chinese_is_measured_in_characters_and_english_in_words() -> None:
    assert counts_characters("zh-CN")
    assert not counts_characters("en-US")
