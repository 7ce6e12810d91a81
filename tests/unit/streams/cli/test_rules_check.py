"""The commands for rule writers, run as a person runs them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from streams.cli.main import app

RULES = """ruleset: test
version: 1.0.0
language: zh
rules:
  - id: shout
    version: {version}
    name: {{zh: 甲}}
    kind: FAULT
    when: {{said: [{phrase}]}}
    examples: {{hit: ["客服: 随便你投诉"], miss: ["客服: 您好"]}}
"""


@pytest.fixture
def rules(tmp_path):
    def write(phrase, version="1.0.0", name="rules.yaml"):
        path = tmp_path / name
        path.write_text(RULES.format(phrase=phrase, version=version), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def dialogue(tmp_path):
    path = tmp_path / "dialogue.txt"
    path.write_text("客户: 我要投诉\n客服: 随便你投诉\n", encoding="utf-8")
    return str(path)


def _run(*words):
    return CliRunner().invoke(app, list(words))


def test_examples_are_run_and_a_broken_promise_ends_with_4(rules):
    assert _run("rules", "test", rules("随便你投诉")).exit_code == 0

    broken = _run("rules", "test", rules("你好"))

    assert broken.exit_code == 4
    assert "1 of 2 examples kept" in broken.output


def test_lint_ends_with_4_only_for_errors(rules, tmp_path):
    assert _run("rules", "lint", rules("随便你投诉")).exit_code == 0

    void = _run("rules", "lint", rules("不投诉], except: [投诉"), "--output", "json")

    assert void.exit_code == 4
    assert "unreachable" in {remark["check"] for remark in json.loads(void.output)}


def test_a_file_that_does_not_load_names_the_line(rules):
    found = _run("rules", "lint", rules("你好], sayd: [你好"))

    assert found.exit_code == 1
    assert "rules.yaml:9" in found.output


def test_explain_tells_words_operator_and_hash(rules, dialogue):
    found = _run(
        "rules", "explain", dialogue, "--rule", "shout", "--rules", rules("随便你投诉"), "--output", "json"
    )

    receipt = json.loads(found.output)
    (answer,) = receipt["answers"]
    assert (answer["verdict"], receipt["rule_version"]) == ("HIT", "1.0.0")
    assert len(receipt["ruleset_hash"]) == 64
    assert [(p["turn"], p["operator"], p["words"]) for p in answer["evidence"]] == [
        (1, "when.said", "随便你投诉")
    ]


def test_explain_knows_no_unknown_rule(dialogue):
    found = _run("rules", "explain", dialogue, "--rule", "nobody")

    assert found.exit_code == 1
    assert "no rule 'nobody'" in found.output


def test_diff_tells_which_verdicts_turn(rules):
    before, after = rules("随便你投诉", name="before.yaml"), rules("你好", "1.1.0", "after.yaml")

    told = json.loads(_run("rules", "diff", before, after, "--output", "json").output)

    assert (told["added"], told["removed"], told["changed"]) == ([], [], ["shout"])
    assert [(v["before"], v["after"]) for v in told["verdicts"]] == [("HIT", "NO_HIT")]


def test_classify_needs_neither_kafka_nor_store(dialogue):
    found = _run("classify", dialogue, "--output", "json")

    findings = json.loads(found.output)["classification"]["findings"]
    assert {"forbidden-words", "complaint-intent"} <= {finding["rule_id"] for finding in findings}
    assert "harsh-tone" not in {finding["rule_id"] for finding in findings}


@pytest.mark.parametrize("text", ['{"interaction_id": 7}', "{broken"])
def test_what_is_no_interaction_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "event.json"
    path.write_text(text, encoding="utf-8")

    found = _run("classify", str(path))

    assert found.exit_code == 1
    assert "expected an InteractionCompleted" in found.output
