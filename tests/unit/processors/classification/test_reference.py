"""Every example of the reference page is a rule set that proves itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from processors.classification import load_ruleset
from processors.classification.applies import KEYS as APPLIES_KEYS
from processors.classification.conditions import PARSERS
from processors.classification.grammar import SCOPE_KEYS
from processors.classification.operators.facts import NAMES, QUANTITIES
from processors.classification.rehearsal import rehearse
from processors.classification.ruleset import PART_KEYS
from processors.classification.ruleset import __file__ as ruleset_file

PAGE = (Path(ruleset_file).parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
HEAD = "ruleset: page\nversion: 1.0.0\nlanguage: zh\n"


def _keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()


def _used() -> set[str]:
    return set().union(*(_keys(yaml.safe_load(block)) for block in BLOCKS))


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: re.search(r"id: (\S+)", block)[1])
def test_an_example_of_the_page_proves_itself(block, segmenter):
    ruleset = load_ruleset(HEAD + block)

    assert all(rule.examples for rule in ruleset.rules)
    assert list(rehearse(ruleset, segmenter)) == []


def test_every_operator_and_option_has_an_example():
    missing = {*PARSERS, *SCOPE_KEYS, *PART_KEYS} - _used()

    assert missing == set()


def test_every_fact_and_precondition_is_named():
    assert [name for name in (*NAMES, *QUANTITIES, *APPLIES_KEYS) if name not in PAGE] == []
