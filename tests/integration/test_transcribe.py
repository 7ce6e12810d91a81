"""``callqa transcribe`` from the command line to the table, with Whisper base."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.main import app
from streams.models import ModelUnavailable, fetch

pytestmark = [pytest.mark.model, pytest.mark.integration]

PROJECT = Path(__file__).resolve().parents[2]
MODELS = PROJECT / ".local" / "cache" / "models"
DEMO = PROJECT / "infra" / "demo" / "audio"
CALL = DEMO / "v04-agent-abuse-hangup.opus"


@pytest.fixture
def transcribe(monkeypatch):
    try:
        fetch("base", MODELS)
    except ModelUnavailable as absent:
        pytest.skip(str(absent))
    monkeypatch.setenv("CALLQA_MODEL_DIR", str(MODELS))

    def run(*arguments):
        return CliRunner().invoke(app, ["transcribe", *map(str, arguments)])

    return run


def test_a_call_is_heard_and_a_broken_file_beside_it_is_refused_with_its_reason(transcribe):
    result = transcribe(CALL, DEMO / "b03-corrupt.opus", "--queue", "general", "--output", "json")

    heard, refused = json.loads(result.stdout)
    assert result.exit_code == 3
    assert "听不懂人话" in "".join(turn["normalised"] for turn in heard["turns"] if turn["party"] == "AGENT")
    assert heard["audio_seconds"] == pytest.approx(42, abs=2)
    assert heard["measures"]["agent_talk_ms"] > 5_000
    assert refused["refused"]["reason"] == "RECORDING_CORRUPT"
    assert refused["turns"] == []


def test_the_table_shows_turns_and_pace(transcribe):
    result = transcribe(CALL)

    assert result.exit_code == 0, result.output
    assert "坐席 agent" in result.stdout
    assert "RTF 0." in result.stdout


def test_roles_that_do_not_exist_are_wrong_usage():
    result = CliRunner().invoke(app, ["transcribe", str(CALL), "--roles", "agent,client"])

    assert result.exit_code == 2


def test_files_of_one_call_need_a_role_each():
    result = CliRunner().invoke(
        app, ["transcribe", str(CALL), str(CALL), "--together", "--roles", "agent,customer,system"]
    )

    assert result.exit_code == 2
