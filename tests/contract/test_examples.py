"""``<field>-<what>.fail.json`` breaks the contract at that field; ``<case>.pass.json`` keeps it."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from schemas.codec import RECORD_TYPES, Codec
from schemas.lanes import Lane, lane_of
from schemas.plain import from_plain
from schemas.records.completed import InteractionCompleted
from schemas.records.terms import Channel
from schemas.shortcomings import shortcomings
from schemas.validation import check, check_review, check_survey
from schemas.violation import SchemaViolation

FOLDER = resources.files("schemas") / "examples"
CHECKS = {"InteractionCompleted": check, "SurveyAnswered": check_survey, "ReviewRecorded": check_review}
FILES = sorted(
    (record.name, file.name) for record in FOLDER.iterdir() if record.is_dir() for file in record.iterdir()
)
PASSING = [file for file in FILES if file[1].endswith(".pass.json")]
FAILING = [file for file in FILES if file[1].endswith(".fail.json")]


def example(record: str, file: str) -> object:
    return json.loads((FOLDER / record / file).read_text(encoding="utf-8"))


def kept_to(record: str, value: object) -> object:
    event = from_plain(value, RECORD_TYPES[record])
    if record in CHECKS:
        CHECKS[record](event)
    return event


def test_every_file_says_whether_it_passes_and_every_record_has_both():
    assert len(PASSING) + len(FAILING) == len(FILES)
    assert {record for record, _ in PASSING} == set(RECORD_TYPES)
    assert {record for record, _ in FAILING} == set(RECORD_TYPES)


@pytest.mark.parametrize(("record", "file"), PASSING)
def test_an_example_that_passes_travels_unchanged(record, file):
    event = kept_to(record, example(record, file))

    assert Codec().decode(Codec().encode(event), RECORD_TYPES[record]) == event


@pytest.mark.parametrize(("record", "file"), FAILING)
def test_an_example_that_fails_fails_at_the_field_in_its_name(record, file):
    field = file.partition("-")[0]

    with pytest.raises(SchemaViolation) as caught:
        kept_to(record, example(record, file))

    assert field in caught.value.detail


def test_all_channels_and_both_lanes_are_shown():
    events = [
        from_plain(example(record, file), InteractionCompleted)
        for record, file in PASSING
        if record == "InteractionCompleted"
    ]

    assert {event.channel for event in events} == {Channel.VOICE, Channel.WEB, Channel.SELF_SERVICE}
    assert {lane_of(event) for event in events} == {Lane.VOICE, Lane.TEXT}


@pytest.mark.parametrize("case", ["voice", "chat", "self-service"])
def test_the_example_of_a_channel_leaves_nothing_to_wish_for(case):
    event = from_plain(example("InteractionCompleted", f"{case}.pass.json"), InteractionCompleted)

    assert shortcomings(event) == []
