import numpy as np
import pytest

from processors.transcription.channels import PartyChannel
from processors.transcription.recorded_twice import told_once
from schemas.records.terms import Role

SECOND = 16_000


def voice(seed, seconds=20):
    """Noise in syllables: bursts of random length and loudness."""
    draw = np.random.default_rng(seed)
    samples = np.zeros(seconds * SECOND, dtype=np.float32)
    at = 0
    while at < samples.size:
        length = int(draw.integers(1_500, 5_000))
        burst = samples[at : at + length]
        burst[:] = draw.uniform(0.05, 0.5) * draw.standard_normal(burst.size)
        at += length + int(draw.integers(500, 6_000))
    return samples


def channel(samples, offset_ms=0, party=Role.CUSTOMER, number=1):
    return PartyChannel(party=party, number=number, samples=samples, offset_ms=offset_ms)


def again(samples, *, later_ms=0):
    """The same voice from another recorder: quieter, coarser, and its clock a little off."""
    shifted = np.roll(samples, later_ms * 16)
    return (np.round(shifted * 0.4 * 100) / 100).astype(np.float32)


@pytest.mark.parametrize("clock_off_ms", [0, 300, -300])
def test_a_voice_in_two_recordings_is_told_by_the_one_that_began_first(clock_off_ms):
    whole = voice(1)
    early, late = whole[: 14 * SECOND], again(whole, later_ms=clock_off_ms)[6 * SECOND :]

    channels, notes = told_once([[channel(early)], [channel(late, offset_ms=6_000)]])

    assert channels[0].samples is early
    assert not channels[1].samples[: 8 * SECOND].any()
    assert np.array_equal(channels[1].samples[8 * SECOND :], late[8 * SECOND :])
    assert notes == ("customer at 6000-14000 ms recorded twice: 1 and 2",)


def test_it_makes_no_difference_in_which_order_the_event_lists_them():
    whole = voice(1)
    early, late = whole[: 14 * SECOND], again(whole)[6 * SECOND :]

    channels, notes = told_once([[channel(late, offset_ms=6_000)], [channel(early)]])

    assert channels[1].samples is early
    assert not channels[0].samples[: 8 * SECOND].any()
    assert len(notes) == 1


def test_a_voice_in_three_recordings_is_told_once():
    whole = voice(1)

    channels, _ = told_once([[channel(whole)], [channel(again(whole))], [channel(again(whole, later_ms=40))]])

    assert [bool(one.samples.any()) for one in channels] == [True, False, False]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (channel(voice(1)), channel(voice(2), offset_ms=1_000)),
        (channel(voice(1)), channel(again(voice(1)), party=Role.AGENT)),
        (channel(voice(1), party=Role.MIXED), channel(again(voice(1)), party=Role.MIXED)),
        (channel(voice(1)), channel(voice(1), offset_ms=20_000)),
        (channel(voice(1)), channel(np.zeros(20 * SECOND, dtype=np.float32))),
    ],
    ids=["other words", "other parties", "parties not known", "one after the other", "nothing said"],
)
def test_what_is_not_the_same_voice_at_the_same_time_stays(one, other):
    channels, notes = told_once([[one], [other]])

    assert [kept.samples is given.samples for kept, given in zip(channels, (one, other), strict=True)] == [
        True,
        True,
    ]
    assert notes == ()


def test_channels_of_one_recording_are_not_compared():
    channels, notes = told_once([[channel(voice(1)), channel(again(voice(1)), number=2)]])

    assert all(one.samples.any() for one in channels)
    assert notes == ()


def test_too_little_of_a_voice_proves_nothing():
    samples = np.zeros(20 * SECOND, dtype=np.float32)
    samples[5 * SECOND : 6 * SECOND] = voice(3)[:SECOND]

    _, notes = told_once([[channel(samples)], [channel(samples.copy())]])

    assert notes == ()
