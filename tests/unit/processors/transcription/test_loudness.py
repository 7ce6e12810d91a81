import numpy as np
import pytest

from processors.transcription.engine import Span
from processors.transcription.loudness import (
    Level,
    dbfs_by_second,
    median_dbfs,
    raised_voices,
    speaking_seconds,
)
from schemas.records.terms import Role

SECOND = 16_000


def sine(seconds, amplitude):
    time = np.arange(int(seconds * SECOND)) / SECOND
    return (amplitude * np.sin(2 * np.pi * 200 * time)).astype(np.float32)


def level(dbfs, speaking=None, party=Role.AGENT, start_ms=0):
    values = np.array(dbfs, dtype=np.float32)
    spoken = np.ones(values.size, bool) if speaking is None else np.array(speaking, bool)
    return Level(party=party, channel=0, start_ms=start_ms, dbfs=values, speaking=spoken)


def test_a_full_scale_sine_reads_minus_three_and_a_tenth_of_it_minus_twenty_three():
    levels = dbfs_by_second(np.concatenate([sine(1, 1.0), sine(1, 0.1)]))

    assert levels.tolist() == pytest.approx([-3.01, -23.01], abs=0.01)


def test_an_incomplete_last_second_counts_by_its_own_length_and_silence_has_a_floor():
    levels = dbfs_by_second(np.concatenate([np.zeros(SECOND, np.float32), sine(0.25, 1.0)]))

    assert levels.tolist() == pytest.approx([-100, -3.01], abs=0.01)


def test_a_recording_of_nothing_has_no_level():
    assert dbfs_by_second(np.zeros(0, np.float32)).size == 0


def test_a_second_counts_as_spoken_from_half_of_it_on():
    speech = (Span(400, 1_500), Span(1_900, 2_400), Span(4_000, 6_000))

    assert speaking_seconds(speech, 6).tolist() == [True, True, False, False, True, True]
    assert speaking_seconds((), 2).tolist() == [False, False]


def test_levels_are_stored_in_whole_decibels():
    assert level([-30.4, -30.6]).stored().dbfs == (-30, -31)


def test_the_median_is_that_of_the_seconds_in_which_the_party_speaks():
    levels = [level([-30, -20, -90], speaking=[True, True, False]), level([-10], party=Role.CUSTOMER)]

    assert median_dbfs(levels, Role.AGENT) == -25.0
    assert median_dbfs(levels, Role.BOT) is None


def test_three_seconds_of_six_decibels_above_the_own_median_are_a_raised_voice():
    (raised,) = raised_voices([level([-30] * 10 + [-24, -24, -22], start_ms=5_000)], Role.AGENT)

    assert (raised.start_ms, raised.end_ms, raised.above_db) == (15_000, 18_000, 6.7)


@pytest.mark.parametrize(
    ("dbfs", "speaking"),
    [
        pytest.param([-30] * 10 + [-24, -24], None, id="two seconds only"),
        pytest.param([-30] * 10 + [-25, -24, -24], None, id="one of them is 5 dB above"),
        pytest.param([-30] * 10 + [-20] * 3, [True] * 12 + [False], id="somebody else's noise"),
        pytest.param([-10] * 13, None, id="who shouts all the time has no other voice"),
    ],
)
def test_no_raised_voice_where(dbfs, speaking):
    assert raised_voices([level(dbfs, speaking)], Role.AGENT) == ()


def test_less_than_ten_seconds_tell_nothing_of_how_somebody_speaks():
    assert raised_voices([level([-30] * 6 + [-20] * 3)], Role.AGENT) is None


def test_another_recording_has_a_median_of_its_own():
    quiet, loud = level([-40] * 12), level([-20] * 12, start_ms=12_000)

    assert raised_voices([quiet, loud], Role.AGENT) == ()
