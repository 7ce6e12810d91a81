import pytest

from streams.evaluation.normaliser import characters, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("您好,請問有什麼可以幫您", "您好，请问有什么可以帮您？"),
        ("多扣了30元", "多扣了三十元"),
        ("24小时内", "二十四小时内"),
        ("10天", "十天"),
        ("15号", "十五号"),
        ("工号1033", "工号一零三三"),
        ("号码是13800138000", "号码是幺三八零零幺三八零零零"),
        ("两天", "二天"),
        ("打10%", "打百分之十"),
        ("ＡＰＰ闪退", "app闪退"),
        ("嗯。。。 好的", "嗯好的"),
    ],
)
def test_ways_of_writing_the_same_words_are_the_same(one, other):
    assert characters(one) == characters(other)


@pytest.mark.parametrize(("one", "other"), [("话费", "花费"), ("三十元", "三元"), ("不是", "是"), ("", "嗯")])
def test_other_words_stay_other_words(one, other):
    assert characters(one) != characters(other)


def test_digits_of_other_languages_are_left_alone():
    assert characters("order 42", han=False) == tuple("order42")


def test_words_lose_case_and_marks_but_keep_apostrophes():
    assert words("I don’t WANT it, really!") == ("i", "don't", "want", "it", "really")
