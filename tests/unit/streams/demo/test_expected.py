"""``expected.yaml`` speaks of every demo event, in the vocabulary of the rules."""

import pytest

from processors.scoring import load_scorecard
from schemas.records.terms import AlertKind
from streams.demo.expected import RuleOnLeg, load_expected
from streams.demo.files import DemoFileError


@pytest.fixture(scope="module")
def expected(demo_folder):
    return load_expected(demo_folder / "expected.yaml")


def test_every_published_event_is_expected_and_nothing_else(expected, demo_events):
    published = {event.interaction_id for event in demo_events.completed}
    published |= {record.key for record in demo_events.raw}

    assert set(expected) == published


def test_every_broken_event_and_no_other_ends_as_a_dead_letter(expected):
    assert {name for name, entry in expected.items() if entry.dead_letter} == {
        name for name in expected if name.startswith("b")
    }


def test_legs_that_are_scored_are_the_legs_of_the_event(expected, demo_events):
    legs = {event.interaction_id: len(event.agents) for event in demo_events.completed}

    for interaction_id, entry in expected.items():
        if not entry.dead_letter and not entry.exclusion:
            assert set(entry.score) == set(range(legs[interaction_id])), interaction_id


def test_red_lines_and_alerts_follow_from_what_must_be_found(expected):
    kinds = load_scorecard().definition.alerts

    for interaction_id, entry in expected.items():
        rules = {RuleOnLeg.parse(text).rule_id for text in entry.must}
        assert {kinds[rule] for rule in rules if rule in kinds} == set(entry.alerts), interaction_id
        assert bool(entry.red_line) == (AlertKind.SUPERVISOR in entry.alerts), interaction_id


def test_more_known_misses_than_tolerable_are_refused(tmp_path):
    path = tmp_path / "expected.yaml"
    entry = "{note: x, must: {empathy: HIT}, known_miss: [{rule: empathy, heard: y}]}"
    path.write_text("\n".join(f"v{n}: {entry}" for n in range(4)), "utf-8")

    with pytest.raises(DemoFileError, match="more than 3"):
        load_expected(path)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{note: x, must: {empathy: MAYBE}}", "MAYBE"),
        ("{note: x, mist: [empathy]}", "mist"),
        ("{note: x, known_miss: [{rule: empathy, heard: y}]}", "empathy is not among its must"),
        ("{", "line"),
    ],
)
def test_a_faulty_file_says_where(tmp_path, entry, message):
    path = tmp_path / "expected.yaml"
    path.write_text(f"v01: {entry}\n", "utf-8")

    with pytest.raises(DemoFileError, match=message):
        load_expected(path)
