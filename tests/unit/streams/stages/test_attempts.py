from pathlib import Path

from streams.stages.attempts import AttemptJournal
from streams.stages.outcome import Incoming

RECORD = Incoming(topic="t", partition=0, offset=7, timestamp_ms=0, key=b"k", value=b"v")
OTHER = Incoming(topic="t", partition=0, offset=8, timestamp_ms=0, key=b"k", value=b"v")


def test_attempts_are_remembered_by_the_next_process(tmp_path: Path):
    journal = AttemptJournal(tmp_path / "attempts")
    journal.note(RECORD)
    journal.note(RECORD)

    reopened = AttemptJournal(tmp_path / "attempts")

    assert reopened.attempts(RECORD) == 2
    assert reopened.attempts(OTHER) == 0


def test_a_record_with_an_outcome_is_forgotten(tmp_path: Path):
    journal = AttemptJournal(tmp_path / "attempts")
    journal.note(RECORD)
    journal.note(OTHER)
    journal.clear(RECORD)

    reopened = AttemptJournal(tmp_path / "attempts")

    assert reopened.attempts(RECORD) == 0
    assert reopened.attempts(OTHER) == 1


def test_a_line_torn_by_a_crash_costs_only_itself(tmp_path: Path):
    path = tmp_path / "attempts"
    AttemptJournal(path).note(RECORD)
    with path.open("a") as file:
        file.write('{"key": "t/0/8", "n')

    reopened = AttemptJournal(path)
    reopened.note(OTHER)

    assert AttemptJournal(path).attempts(RECORD) == 1
    assert AttemptJournal(path).attempts(OTHER) == 1
