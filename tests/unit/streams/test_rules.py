"""Rules on their way from files to the store and back decide exactly as they did."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from processors.classification import RuleSetError, load_ruleset, shipped_ruleset
from processors.scoring import ScorecardError
from processors.scoring.scorecard import SERVICE_SCORECARD
from sinks.activations import Activation, RuleFile
from streams.rules import RulesDiffer, active_rulesets, active_scorecard, configured_rules
from streams.settings import Settings

SMALL = """
ruleset: {language}-own
version: "1"
language: {language}
include: [parts/rules.yaml]
"""
RULES = """
rules:
  - id: swearing
    version: "1"
    name: {zh: 脏话, en: swearing}
    kind: FAULT
    when: {said: [混蛋]}
    examples: {hit: ["客服: 混蛋"]}
"""


def own_rules(folder: Path, rules: str = RULES) -> Path:
    (folder / "parts").mkdir(parents=True, exist_ok=True)
    for language in ("zh", "en"):
        (folder / f"{language}.yaml").write_text(SMALL.format(language=language), encoding="utf-8")
    (folder / "parts/rules.yaml").write_text(rules, encoding="utf-8")
    return folder


def settings(**values: object) -> Settings:
    return Settings().model_copy(update=values)


def activation(rulesets: list[RuleFile], scorecard: RuleFile) -> Activation:
    return Activation(
        seq=1, rulesets=tuple(rulesets), scorecard=scorecard, activated_at=0, activated_by="somebody"
    )


@pytest.fixture(scope="module")
def shipped() -> tuple[list[RuleFile], RuleFile]:
    return configured_rules(settings())


def test_the_shipped_rules_come_in_both_languages_with_the_hashes_of_their_files(shipped):
    rulesets, scorecard = shipped

    assert [file.language for file in rulesets] == ["zh", "en"]
    assert [file.hash for file in rulesets] == [load_ruleset(shipped_ruleset(x)).hash for x in ("zh", "en")]
    assert scorecard.text == SERVICE_SCORECARD.read_text(encoding="utf-8")


def test_reading_the_same_files_again_gives_the_same_hashes_and_texts(shipped):
    assert configured_rules(settings()) == shipped


def test_an_activated_text_is_read_as_the_rules_it_was_made_from(shipped):
    rulesets, scorecard = shipped

    active = active_rulesets(activation(rulesets, scorecard))

    assert {language: found.hash for language, found in active.items()} == {
        file.language: file.hash for file in rulesets
    }
    assert {rule.id for rule in active["zh"].rules} == {
        rule.id for rule in load_ruleset(shipped_ruleset("zh")).rules
    }
    assert active_scorecard(activation(rulesets, scorecard)).hash == scorecard.hash


def test_a_folder_of_ones_own_replaces_the_shipped_rules(tmp_path):
    rulesets, _ = configured_rules(settings(ruleset_dir=own_rules(tmp_path)))

    assert [file.id for file in rulesets] == ["zh-own", "en-own"]
    assert "混蛋" in rulesets[0].text


def test_a_changed_word_in_an_included_part_is_another_hash(tmp_path):
    before, _ = configured_rules(settings(ruleset_dir=own_rules(tmp_path)))

    after, _ = configured_rules(settings(ruleset_dir=own_rules(tmp_path, RULES.replace("混蛋", "笨蛋"))))

    assert before[0].hash != after[0].hash


def test_a_comment_is_not_a_change(tmp_path):
    before, _ = configured_rules(settings(ruleset_dir=own_rules(tmp_path)))

    after, _ = configured_rules(settings(ruleset_dir=own_rules(tmp_path, "# why\n" + RULES)))

    assert [file.hash for file in before] == [file.hash for file in after]


def test_a_rule_that_cannot_be_meant_is_refused_before_it_counts(tmp_path):
    folder = own_rules(tmp_path, RULES.replace("said:", "sait:"))

    with pytest.raises(RuleSetError, match=r"rules\.yaml.*sait"):
        configured_rules(settings(ruleset_dir=folder))


def test_a_scorecard_that_cannot_be_used_is_refused(tmp_path):
    card = tmp_path / "card.yaml"
    card.write_text("id: card\n", encoding="utf-8")

    with pytest.raises(ScorecardError):
        configured_rules(settings(ruleset_dir=own_rules(tmp_path), scorecard=card))


def test_a_text_that_this_release_reads_otherwise_is_not_applied_in_silence(shipped):
    rulesets, scorecard = shipped
    altered = [replace(rulesets[0], hash="0" * 64), rulesets[1]]

    with pytest.raises(RulesDiffer, match="was activated as 000000000000"):
        active_rulesets(activation(altered, scorecard))
    with pytest.raises(RulesDiffer):
        active_scorecard(activation(rulesets, replace(scorecard, hash="1" * 64)))
