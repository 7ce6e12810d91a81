"""Activated rules read as text: what an activation changes is named, and nothing else."""

import pytest
import yaml

from processors.scoring.scorecard import SERVICE_SCORECARD
from sinks.activations import RuleFile
from streams.rule_texts import changes, rule_lines, rule_text
from streams.rules import scorecard_file

RULES = {
    "ruleset": "zh-test",
    "version": "1",
    "language": "zh",
    "thresholds": {"word_probability": 0.3},
    "rules": [
        {
            "id": "deflection",
            "version": "1.0.0",
            "name": {"zh": "推诿客户", "en": "Deflection"},
            "kind": "FAULT",
            "description": "不推诿",
            "when": {"said": ["不归我管"]},
            "examples": {"hit": ["客服: 不归我管"]},
        },
        {
            "id": "empathy",
            "version": "1.0.0",
            "name": {"zh": "共情安抚", "en": "Empathy"},
            "kind": "CREDIT",
            "when": {"said": ["理解您"]},
        },
    ],
}


def ruleset(**parts):
    text = yaml.safe_dump({**RULES, **parts}, allow_unicode=True)
    return RuleFile(id="zh-test", hash=str(hash(text)), language="zh", text=text)


def with_rule(**values):
    first, *rest = RULES["rules"]
    return ruleset(rules=[{**first, **values}, *rest])


@pytest.fixture
def scorecard():
    return scorecard_file(SERVICE_SCORECARD)


def told(before, after):
    return [(one.change, one.part, one.name) for one in changes(before, after)]


def test_unchanged_files_change_nothing(scorecard):
    assert changes([ruleset(), scorecard], [ruleset(), scorecard]) == []


def test_another_condition_is_a_change_of_that_rule_alone():
    assert told([ruleset()], [with_rule(when={"said": ["不归我们管"]})]) == [
        ("changed", "rule", "deflection")
    ]


def test_another_example_or_description_changes_no_verdict_and_is_not_told():
    assert told([ruleset()], [with_rule(examples={"hit": ["客服: 这不归我管"]}, description="别推")]) == []


def test_added_and_removed_rules_are_told_apart():
    fewer = ruleset(rules=RULES["rules"][:1])

    assert told([ruleset()], [fewer]) == [("removed", "rule", "empathy")]
    assert told([fewer], [ruleset()]) == [("added", "rule", "empathy")]


def test_a_threshold_is_a_change_of_the_rule_set():
    changed = ruleset(thresholds={"word_probability": 0.5})

    assert told([ruleset()], [changed]) == [("changed", "setting", "thresholds")]


def test_another_deduction_is_a_change_of_that_item(scorecard):
    card = yaml.safe_load(scorecard.text)
    item = next(
        item for section in card["sections"] for item in section["items"] if item["id"] == "deflection"
    )
    item["deducts"] = {"deflection": 1}
    changed = RuleFile(id=scorecard.id, hash="other", text=yaml.safe_dump(card, allow_unicode=True))

    assert told([scorecard], [changed]) == [("changed", "item", "deflection")]


def test_a_first_activation_adds_whole_files(scorecard):
    assert told([], [ruleset(), scorecard]) == [
        ("added", "file", scorecard.id),
        ("added", "file", "zh-test"),
    ]


def test_a_rule_is_shown_with_what_the_scorecard_does(scorecard):
    lines = {one.rule_id: one for one in rule_lines([ruleset()], scorecard)}

    assert lines["deflection"].effect == ("-15 / 15",)
    assert lines["empathy"].effect[0].startswith("+")
    assert lines["empathy"].kind == "CREDIT"


def test_a_red_line_and_its_alert_are_told_together(scorecard):
    insult = {**RULES["rules"][0], "id": "agent-insult"}

    (line,) = rule_lines([ruleset(rules=[insult])], scorecard)

    assert line.effect == ("红线 score 0", "预警 SUPERVISOR")


def test_a_rule_is_given_back_as_it_was_written():
    text = rule_text([ruleset()], "deflection", "zh")

    assert yaml.safe_load(text) == RULES["rules"][0]
    assert rule_text([ruleset()], "deflection", "en") is None
    assert rule_text([ruleset()], "no-such-rule", "zh") is None
