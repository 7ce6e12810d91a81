"""Events in files: every mistake is named by file, event and field, and nothing half right gets through."""

import io
import json
import sys
from pathlib import Path

import pytest

from schemas.codec import Codec
from schemas.records.completed import InteractionCompleted
from streams.cli.event_files import EventKind, EventsRefused, read_events, versions_of

NOW = 1_763_950_000_000
EVENT = {
    "interaction_id": "chat-1",
    "record_version": 1,
    "tenant_id": "t",
    "source_system": "s",
    "channel": "WEB",
    "started_at": 1_763_946_000_000,
    "ended_at": 1_763_946_060_000,
    "messages": [
        {"message_id": "m1", "sent_at": 1_763_946_001_000, "role": "CUSTOMER", "kind": "TEXT", "text": "你好"}
    ],
}


def read(path, kind=EventKind.COMPLETED, max_bytes=1_000_000):
    return read_events([path], kind, max_bytes=max_bytes, now_ms=NOW)


def write(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path, **values):
    with pytest.raises(EventsRefused) as caught:
        read(path, **values)
    return caught.value.problems


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one.json", json.dumps(EVENT)),
        ("list.json", json.dumps([EVENT])),
        ("lines.jsonl", "\n" + json.dumps(EVENT) + "\n\n"),
        ("lines.ndjson", json.dumps(EVENT)),
        ("events.yaml", json.dumps(EVENT, ensure_ascii=False)),
        ("events.yml", "---\n" + json.dumps(EVENT) + "\n---\n"),
    ],
)
def test_an_event_reads_the_same_from_every_format(tmp_path, name, text):
    (event,) = read(write(tmp_path, name, text))

    assert event.record.interaction_id == "chat-1"
    assert event.record.messages[0].text == "你好"
    assert Codec().decode(event.value, InteractionCompleted) == event.record


def test_a_line_separator_inside_a_text_does_not_end_the_line(tmp_path):
    event = {**EVENT, "messages": [{**EVENT["messages"][0], "text": "a\u2028b\x85c"}]}

    (read_event,) = read(write(tmp_path, "lines.jsonl", json.dumps(event, ensure_ascii=False)))

    assert read_event.record.messages[0].text == "a\u2028b\x85c"


def test_standard_input_holds_json_lines(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(EVENT) + "\n" + json.dumps(EVENT)))

    assert len(read(Path("-"))) == 2


def test_all_problems_are_told_at_once_with_event_line_and_field(tmp_path):
    bad = [
        {**EVENT, "ended_at": EVENT["started_at"] - 1},
        EVENT,
        {**EVENT, "channel": "FAX"},
        {**EVENT, "customer_phone": "1"},
        {name: value for name, value in EVENT.items() if name != "tenant_id"},
    ]
    path = write(tmp_path, "bad.jsonl", "\n".join(map(json.dumps, bad)))

    problems = refused(path)

    assert len(problems) == 4
    assert problems[0].startswith(f"{path}: event 1, line 1: ended_at")
    assert "event 3, line 3" in problems[1]
    assert "channel" in problems[1]
    assert "customer_phone" in problems[2]
    assert "tenant_id" in problems[3]


def test_a_problem_never_repeats_what_a_customer_wrote(tmp_path):
    event = {**EVENT, "messages": [{**EVENT["messages"][0], "text": 13_912_345_678}]}

    (problem,) = refused(write(tmp_path, "bad.json", json.dumps(event)))

    assert "messages[0].text" in problem
    assert "13912345678" not in problem


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("cut.json", '{"a": ', "is not JSON"),
        ("cut.jsonl", json.dumps(EVENT) + "\n{", "line 2: is not JSON"),
        ("bad.yaml", "a: [1\nb: 2", "is not YAML"),
        ("events.csv", "", "the name must end in"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path, name, text, said):
    (problem,) = refused(write(tmp_path, name, text))

    assert said in problem


def test_text_that_is_not_utf_8_is_refused(tmp_path):
    path = tmp_path / "latin.json"
    path.write_bytes('{"a": "é"}'.encode("latin-1"))

    assert "is not UTF-8" in refused(path)[0]


def test_an_event_larger_than_its_topic_takes_is_refused_before_it_is_sent(tmp_path):
    (problem,) = refused(write(tmp_path, "big.json", json.dumps(EVENT)), max_bytes=50)

    assert "at most 50" in problem


def test_a_missing_file_is_told_as_such(tmp_path):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.json")


def test_surveys_and_reviews_are_checked_as_what_they_are(tmp_path):
    survey = {"tenant_id": "t", "interaction_id": "chat-1", "answered_at": NOW, "score": 9.0}

    problems = refused(write(tmp_path, "survey.json", json.dumps(survey)), kind=EventKind.SURVEY)
    (event,) = read(
        write(tmp_path, "legal.json", json.dumps({**survey, "score": 5.0})), kind=EventKind.SURVEY
    )

    assert "score" in problems[0]
    assert event.record.score == 5.0


def test_what_upstream_could_add_is_advice_and_no_refusal(tmp_path):
    (event,) = read(write(tmp_path, "thin.json", json.dumps({**EVENT, "messages": []})))

    assert any(advice.startswith("messages") for advice in event.advice)


def test_a_corrected_interaction_is_waited_for_at_its_highest_version(tmp_path):
    lines = [json.dumps({**EVENT, "record_version": version}) for version in (2, 5, 3)]

    events = read(write(tmp_path, "versions.jsonl", "\n".join(lines)))

    assert versions_of(events) == {(EVENT["tenant_id"], "chat-1"): 5}
