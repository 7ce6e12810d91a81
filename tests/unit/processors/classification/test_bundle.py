"""A bundled rule set is the rule set: same rules, same words, same hash."""

from pathlib import Path

import pytest

from processors.classification import load_ruleset, shipped_ruleset
from processors.classification.bundle import bundle

HEAD = """
ruleset: own
version: "1"
language: zh
include: [first.yaml, second.yaml]
"""
FIRST = """
# a comment
reasons:
  billing:
    name: {zh: 资费, en: Billing}
    reasons: {bill-query: {zh: 查话费, en: Bill query}}
sentiment: {positive: [谢谢], negative: [生气], reach: 2}
rules:
  - id: swearing
    version: "1"
    name: {zh: 脏话, en: Swearing}
    kind: FAULT
    when: {said: [混蛋, 王八蛋]}
"""
SECOND = """
reasons:
  billing:
    name: {zh: 资费, en: Billing}
    reasons: {unexpected-charge: {zh: 乱扣费, en: Unexpected charge}}
sentiment: {positive: [满意], negative: [失望]}
rules:
  - id: unexpected-charge
    version: "1"
    name: {zh: 乱扣费, en: Unexpected charge}
    kind: REASON
    reason: billing/unexpected-charge
    when: {said: [乱扣费]}
"""


@pytest.fixture
def ruleset(tmp_path: Path) -> Path:
    for name, text in (("own.yaml", HEAD), ("first.yaml", FIRST), ("second.yaml", SECOND)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "own.yaml"


def examples_of(ruleset):
    """Every example but its place in the file."""
    return [[(one.expected, one.turns, one.contact) for one in rule.examples] for rule in ruleset.rules]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_shipped_rule_set_has_the_same_rules_reasons_and_hash_in_one_text(language):
    path = shipped_ruleset(language)

    whole, cut = load_ruleset(bundle(path)), load_ruleset(path)

    assert [rule.id for rule in whole.rules] == [rule.id for rule in cut.rules]
    assert examples_of(whole) == examples_of(cut)
    assert whole.reasons == cut.reasons
    assert whole.hash == cut.hash


def test_what_several_parts_say_under_one_key_is_all_there(ruleset):
    whole = load_ruleset(bundle(ruleset))

    assert [rule.id for rule in whole.rules] == ["swearing", "unexpected-charge"]
    assert set(whole.reasons) == {"billing/bill-query", "billing/unexpected-charge"}
    assert len(whole.search.words.sentiment.positive) == 2
    assert len(whole.search.words.sentiment.negative) == 2
    assert whole.hash == load_ruleset(ruleset).hash


def test_the_text_is_the_same_each_time_and_a_bundle_of_a_bundle_is_itself(ruleset, tmp_path):
    text = bundle(ruleset)
    (tmp_path / "again.yaml").write_text(text, encoding="utf-8")

    assert bundle(ruleset) == text
    assert bundle(tmp_path / "again.yaml") == text


def test_chinese_stays_readable_and_comments_stay_behind(ruleset):
    text = bundle(ruleset)

    assert "王八蛋" in text
    assert "comment" not in text
    assert "include" not in text


def test_into_which_files_the_rules_are_cut_is_not_a_change(ruleset, tmp_path):
    before = load_ruleset(ruleset).hash
    whole = FIRST + SECOND[SECOND.index("  - id: unexpected-charge") :]
    second_reason = "unexpected-charge: {zh: 乱扣费, en: Unexpected charge}"
    whole = whole.replace("en: Bill query}}", f"en: Bill query}}, {second_reason}}}")
    whole = whole.replace("[谢谢]", "[谢谢, 满意]").replace("[生气]", "[生气, 失望]")
    (tmp_path / "first.yaml").write_text(whole, encoding="utf-8")
    (tmp_path / "second.yaml").write_text("rules: []\n", encoding="utf-8")

    assert load_ruleset(ruleset).hash == before


def test_another_word_is_a_change(ruleset, tmp_path):
    before = load_ruleset(ruleset).hash

    (tmp_path / "first.yaml").write_text(FIRST.replace("王八蛋", "坏蛋"), encoding="utf-8")

    assert load_ruleset(ruleset).hash != before


def test_a_part_that_is_not_there_is_an_error_and_not_a_smaller_rule_set(ruleset, tmp_path):
    (tmp_path / "second.yaml").unlink()

    with pytest.raises(FileNotFoundError):
        bundle(ruleset)
