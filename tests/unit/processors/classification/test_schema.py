"""The schema that editors use says what the parsers accept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from processors.classification.conditions import PARSERS
from processors.classification.ruleset import __file__ as ruleset_file
from processors.classification.schema import rules_schema

FOLDER = Path(ruleset_file).parent
PUBLISHED = json.loads((FOLDER / "rules.schema.json").read_text(encoding="utf-8"))
FILES = sorted((FOLDER / "rulesets").rglob("*.yaml"))
RULE = {"id": "r", "version": "1", "name": {"zh": "甲"}, "kind": "FAULT", "when": {"said": ["您好"]}}


def _mistakes(document: object) -> list[str]:
    return [error.message for error in Draft202012Validator(PUBLISHED).iter_errors(document)]


def test_the_published_file_is_the_one_the_parsers_give():
    assert rules_schema() == PUBLISHED


def test_every_operator_is_in_it():
    told = {operator["required"][0] for operator in PUBLISHED["$defs"]["condition"]["oneOf"]}

    assert told == set(PARSERS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_shipped_file_follows_it(path):
    assert _mistakes(yaml.safe_load(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "BONUS"},
        {"when": {"sayd": ["您好"]}},
        {"when": {"said": []}},
        {"when": {"said": ["您好"], "by": "boss"}},
        {"when": {"near": [["您好"]], "distance": 3}},
        {"when": {"near": [["您"], ["好"]]}},
        {"when": {"said": ["您好"], "within": {"first_turn": 1}}},
        {"when": {"said": ["您好"], "pattern": "您"}},
        {"when": {"contact": {"chanel": "WEB"}}},
        {"applies": {"queue": ["a"]}},
        {"colour": "red"},
    ],
)
def test_a_broken_rule_does_not(change):
    assert _mistakes({"rules": [RULE]}) == []
    assert _mistakes({"rules": [{**RULE, **change}]}) != []
