"""What an operator can mend is one line; what only we can mend stays a defect with its traceback."""

import pytest
import typer
from clickhouse_connect.driver.exceptions import DatabaseError

from schemas.records.terms import DeadLetterReason
from schemas.violation import SchemaViolation
from streams.cli.errors import ExitCode, clear_errors, message_of
from streams.local.running import NothingRuns
from streams.operations.groups import GroupIsLive
from streams.rules import NoActiveRules, RulesDiffer
from streams.settings import NotConfigured, Settings
from streams.slots import SlotTaken


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (NothingRuns("nothing runs"), "nothing runs"),
        (NotConfigured("set CALLQA_KAFKA_BOOTSTRAP"), "set CALLQA_KAFKA_BOOTSTRAP"),
        (SlotTaken("taken by process 7"), "taken by process 7"),
        (NoActiveRules("no rules are active"), "no rules are active"),
        (RulesDiffer("zh was activated as a"), "zh was activated as a"),
        (FileNotFoundError(2, "No such file or directory", "a.json"), "a.json: No such file or directory"),
        (DatabaseError("Code: 60\nStack trace: ..."), "ClickHouse: Code: 60"),
        (DatabaseError(""), "ClickHouse: DatabaseError"),
    ],
)
def test_an_expected_failure_is_told_in_one_line(error, message):
    assert message_of(error) == message


def test_a_broken_event_is_told_with_its_field():
    error = SchemaViolation(DeadLetterReason.INVALID, "InteractionCompleted: ended_at: missing")

    assert "ended_at: missing" in message_of(error)


@pytest.mark.parametrize("error", [KeyError("x"), ZeroDivisionError(), OSError("no file behind it")])
def test_a_defect_has_no_message_and_goes_through(error):
    assert message_of(error) is None
    with pytest.raises(type(error)), clear_errors():
        raise error


def test_a_wrong_setting_is_named_but_its_value_is_not_repeated(monkeypatch):
    monkeypatch.setenv("CALLQA_WINDOW", "s3cret")

    with pytest.raises(ValueError, match="window") as caught:
        Settings()

    message = message_of(caught.value)
    assert message.startswith("setting window: ")
    assert "s3cret" not in message


@pytest.mark.parametrize(
    ("error", "code"),
    [(NothingRuns("nothing"), ExitCode.ERROR), (GroupIsLive("a live group"), ExitCode.REFUSED)],
)
def test_a_failure_ends_the_command_with_its_code(error, code, capsys):
    with pytest.raises(typer.Exit) as ended, clear_errors():
        raise error

    assert ended.value.exit_code == code
    seen = capsys.readouterr()
    assert seen.out == ""
    assert str(error) in seen.err


def test_a_command_that_ends_on_purpose_keeps_its_code():
    with pytest.raises(typer.Exit) as ended, clear_errors():
        raise typer.Exit(3)

    assert ended.value.exit_code == 3
