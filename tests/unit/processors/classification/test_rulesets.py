"""The rule sets that come with the package."""

from __future__ import annotations

from collections import Counter

import pytest

from processors.classification.examples import Expected
from processors.classification.rehearsal import rehearse
from processors.classification.ruleset import Rule, RuleSet, load_ruleset, shipped_ruleset
from processors.classification.view import RuleKind
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter

LANGUAGES = ("zh", "en")
LEAST_EXAMPLES = 5
FAULTS = [
    "forbidden-words",
    "agent-insult",
    "deflection",
    "discloses-data",
    "interruption",
    "doubting-customer",
    "harsh-tone",
    "missing-greeting",
    "missing-closing",
    "missing-apology",
    "missing-identity-check",
    "forbidden-promise",
    "pressure-selling",
    "dead-air",
    "fast-speech",
    "agent-hangup",
    "ghost-call",
    "slow-first-reply",
]
CREDITS = ["empathy", "proactive-help", "customer-praise", "composure"]
SIGNALS = [
    "abusive-language",
    "complaint-intent",
    "regulator-complaint",
    "media-exposure",
    "repeat-contact",
    "churn-intent",
    "compensation-demand",
    "dissatisfaction",
    "escalation-request",
    "channel-complaint",
    "process-complaint",
    "self-service-failure",
    "bot-loop",
    "competitor-mention",
    "sentiment-drop",
    "ambiguous-insult",
]
EXEMPTIONS = ["customer-insult", "customer-threat"]


@pytest.fixture(scope="module", params=LANGUAGES)
def ruleset(request: pytest.FixtureRequest) -> RuleSet:
    return load_ruleset(shipped_ruleset(request.param))


def _ids(ruleset: RuleSet, kind: RuleKind) -> list[str]:
    return sorted(rule.id for rule in ruleset.rules if rule.kind is kind)


def test_every_example_comes_out_as_its_rule_promises(ruleset: RuleSet) -> None:
    segmenter = Segmenter(load_lexicon(ruleset.language))

    failures = list(rehearse(ruleset, segmenter))

    assert failures == []


def test_the_rules_that_scorecards_and_reports_know_are_all_there(ruleset: RuleSet) -> None:
    assert _ids(ruleset, RuleKind.FAULT) == sorted(FAULTS)
    assert _ids(ruleset, RuleKind.CREDIT) == sorted(CREDITS)
    assert _ids(ruleset, RuleKind.SIGNAL) == sorted(SIGNALS)
    assert _ids(ruleset, RuleKind.EXEMPTION) == sorted(EXEMPTIONS)


def test_every_reason_of_the_taxonomy_has_a_rule(ruleset: RuleSet) -> None:
    given = {f"{rule.reason.level1}/{rule.reason.level2}" for rule in ruleset.rules if rule.reason}

    assert given == set(ruleset.reasons)


def test_both_languages_share_one_taxonomy_and_one_set_of_rules() -> None:
    zh, en = (load_ruleset(shipped_ruleset(language)) for language in LANGUAGES)

    assert {rule.id for rule in zh.rules} == {rule.id for rule in en.rules}
    assert zh.reasons == en.reasons


def _proves_itself(rule: Rule) -> bool:
    told = Counter(example.expected for example in rule.examples)
    return told[Expected.HIT] + told[Expected.UNCERTAIN] >= LEAST_EXAMPLES <= told[Expected.MISS]


def test_every_rule_carries_examples_for_and_against(ruleset: RuleSet) -> None:
    assert [rule.id for rule in ruleset.rules if not _proves_itself(rule)] == []


def test_every_rule_has_a_chinese_and_an_english_name(ruleset: RuleSet) -> None:
    assert [rule.id for rule in ruleset.rules if set(rule.name) != {"zh", "en"}] == []


def test_an_ambiguous_address_is_never_decided_by_the_machine(ruleset: RuleSet) -> None:
    assert ruleset.rule("ambiguous-insult").ambiguous


def test_no_rule_set_is_shipped_for_an_unknown_language() -> None:
    with pytest.raises(LookupError, match="'fr'"):
        shipped_ruleset("fr")
