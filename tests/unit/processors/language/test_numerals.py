import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.language.numerals import digit_runs, spoken_digits, written_digits


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("我的号码是一三八零零一三八零零零", "13800138000"),
        ("幺三八洞洞幺三八洞洞洞", "13800138000"),
        ("一三八,嗯,那个零零一 3８零零零", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("(010)6655 4433", "01066554433"),
        ("尾号三个八两个六", "88866"),
        ("one three eight, uh, double zero", "13800"),
        ("my number is triple five oh one two", "555012"),
        ("壹叁捌", "138"),
        ("①②③", "123"),
    ],
)
def test_digits_are_read_in_whatever_way_they_are_said(said: str, digits: str) -> None:
    assert max((run.value for run in digit_runs(said)), key=len) == digits


def test_a_number_of_amount_is_no_string_of_digits() -> None:
    assert [run.value for run in digit_runs("三十元和一百二十个")] == ["3", "1", "2"]


def test_english_words_are_not_cut_into_digits() -> None:
    assert digit_runs("someone often phones a stone tower") == []


def test_every_digit_knows_its_place() -> None:
    (run,) = digit_runs("号码138 零零", shortest=4)
    assert [(digit.start, digit.end) for digit in run.digits] == [(2, 3), (3, 4), (4, 5), (6, 7), (7, 8)]
    assert (run.start, run.end) == (2, 8)


def test_words_of_radio_reading_are_marked_as_weak() -> None:
    (run,) = digit_runs("打勾一三八")
    assert [digit.weak for digit in run.digits] == [True, False, False, False]


@given(st.text(alphabet="一三零幺两个八0８ ,嗯那个十元我abcone", max_size=40))
def test_runs_are_ordered_and_lie_in_the_text(text: str) -> None:
    places = [(digit.start, digit.end) for run in digit_runs(text) for digit in run.digits]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(digit.value in "0123456789" for run in digit_runs(text) for digit in run.digits)


@given(st.text(alphabet="0123456789", min_size=3, max_size=20), st.sampled_from("一幺"))
def test_what_is_spoken_can_be_written_again(digits: str, one: str) -> None:
    spoken = spoken_digits(digits, one)
    assert written_digits(spoken).text == digits
    assert [run.value for run in digit_runs(spoken)] == [digits]


@pytest.mark.parametrize(
    "amount", ["一百二十", "百分之十", "三五百", "两天三次", "三点一四一五", "二十四小时"]
)
def test_amounts_stay_as_they_are_said(amount: str) -> None:
    assert written_digits(amount).text == amount


def test_written_digits_keep_their_places() -> None:
    copy = written_digits("拨打一二三一五投诉")
    assert copy.text == "拨打12315投诉"
    assert copy.span(2, 7) == (2, 7)
