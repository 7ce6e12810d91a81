from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.rows.instants import business_day, day_number, first_wins, last_wins, storable

moments = st.integers(min_value=0, max_value=2**43 - 2)


@pytest.mark.parametrize(
    ("at_ms", "zone", "day"),
    [
        (1_790_033_400_000, "UTC", date(2026, 9, 21)),
        (1_790_033_400_000, "Asia/Shanghai", date(2026, 9, 22)),
        (1_790_033_400_000, "America/New_York", date(2026, 9, 21)),
        (0, "Asia/Urumqi", date(1970, 1, 1)),
    ],
)
def test_the_business_day_is_the_day_at_the_site(at_ms, zone, day):
    assert business_day(at_ms, zone) == day


@pytest.mark.parametrize("zone", ["Nowhere/Land", "", "../../etc/passwd", "Asia", "\x00"])
def test_a_zone_nobody_knows_counts_as_utc(zone):
    assert business_day(1_790_033_400_000, zone) == date(2026, 9, 21)


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_any_time_gives_a_day_that_can_be_stored(at_ms):
    assert date(1900, 1, 1) <= business_day(at_ms, "Asia/Shanghai") <= date(2299, 12, 31)


@given(st.integers(min_value=-(2**31), max_value=2**31 - 1))
def test_any_number_of_days_gives_a_day_that_can_be_stored(days):
    day = day_number(days)

    assert day is not None
    assert date(1900, 1, 1) <= day <= date(2299, 12, 31)


def test_days_count_from_1970():
    assert day_number(1) == date(1970, 1, 2)
    assert day_number(None) is None


def test_a_time_that_cannot_be_shown_is_left_out():
    assert storable(1_790_000_000_000) == 1_790_000_000_000
    assert storable(2**62) is None
    assert storable(None) is None


@given(moments, moments, st.text(), st.text())
def test_the_earlier_time_has_the_higher_version(first, second, tie, other):
    if first < second:
        assert first_wins(first, tie) > first_wins(second, other)


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1), st.text())
def test_a_version_always_fits_its_column(at_ms, tie):
    assert 0 <= first_wins(at_ms, tie) < 2**64
    assert 0 <= last_wins(at_ms, True) < 2**64


def test_two_results_of_one_millisecond_have_different_versions():
    assert first_wins(5, "a") != first_wins(5, "b")


@given(moments, moments, st.booleans(), st.booleans())
def test_the_later_answer_has_the_higher_version(first, second, one, two):
    if first > second:
        assert last_wins(first, one) > last_wins(second, two)


def test_the_preferred_source_wins_at_equal_times_and_no_time_is_the_earliest():
    assert last_wins(5, True) > last_wins(5, False) > last_wins(None, True)
