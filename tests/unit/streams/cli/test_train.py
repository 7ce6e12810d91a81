"""``callqa train reasons`` writes a model and says what it is worth; ``callqa classify`` asks it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.main import app

SAMPLE = Path(__file__).parents[1] / "training" / "labels.csv"


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    pytest.importorskip("sklearn")
    folder = tmp_path_factory.mktemp("model")
    result = run("train", "reasons", "--from", SAMPLE, "--out", folder, "--output", "json")
    assert result.exit_code == 0, result.stderr
    return folder, json.loads(result.stdout)


def test_the_report_is_printed_and_kept(model):
    folder, told = model

    assert told["written"] == str(folder / "reasons.npz")
    assert told["report"]["data"] == "labels.csv"
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == told["report"]


def test_a_trial_run_writes_nothing(tmp_path):
    pytest.importorskip("sklearn")

    result = run("train", "reasons", "--from", SAMPLE, "--out", tmp_path / "m", "--dry-run")

    assert result.exit_code == 0
    assert "billing/bill-query" in result.stdout
    assert not (tmp_path / "m").exists()


def test_classify_shows_the_learned_reason_as_what_it_is(model, tmp_path):
    dialogue = tmp_path / "call.txt"
    dialogue.write_text("客服: 您好,请问有什么可以帮您\n客户: 我要打车去机场\n", encoding="utf-8")

    result = run("classify", dialogue, "--reason-model", model[0])

    assert result.exit_code == 0, result.stderr
    (line,) = [line for line in result.stdout.splitlines() if "machine-learned" in line]
    assert "travel/ride" in line


def test_without_scikit_learn_one_line_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("streams.training.reasons.find_spec", lambda name: None)

    result = run("train", "reasons", "--from", SAMPLE, "--out", tmp_path)

    assert result.exit_code == 1
    assert result.stderr.strip().count("\n") == 0
    assert "pip install 'callqa[train]'" in result.stderr


def test_what_is_no_model_is_one_line(tmp_path):
    dialogue = tmp_path / "call.txt"
    dialogue.write_text("客户: 你好\n", encoding="utf-8")

    result = run("classify", dialogue, "--reason-model", SAMPLE)

    assert result.exit_code == 1
    assert "labels.csv: not a file that `callqa train reasons` wrote" in result.stderr
