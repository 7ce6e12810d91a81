import numpy as np
import pytest

from processors.transcription.channels import Audio, offsets_ms, party_channels
from schemas.records.completed import Recording
from schemas.records.terms import Role


def audio(channels, *roles, offset_ms=0):
    samples = np.random.default_rng(2).normal(size=(channels, 1_600)).astype(np.float32)
    return Audio(samples=samples, sha256="0" * 64, roles=roles, offset_ms=offset_ms)


def test_every_channel_with_a_role_is_heard_as_that_party():
    channels, notes = party_channels(audio(2, Role.CUSTOMER, Role.AGENT, offset_ms=500))

    assert [(c.party, c.number, c.offset_ms) for c in channels] == [
        (Role.CUSTOMER, 0, 500),
        (Role.AGENT, 1, 500),
    ]
    assert notes == ()


def test_a_mono_recording_of_a_call_is_one_mixed_party():
    channels, _ = party_channels(audio(1, Role.MIXED))

    assert [c.party for c in channels] == [Role.MIXED]


@pytest.mark.parametrize("roles", [(), (Role.AGENT, Role.CUSTOMER)])
def test_without_a_role_for_the_channel_nobody_is_told_who_speaks(roles):
    channels, _ = party_channels(audio(1, *roles))

    assert [c.party for c in channels] == [Role.MIXED]


def test_several_channels_of_one_role_are_mixed_down():
    both = audio(2, Role.AGENT)

    (channel,), _ = party_channels(both)

    assert channel.party is Role.AGENT
    assert channel.samples == pytest.approx(both.samples.mean(axis=0))


def test_one_signal_stored_twice_is_a_mixed_party_and_noted():
    mono = audio(1).samples[0]
    doubled = Audio(samples=np.stack([mono, mono]), sha256="0" * 64, roles=(Role.AGENT, Role.CUSTOMER))

    channels, notes = party_channels(doubled)

    assert [c.party for c in channels] == [Role.MIXED]
    assert notes == ("both channels carry the same signal",)


def test_two_silent_channels_are_not_one_signal():
    silent = Audio(samples=np.zeros((2, 100), np.float32), sha256="0" * 64, roles=(Role.AGENT, Role.CUSTOMER))

    assert len(party_channels(silent)[0]) == 2


def test_recordings_lie_where_they_started():
    recordings = [Recording(uri="a", started_at=7_000), Recording(uri="b", started_at=5_000)]

    assert offsets_ms(recordings, [1_000, 1_000]) == (2_000, 0)


def test_recordings_without_a_start_lie_one_behind_the_other():
    recordings = [Recording(uri="a", started_at=7_000), Recording(uri="b"), Recording(uri="c")]

    assert offsets_ms(recordings, [1_000, 500, 200]) == (0, 1_000, 1_500)
