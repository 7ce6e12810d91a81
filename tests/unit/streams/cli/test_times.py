"""Times mean what an operator in Shanghai means by them, and a slip of the key is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cli.times import local, parse_time, shown

NOW = 1_795_000_000_000
MORNING = 1_795_392_000_000  # 2026-11-23 08:00 in Shanghai


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-23T08:00", MORNING),
        ("2026-11-23 08:00", MORNING),
        ("2026-11-23T08:00:00+08:00", MORNING),
        ("2026-11-23T00:00:00Z", MORNING),
        ("2026-11-23T00:00:00.250+00:00", MORNING + 250),
        ("2026-11-23", MORNING - 8 * 3_600_000),
        (str(MORNING), MORNING),
        ("90s", NOW - 90_000),
        ("5m", NOW - 300_000),
        ("2h", NOW - 7_200_000),
        ("1d", NOW - 86_400_000),
        ("0s", NOW),
    ],
)
def test_a_time_is_read_as_it_is_meant(text, at):
    assert parse_time(text, now_ms=NOW) == at


def test_a_time_without_a_zone_belongs_to_the_zone_that_is_given():
    assert parse_time("2026-11-23T08:00", now_ms=NOW, zone="UTC") == MORNING + 8 * 3_600_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2",
        "2w",
        "-2h",
        "1.5h",
        "08:00",
        "2026-13-01",
        "12345678901",
        "1795392000000000",
    ],
)
def test_what_is_no_time_is_refused_with_what_is_accepted(text):
    with pytest.raises(ValueError, match="is no time; write 2026-11-23T08:00"):
        parse_time(text, now_ms=NOW)


@given(st.integers(100_000_000_000, 4_102_444_799_999))
def test_a_time_in_milliseconds_is_itself(at):
    assert parse_time(str(at), now_ms=NOW) == at


def test_a_shown_time_names_both_its_zones():
    assert shown(MORNING) == "2026-11-23 00:00:00 UTC (2026-11-23 08:00:00 CST)"


def test_a_local_time_has_its_milliseconds():
    assert local(MORNING + 7) == "2026-11-23 08:00:00.007"
