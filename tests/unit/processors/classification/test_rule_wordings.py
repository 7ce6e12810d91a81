"""The shipped rules hold for wordings that stand in no rule, written apart from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from processors.classification.examples import Example, Expected, parse_examples
from processors.classification.rehearsal import verdicts_on
from processors.classification.ruleset import RuleSet, load_ruleset, shipped_ruleset
from processors.classification.source import Cursor, Source
from processors.classification.view import RuleKind
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from schemas.records.terms import Verdict

FOLDER = Path(__file__).parent / "rule_wordings"
LEAST_WORDINGS = 4
MOST_MISSED = 0.3
MOST_FALSE_ALARMS = 0.03
WORDLESS = {
    "interruption",
    "dead-air",
    "fast-speech",
    "ghost-call",
    "agent-hangup",
    "slow-first-reply",
    "missing-identity-check",
    "sentiment-drop",
    "ambiguous-insult",
    "composure",
}
"""Rules about voice, times and the course of a talk, and the one that names single words of address."""


def wordings(name: str) -> Iterator[tuple[str, Example]]:
    """Every wording of a file with the rule it is about."""
    path = FOLDER / name
    for rule_id, groups in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        for example in parse_examples(Cursor(groups, Source(path.name))):
            yield rule_id, example


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_ruleset(shipped_ruleset("zh"))


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(load_lexicon("zh"))


def mistaken(name: str, ruleset: RuleSet, segmenter: Segmenter) -> Iterator[tuple[str, Expected, str]]:
    """Wordings on which a rule says something else than their writer meant."""
    for rule_id, example in wordings(name):
        verdicts = verdicts_on(ruleset.rule(rule_id), example, ruleset, segmenter)
        told = Verdict.HIT in verdicts or Verdict.UNCERTAIN in verdicts
        if told is not (example.expected is Expected.HIT):
            yield rule_id, example.expected, " / ".join(turn.text for turn in example.turns)


def test_the_wordings_that_the_rules_were_widened_with_come_out_as_meant(
    ruleset: RuleSet, segmenter: Segmenter
) -> None:
    assert list(mistaken("zh.yaml", ruleset, segmenter)) == []


def test_most_of_the_wordings_that_no_rule_was_mended_for_are_found_and_hardly_any_other(
    ruleset: RuleSet, segmenter: Segmenter
) -> None:
    asked = Counter(example.expected for _, example in wordings("zh-unseen.yaml"))
    wrong = Counter(expected for _, expected, _ in mistaken("zh-unseen.yaml", ruleset, segmenter))

    assert wrong[Expected.HIT] / asked[Expected.HIT] <= MOST_MISSED
    assert wrong[Expected.MISS] / asked[Expected.MISS] <= MOST_FALSE_ALARMS


def test_nobody_is_blamed_or_exempted_by_a_wording_that_is_harmless(
    ruleset: RuleSet, segmenter: Segmenter
) -> None:
    harmful = (RuleKind.FAULT, RuleKind.EXEMPTION)
    blamed = [
        text
        for rule_id, example in wordings("zh-unseen.yaml")
        if example.expected is Expected.MISS and ruleset.rule(rule_id).kind in harmful
        if Verdict.HIT in verdicts_on(ruleset.rule(rule_id), example, ruleset, segmenter)
        for text in [" / ".join(turn.text for turn in example.turns)]
    ]

    assert blamed == []


def test_every_rule_about_words_has_wordings_for_and_against(ruleset: RuleSet) -> None:
    given = yaml.safe_load((FOLDER / "zh.yaml").read_text(encoding="utf-8"))
    asked = {rule.id for rule in ruleset.rules if rule.kind is not RuleKind.REASON} - WORDLESS

    assert asked == set(given)
    assert [rule for rule in asked if len(given[rule]["hit"]) < LEAST_WORDINGS] == []
    assert [rule for rule in asked if len(given[rule]["miss"]) < LEAST_WORDINGS] == []
