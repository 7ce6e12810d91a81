from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from processors.classification.classify import Judgement, judge
from processors.classification.conversation import Conversation
from processors.classification.examples import parse_examples
from processors.classification.rehearsal import staged
from processors.classification.ruleset import RuleSet, load_ruleset
from processors.classification.source import read_yaml
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter

Judge = Callable[..., list[Judgement]]


@pytest.fixture(scope="session")
def segmenter() -> Segmenter:
    return Segmenter(load_lexicon("zh"))


@pytest.fixture
def rule_of() -> Callable[..., RuleSet]:
    """A rule set of one rule: ``when`` is its condition in YAML, further keys go into the rule."""

    def build(when: str, kind: str = "FAULT", more: str = "", beside: str = "") -> RuleSet:
        condition = textwrap.indent(textwrap.dedent(when).strip(), "      ")
        further = textwrap.indent(textwrap.dedent(more).strip(), "    ")
        return load_ruleset(
            "ruleset: test\nversion: 1.0.0\nlanguage: zh\n"
            f"{textwrap.dedent(beside)}\n"
            "rules:\n  - id: asked\n    version: 1.0.0\n    name: {zh: 被问的规则}\n"
            f"    kind: {kind}\n{further}\n    when:\n{condition}\n"
        )

    return build


@pytest.fixture
def conversation_of(segmenter: Segmenter) -> Callable[..., Conversation]:
    """The conversation of a dialogue written as examples are, with fields of its header."""

    def build(ruleset: RuleSet, dialogue: str, **contact: Any) -> Conversation:
        example = {"dialogue": textwrap.dedent(dialogue), "contact": contact}
        written = read_yaml("{}", "<test>")
        cursor = type(written)({"hit": [example]}, written.source)
        header, transcript = staged(parse_examples(cursor)[0], ruleset.language)
        return Conversation(header, transcript, ruleset.search, segmenter)

    return build


@pytest.fixture
def ask(rule_of: Callable[..., RuleSet], conversation_of: Callable[..., Conversation]) -> Judge:
    """Judgements of a rule with this condition on this dialogue."""

    def answer(
        when: str, dialogue: str, kind: str = "FAULT", more: str = "", beside: str = "", **contact: Any
    ) -> list[Judgement]:
        ruleset = rule_of(when, kind, more, beside)
        conversation = conversation_of(ruleset, dialogue, **contact)
        return list(judge(ruleset.rules[0], conversation, ruleset))

    return answer
