from __future__ import annotations

import pytest

from processors.classification import RuleSetError, shipped_ruleset
from processors.classification.lint import Level, lint
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter

HEAD = "ruleset: test\nversion: 1.0.0\nlanguage: zh\nrules:\n"
RULE = "  - id: {id}\n    version: 1.0.0\n    name: {{zh: 甲}}\n    kind: {kind}\n    when: {when}\n"


@pytest.fixture
def remarks(tmp_path, segmenter):
    def run(*conditions, kind="FAULT", beside=""):
        path = tmp_path / "rules.yaml"
        rules = "".join(RULE.format(id=f"r{n}", kind=kind, when=when) for n, when in enumerate(conditions))
        path.write_text(HEAD + rules + beside, encoding="utf-8")
        return [remark for remark in lint(path, segmenter) if remark.check != "examples"]

    return run


@pytest.mark.parametrize(
    ("when", "check", "words"),
    [
        ("{said: [不是投诉, 举报], except: [不是投诉]}", "unreachable", "不是投诉"),
        ("{said: [投诉, 投诉]}", "duplicate", "twice"),
        ("{said: [投诉, 我要投诉]}", "redundant", "我要投诉"),
        ("{said: [滚]}", "broad", "words: true"),
        ("{said: [这不归我们管], words: true}", "split", "several words"),
        ("{all: [{said: [投诉]}, {not: {said: [投诉]}}]}", "contradiction", "never hold"),
        ("{any: [{said: [投诉]}, {not: {said: [投诉]}}]}", "contradiction", "always holds"),
        ("{said: [的]}", "broad", "hits inside other words"),
        ("{pattern: '.{1,8}'}", "broad", "which everybody says"),
        ("{pattern: ['投诉你', '好|行']}", "broad", "'好'"),
        ("{similar: [您好请问有什么可以帮您], at_least: 0.4}", "broad", "0.5 is the least"),
        ("{near: [[投诉], [退款]], distance: 64}", "broad", "30 or less"),
        (
            "{said: [投诉你], within: {first_percent: 20, last_percent: 30}}",
            "unreachable",
            "nothing in common",
        ),
    ],
)
def test_a_mistake_that_loads_is_remarked_with_its_line(remarks, when, check, words):
    found = [remark for remark in remarks(when) if remark.check == check]

    assert [remark.rule for remark in found] == ["r0"]
    assert words in found[0].message
    assert found[0].line == 9


def test_a_sound_rule_gets_no_remark(remarks):
    assert remarks("{said: [有完没完, 随便你投诉]}", "{pattern: '打了.{0,3}次'}") == []
    assert remarks("{said: [有完没完], within: {first_percent: 60, last_percent: 60}}") == []


def test_a_broad_expression_may_stand_beside_others(remarks):
    assert remarks("{all: [{pattern: '您'}, {said: [有完没完]}]}") == []
    assert remarks("{pattern: '您', within: {first_turns: 1}}") == []


def test_two_rules_that_ask_the_same_are_remarked(remarks):
    found = remarks("{pattern: '打了.{0,3}次'}", "{pattern: '打了.{0,3}次'}", kind="SIGNAL")

    assert [(remark.check, remark.rule) for remark in found] == [("duplicate", "r1")]
    assert "'r0'" in found[0].message


@pytest.mark.parametrize(
    "when", ["{speed: {above: 280}}", "{all: [{gap: {above: 5000}}]}", "{monologue: {above: 60000}}"]
)
def test_what_only_calls_have_cannot_be_asked_of_chats(remarks, when):
    chats = remarks(f"{when}\n    applies: {{channels: [WEB]}}")
    both = remarks(f"{when}\n    applies: {{channels: [WEB, VOICE]}}")

    assert [(remark.level, remark.check) for remark in chats] == [(Level.ERROR, "unreachable")]
    assert both == []


@pytest.mark.parametrize(
    ("pattern", "remedy"),
    [
        ("(a+)+b", "bounded repeat"),
        ("打了.*次", "bounded repeat"),
        ("(.{0,60}a){0,60}", "multiply"),
        (r"(好)\\1", "spell the words out"),
    ],
)
def test_an_expression_that_could_run_away_does_not_even_load(tmp_path, segmenter, pattern, remedy):
    path = tmp_path / "rules.yaml"
    written = RULE.format(id="r", kind="FAULT", when=f'{{pattern: "{pattern}"}}')
    path.write_text(HEAD + written, encoding="utf-8")

    with pytest.raises(RuleSetError, match=f"rules.yaml:9: rule r:.*{remedy}"):
        lint(path, segmenter)


def test_a_short_rule_needs_examples(tmp_path, segmenter):
    path = tmp_path / "rules.yaml"
    path.write_text(HEAD + RULE.format(id="r", kind="FAULT", when="{said: [废话连篇]}"), encoding="utf-8")

    assert [remark.check for remark in lint(path, segmenter)] == ["examples", "examples"]


def test_words_blamed_by_two_rules_are_remarked(remarks):
    found = remarks("{said: [有完没完]}", "{said: [有完没完, 随便你投诉]}")

    assert [(remark.check, remark.rule) for remark in found] == [("twice", "r1")]


def test_words_noted_by_two_signals_are_not(remarks):
    assert remarks("{said: [有完没完]}", "{said: [有完没完, 随便你投诉]}", kind="SIGNAL") == []


def test_a_condition_nobody_uses_is_remarked(remarks):
    found = remarks("{said: [有完没完]}", beside="conditions:\n  idle: {said: [您好], by: agent}\n")

    assert [(remark.check, remark.line) for remark in found] == [("unused", 11)]


def test_a_file_that_does_not_load_is_no_matter_of_style(tmp_path, segmenter):
    path = tmp_path / "rules.yaml"
    path.write_text("ruleset: x\n", encoding="utf-8")

    with pytest.raises(RuleSetError):
        lint(path, segmenter)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_shipped_rules_hold_no_error(language):
    found = lint(shipped_ruleset(language), Segmenter(load_lexicon(language)))

    assert [remark for remark in found if remark.level is Level.ERROR] == []
