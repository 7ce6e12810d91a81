from __future__ import annotations

import pytest

from processors.classification.ruleset import Grain, RuleSetError, load_ruleset
from processors.classification.view import RuleKind

HEAD = "ruleset: test\nversion: 1.0.0\nlanguage: zh\n"
RULE = """rules:
  - id: greeting
    version: 1.0.0
    name: {zh: 问候}
    kind: CREDIT
    when: {said: [您好]}
"""


def test_a_rule_says_what_it_is_called_and_asked_of():
    rule = load_ruleset(HEAD + RULE).rule("greeting")

    assert rule.name == {"zh": "问候"}
    assert rule.kind is RuleKind.CREDIT
    assert rule.grain is Grain.LEG


def test_the_hash_follows_the_content_not_the_comments():
    plain = load_ruleset(HEAD + RULE)
    commented = load_ruleset(
        "# written on a Monday\n" + HEAD + RULE.replace("[您好]}", "[ 您好 ]}  # polite")
    )
    changed = load_ruleset(HEAD + RULE.replace("您好", "你好"))

    assert commented.hash == plain.hash
    assert changed.hash != plain.hash


def test_an_example_more_does_not_change_what_was_judged():
    proven = load_ruleset(HEAD + RULE + '    examples: {hit: ["客服: 您好"]}\n')

    assert proven.hash == load_ruleset(HEAD + RULE).hash


def test_an_unknown_rule_is_a_key_error():
    with pytest.raises(KeyError):
        load_ruleset(HEAD + RULE).rule("farewell")


def test_included_files_belong_to_the_rule_set(tmp_path):
    (tmp_path / "zh.yaml").write_text(HEAD + "include: [part.yaml]\n", encoding="utf-8")
    (tmp_path / "part.yaml").write_text(RULE, encoding="utf-8")

    ruleset = load_ruleset(tmp_path / "zh.yaml")

    assert [rule.id for rule in ruleset.rules] == ["greeting"]


def test_a_mistake_in_an_included_file_names_that_file(tmp_path):
    (tmp_path / "zh.yaml").write_text(HEAD + "include: [part.yaml]\n", encoding="utf-8")
    (tmp_path / "part.yaml").write_text(RULE.replace("said", "sayd"), encoding="utf-8")

    with pytest.raises(RuleSetError, match=r"^part\.yaml:6: rule greeting:"):
        load_ruleset(tmp_path / "zh.yaml")


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ("kind: CREDIT", "kind: BONUS", "'BONUS' is none of FAULT, CREDIT, SIGNAL, EXEMPTION, REASON"),
        ("when: {said: [您好]}", "when: {said: []}", "empty list; add a phrase"),
        ("when: {said: [您好]}", "when: {all: []}", "no conditions; add one"),
        ("when: {said: [您好]}", "when: {said: [您好], match: 2}", "2 of 1 phrases can never be said"),
        ("when: {said: [您好]}", "when: {use: polite}", "no shared condition 'polite'"),
        ("when: {said: [您好]}", "when: {said: [您好], by: boss}", "'boss' is none of agent, customer"),
        ("when: {said: [您好]}", "when: {near: [[您好]], distance: 3}", "at least two lists"),
        ("when: {said: [您好]}", "when: {pattern: '您.*好'}", r"write a bounded repeat such as \.\{0,12\}"),
        ("when: {said: [您好]}", "when: {pattern: '(您{1,9}){1,9}'}", "its repeats multiply"),
        ("when: {said: [您好]}", "when: {pattern: '您(好'}", "not a regular expression"),
        ("when: {said: [您好]}", "when: {speed: {by: agent}}", "write one of above, below"),
        (
            "when: {said: [您好]}",
            "when: {n_of: [{said: 您好}], count: 2}",
            "2 of 1 conditions can never hold",
        ),
        ("when: {said: [您好]}", "when: {contact: {chanel: WEB}}", "did you mean 'channel'"),
        (
            "when: {said: [您好]}",
            "when: {said: [您好]}\n    reason: billing/other",
            "only a rule of kind REASON",
        ),
        ("when: {said: [您好]}", "when: {said: [您好]}\n    applies: {known: [mood]}", "'mood' is none of"),
        ("name: {zh: 问候}", "name: {fr: bonjour}", "unknown key 'fr'"),
    ],
)
def test_a_mistake_is_told_with_the_rule_and_the_remedy(wrong, right, message):
    with pytest.raises(RuleSetError, match=rf"<text>:\d+: rule greeting: .*{message}"):
        load_ruleset(HEAD + RULE.replace(wrong, right))


def test_a_reason_rule_names_a_reason_of_the_taxonomy():
    with pytest.raises(RuleSetError, match="needs 'reason: level1/level2'"):
        load_ruleset(HEAD + RULE.replace("CREDIT", "REASON"))
    with pytest.raises(RuleSetError, match="'billing/other' is not in the taxonomy"):
        load_ruleset(HEAD + RULE.replace("CREDIT", "REASON") + "    reason: billing/other\n")


def test_two_rules_of_one_id_are_refused():
    with pytest.raises(RuleSetError, match="a rule with the id 'greeting' exists already"):
        load_ruleset(HEAD + RULE + RULE.removeprefix("rules:\n"))


def test_a_shared_condition_must_say_whose_words_it_means():
    shared = "conditions:\n  polite:\n    said: [您好]\n"

    with pytest.raises(RuleSetError, match="a shared condition must say 'by: agent'"):
        load_ruleset(HEAD + shared + RULE)


def test_a_rule_set_without_a_language_is_refused():
    with pytest.raises(RuleSetError, match="'language' is missing"):
        load_ruleset("ruleset: test\nversion: 1.0.0\n" + RULE)


def test_shared_conditions_may_stand_in_any_order():
    later = "conditions:\n  polite: {use: greeted}\n  greeted: {said: [您好], by: agent}\n"

    ruleset = load_ruleset(HEAD + later + RULE.replace("said: [您好]", "use: polite"))

    assert ruleset.rule("greeting").id == "greeting"


def test_a_shared_condition_that_uses_itself_is_refused():
    round_and_round = "conditions:\n  polite: {use: greeted}\n  greeted: {not: {use: polite}}\n"

    with pytest.raises(RuleSetError, match="'polite' uses itself"):
        load_ruleset(HEAD + round_and_round + RULE)


def test_a_text_is_compiled_once():
    assert load_ruleset(HEAD + RULE) is load_ruleset(HEAD + RULE)
    assert load_ruleset(HEAD + RULE.replace("您好", "你好")).hash != load_ruleset(HEAD + RULE).hash
