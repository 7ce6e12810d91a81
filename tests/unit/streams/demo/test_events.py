"""The demo publishes what an upstream system would."""

import hashlib
from datetime import UTC, date, datetime
from urllib.parse import urlparse

import pytest
import yaml

from schemas.codec import Codec
from schemas.records.completed import InteractionCompleted
from schemas.records.feedback import SurveyAnswered
from schemas.records.terms import Channel, DeadLetterReason, LinkKind, Role, WorkLocation
from schemas.validation import check
from schemas.violation import SchemaViolation
from streams.demo.day import DemoDay, latest_full_day
from streams.demo.events import build_demo_events
from streams.demo.files import DemoFileError, load_demo_files


def by_id(events):
    return {event.interaction_id: event for event in events.completed}


def test_every_event_and_survey_survives_the_codec(demo_events):
    codec = Codec()

    for event in demo_events.completed:
        assert codec.decode(codec.encode(event), InteractionCompleted) == event
    for answer in demo_events.surveys:
        assert codec.decode(codec.encode(answer), SurveyAnswered) == answer


def test_only_the_events_broken_on_purpose_contradict_the_contract(demo_events):
    refused = {}
    for event in demo_events.completed:
        try:
            check(event)
        except SchemaViolation as violation:
            refused[event.interaction_id] = violation.reason

    assert refused == {
        "b02-ended-before-it-started": DeadLetterReason.INVALID,
        "b05-unknown-channel": DeadLetterReason.UNKNOWN_CHANNEL,
    }


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("b01-json-instead-of-avro", DeadLetterReason.UNDECODABLE),
        ("b06-schema-nobody-registered", DeadLetterReason.SCHEMA_UNKNOWN),
    ],
)
def test_raw_bytes_cannot_be_decoded(demo_events, key, reason):
    (raw,) = [record for record in demo_events.raw if record.key == key]

    with pytest.raises(SchemaViolation) as violation:
        Codec().decode(raw.value, InteractionCompleted)

    assert violation.value.reason is reason


def test_the_day_holds_enough_of_every_channel(demo_events):
    events = [e for e in demo_events.completed if not e.interaction_id.startswith("b")]
    count = {channel: sum(e.channel is channel for e in events) for channel in Channel}

    assert count[Channel.VOICE] == 16
    assert count[Channel.WEB] >= 12
    assert count[Channel.SELF_SERVICE] >= 12
    assert sum((e.language or "").startswith("en") for e in events) == 2
    assert len({e.interaction_id for e in demo_events.completed}) == len(demo_events.completed)


def test_two_agents_work_from_home(demo_events):
    legs = [leg for event in demo_events.completed for leg in event.agents]

    assert {leg.agent_id for leg in legs if leg.work_location is WorkLocation.HOME} == {"2001", "2002"}


def test_links_lead_to_interactions_of_the_same_customer(demo_events):
    events = by_id(demo_events)
    linked = [(event, link) for event in events.values() for link in event.links]

    assert len(linked) == 2
    for event, link in linked:
        earlier = events[link.interaction_id]
        assert link.kind is LinkKind.PREVIOUS
        assert earlier.ended_at < event.started_at
        assert (earlier.customer_key, earlier.journey_id) == (event.customer_key, event.journey_id)


def test_surveys_belong_to_interactions_and_follow_them(demo_events):
    events = by_id(demo_events)
    answers = [(events[s.interaction_id], s) for s in demo_events.surveys]
    answers += [(e, e.survey) for e in events.values() if e.survey]

    assert len(answers) > 25
    for event, answer in answers:
        assert answer.offered_at >= event.ended_at
        assert answer.answered_at is None or answer.answered_at >= answer.offered_at
        assert (answer.score is None) == (answer.answered_at is None)


def test_calls_agree_with_the_script_they_were_spoken_from(demo_files, demo_folder):
    script = {call["id"]: call for call in yaml.safe_load((demo_folder / "voice.yaml").read_text("utf-8"))}

    assert {call.id for call in demo_files.calls} == set(script)
    for call in demo_files.calls:
        spoken = script[call.id]
        assert (call.agent, call.queue, call.customer) == (
            spoken["agent"],
            spoken["queue"],
            spoken["customer"],
        )
        assert call.hangup is Role[spoken["hangup"].upper()]
        assert call.direction.value == spoken.get("direction", "inbound").upper()


def test_recordings_are_the_files_whose_checksum_the_events_carry(demo_events, demo_folder):
    recordings = {e.interaction_id: e.recordings[0] for e in demo_events.completed if e.recordings}

    for interaction_id, recording in recordings.items():
        path = demo_folder / "audio" / urlparse(recording.uri).path.rsplit("/", 1)[1]
        if interaction_id == "b04-recording-never-arrives":
            assert not path.exists()
        else:
            assert hashlib.sha256(path.read_bytes()).hexdigest() == recording.sha256


def test_another_day_moves_every_time_and_nothing_else(demo_files):
    one = build_demo_events(demo_files, date(2026, 11, 20), "file:///a")
    next_day = build_demo_events(demo_files, date(2026, 11, 21), "file:///a")

    moved = {
        later.started_at - earlier.started_at
        for earlier, later in zip(one.completed, next_day.completed, strict=True)
    }
    assert moved == {86_400_000}
    assert build_demo_events(demo_files, date(2026, 11, 20), "file:///a") == one


def test_all_events_lie_within_one_business_day_of_the_site(demo_events):
    first = min(event.started_at for event in demo_events.completed)
    last = max(event.ended_at for event in demo_events.completed)
    zone = DemoDay(date(2026, 11, 20), "Asia/Shanghai")

    assert zone.at("08:00:00") <= first < last <= zone.at("19:00:00")


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 20, 2, 0, tzinfo=UTC), date(2026, 11, 19)),
        (datetime(2026, 11, 20, 11, 30, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 17, 0, tzinfo=UTC), date(2026, 11, 20)),
    ],
)
def test_the_latest_full_day_never_lies_in_the_future(now, day):
    assert latest_full_day(int(now.timestamp() * 1000), "Asia/Shanghai") == day


def test_a_misspelt_field_of_a_demo_file_is_named(demo_folder, tmp_path):
    for path in demo_folder.rglob("*.yaml"):
        copy = tmp_path / path.relative_to(demo_folder)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(path.read_text("utf-8").replace("wrapup:", "wrap_up:"), "utf-8")

    with pytest.raises(DemoFileError, match=r"calls\.yaml.*wrap_up"):
        load_demo_files(tmp_path)
