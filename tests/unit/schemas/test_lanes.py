import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.lanes import Lane, lane_of
from schemas.records.completed import InteractionCompleted, Recording, VendorTranscript
from schemas.records.terms import Channel


def event(channel: Channel, transcript: VendorTranscript | None = None) -> InteractionCompleted:
    return InteractionCompleted(
        interaction_id="i",
        record_version=1,
        tenant_id="t",
        source_system="s",
        channel=channel,
        started_at=1,
        ended_at=2,
        transcript=transcript,
    )


def test_a_call_without_a_transcript_takes_the_voice_lane():
    assert lane_of(event(Channel.VOICE)) is Lane.VOICE


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.SELF_SERVICE, Channel.UNKNOWN])
def test_everything_but_a_call_takes_the_text_lane(channel):
    assert lane_of(event(channel)) is Lane.TEXT


def test_a_call_with_an_upstream_transcript_takes_the_text_lane():
    assert lane_of(event(Channel.VOICE, VendorTranscript(provider="v"))) is Lane.TEXT


def test_a_call_whose_words_lie_elsewhere_takes_the_text_lane_unless_it_can_be_heard():
    claimed = replace(event(Channel.VOICE), content_uri="s3://words/a.json")

    assert lane_of(claimed) is Lane.TEXT
    assert lane_of(replace(claimed, recordings=(Recording(uri="s3://calls/a.wav"),))) is Lane.VOICE


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_event_has_exactly_one_lane(any_record, data):
    assert lane_of(data.draw(any_record(InteractionCompleted))) in (Lane.VOICE, Lane.TEXT)
