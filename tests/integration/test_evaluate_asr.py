"""``callqa evaluate asr`` on two demo calls, with Whisper base."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.main import app
from streams.models import ModelUnavailable, fetch

pytestmark = [pytest.mark.model, pytest.mark.integration]

PROJECT = Path(__file__).resolve().parents[2]
MODELS = PROJECT / ".local" / "cache" / "models"
DEMO = PROJECT / "infra" / "demo"


@pytest.fixture
def evaluate(monkeypatch):
    try:
        fetch("base", MODELS)
    except ModelUnavailable as absent:
        pytest.skip(str(absent))
    monkeypatch.setenv("CALLQA_MODEL_DIR", str(MODELS))
    return lambda *arguments: CliRunner().invoke(app, ["evaluate", "asr", *map(str, arguments)])


def test_the_demo_is_heard_well_and_its_findings_survive(evaluate):
    result = evaluate(
        *(
            DEMO / "asr.yaml",
            "--only",
            "v04-agent-abuse-hangup",
            "--only",
            "v08-misselling",
            "--output",
            "json",
        )
    )

    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["cer"]["units"] == 141
    assert found["cer"]["rate"] <= 0.08
    assert found["cer_with_readings"]["rate"] <= min(0.06, found["cer"]["rate"])
    assert set(found["by"]["queue"]) == {"general", "sales"}
    assert set(found["by"]["agent"]) == {"1041", "1071"}
    assert found["borders"]["within_300_ms"] >= 0.95
    assert found["rules"]["recall"] >= 0.9


def test_a_recording_that_is_refused_is_named_and_the_rest_still_counts(evaluate, tmp_path):
    (tmp_path / "asr.yaml").write_text(
        f"""
calls:
  - id: broken
    recordings: [{{file: {DEMO}/audio/b03-corrupt.opus}}]
    text: {{agent: 您好}}
  - id: good
    recordings: [{{file: {DEMO}/audio/v11-ghost-call-home-agent.opus}}]
    language: zh-CN
    text: {{agent: 喂您好, customer: 喂}}
""",
        encoding="utf-8",
    )

    result = evaluate(tmp_path / "asr.yaml")

    assert result.exit_code == 3
    assert "broken: RECORDING_CORRUPT" in result.stdout
    assert "CER" in result.stdout


def test_a_manifest_without_truth_is_one_clear_line(tmp_path):
    (tmp_path / "asr.yaml").write_text("calls: [{id: a, recordings: [{file: a.wav}]}]")

    result = CliRunner().invoke(app, ["evaluate", "asr", str(tmp_path / "asr.yaml")])

    assert result.exit_code == 1
    assert "has no reference" in result.output
