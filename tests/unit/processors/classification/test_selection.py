"""Asking few rules must say what asking all of them says."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from processors.classification import RuleSet, classify, load_ruleset, shipped_ruleset
from processors.classification.conversation import Conversation
from processors.classification.examples import Example, ExampleTurn, Expected
from processors.classification.rehearsal import staged
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from schemas.records.terms import Channel, Role, Verdict
from schemas.records.transcribed import InteractionTranscribed

REAL = Path("/work/shared/data/teleantifraud/normal_dialogues.jsonl")
HEAD = "ruleset: test\nversion: 1.0.0\nlanguage: zh\nrules:\n"
RULE = '  - {{id: {id}, version: "1", name: {{zh: 甲}}, kind: {kind}, applies: {applies}, when: {when}}}\n'
CLAUSES = [
    "您好请问有什么可以帮您",
    "这个不归我们管",
    "我要投诉你们",
    "保证收益百分之十",
    "给您补偿两百元",
    "宽带断了两天",
    "抱歉让您久等",
    "今天天气不错",
]
CONDITIONS = [
    "{said: [投诉]}",
    "{said: [投诉, 断了], match: all}",
    "{not: {said: [抱歉]}}",
    "{all: [{similar: [您好请问有什么可以帮到您]}, {said: [投诉], by: customer}]}",
    "{any: [{said: [归我们]}, {pattern: '断了.{0,2}天'}, {number: {unit: [元], above: 100}}]}",
    "{n_of: [{said: [投诉]}, {said: [抱歉]}, {contact: {channel: WEB}}], count: 2}",
    "{sequence: {first: {said: [投诉], by: anyone}, then: {said: [抱歉]}}}",
    "{near: [[宽带], [断]], distance: 1, ordered: false}",
    "{not: {script: {steps: [{step: 问候, when: {said: [您好]}}, {step: 致歉, when: {said: [抱歉]}}]}}}",
    "{pattern: '.{1,3}不错'}",
]
APPLIES = [
    "{}",
    "{channels: [VOICE]}",
    "{tenants: [other], agent_turns: 1}",
    "{agent_turns: 2}",
    "{sample: 0.5, queues: [care]}",
    "{from: 2023-11-01, until: 2023-11-30}",
    "{requires: {said: [投诉], by: customer}}",
    "{requires: {contact: {channel: VOICE}}}",
    "{known: [queue], customer_turns: 1}",
]

turns = st.lists(
    st.builds(
        ExampleTurn,
        st.sampled_from([Role.AGENT, Role.CUSTOMER]),
        st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=3).map("，".join),
        st.sampled_from([0, 1]),
    ),
    min_size=1,
    max_size=6,
)
rules = st.lists(
    st.tuples(st.sampled_from(CONDITIONS), st.sampled_from(APPLIES), st.sampled_from(["FAULT", "SIGNAL"])),
    min_size=1,
    max_size=8,
)


def _ruleset(drawn: list[tuple[str, str, str]]) -> RuleSet:
    written = (
        RULE.format(id=f"r{n}", kind=kind, applies=applies, when=when)
        for n, (when, applies, kind) in enumerate(drawn)
    )
    return load_ruleset(HEAD + "".join(written))


def _told(said: tuple[ExampleTurn, ...], language: str = "zh", **contact: object) -> InteractionTranscribed:
    header, transcript = staged(Example(Expected.HIT, said, contact), language)
    return InteractionTranscribed(header=header, transcript=transcript)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=rules, said=turns, tenant=st.sampled_from(["example", "other"]), data=st.data())
def test_asking_few_rules_says_what_asking_all_says(drawn, said, tenant, data, segmenter):
    ruleset = _ruleset(drawn)
    confidence = tuple(data.draw(st.sampled_from([1.0, 0.1])) for _ in said)
    told = _told(tuple(said), tenant_id=tenant, interaction_id=data.draw(st.sampled_from("abcdef")))
    told = replace(told, transcript=replace(told.transcript, turn_confidence=confidence))

    assert classify(told, ruleset, segmenter, 1) == classify(told, ruleset.plain(), segmenter, 1)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=rules, said=turns, data=st.data())
def test_a_rule_alone_last_or_first_says_what_it_says_among_others(drawn, said, data, segmenter):
    confidence = tuple(data.draw(st.sampled_from([1.0, 0.1])) for _ in said)
    told = _told(tuple(said))
    told = replace(told, transcript=replace(told.transcript, turn_confidence=confidence))

    among = classify(told, _ruleset(drawn), segmenter, 1).classification
    alone = [classify(told, _ruleset([rule]), segmenter, 1).classification for rule in drawn]
    backwards = classify(told, _ruleset(drawn[::-1]), segmenter, 1).classification

    each = [verdict for one in alone for verdict in one.verdict]
    assert list(among.verdict) == each
    legs = len(told.header.agents)
    sizes = [legs if kind == "FAULT" else 1 for _, _, kind in drawn]
    parts = [each[sum(sizes[:n]) : sum(sizes[: n + 1])] for n in range(len(drawn))]
    assert list(backwards.verdict) == [verdict for part in parts[::-1] for verdict in part]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_shipped_rules_say_the_same_of_all_examples_without_short_cuts(language):
    ruleset = load_ruleset(shipped_ruleset(language))
    plain, segmenter = ruleset.plain(), Segmenter(load_lexicon(language))
    draw = random.Random(7)  # noqa: S311
    hits = 0

    for rule in ruleset.rules:
        for example in draw.sample(rule.examples, min(4, len(rule.examples))):
            header, transcript = staged(example, language)
            told = InteractionTranscribed(header=header, transcript=transcript)
            found = classify(told, ruleset, segmenter, 1)
            assert found == classify(told, plain, segmenter, 1), (rule.id, example.line)
            hits += len(found.classification.findings) if found.classification else 0

    assert hits > 50


@pytest.mark.skipif(not REAL.is_file(), reason="needs the dialogues")
def test_the_shipped_rules_say_the_same_of_real_dialogues_without_short_cuts(segmenter):
    ruleset = load_ruleset(shipped_ruleset("zh"))
    plain = ruleset.plain()
    lines = REAL.read_text(encoding="utf-8").splitlines()

    for line in random.Random(7).sample(lines, 40):  # noqa: S311
        dialogue = json.loads(line)
        said = [
            ExampleTurn(party, text)
            for pair in zip(dialogue["left"], dialogue["right"], strict=False)
            for party, text in zip((Role.AGENT, Role.CUSTOMER), pair, strict=True)
        ]
        told = _told(tuple(said))
        assert classify(told, ruleset, segmenter, 1) == classify(told, plain, segmenter, 1)


def _awake(ruleset: RuleSet, told: InteractionTranscribed, segmenter: Segmenter) -> list[str]:
    assert told.transcript is not None
    conversation = Conversation(told.header, told.transcript, ruleset.search, segmenter)
    plan = ruleset.selection.plan(conversation)
    return [ruleset.rules[index].id for index in ruleset.selection.awake(plan, conversation)]


def test_only_rules_whose_words_were_heard_are_asked(segmenter):
    ruleset = _ruleset([("{said: [投诉]}", "{}", "SIGNAL"), ("{said: [断了]}", "{}", "SIGNAL")])

    assert _awake(ruleset, _told((ExampleTurn(Role.CUSTOMER, "宽带断了"),)), segmenter) == ["r1"]


def test_tenants_share_one_rule_set_and_each_is_asked_its_own_rules(segmenter):
    ruleset = _ruleset([("{said: [断了]}", f"{{tenants: [{name}]}}", "SIGNAL") for name in ("one", "other")])
    said = (ExampleTurn(Role.CUSTOMER, "宽带断了"),)

    asked = {name: _awake(ruleset, _told(said, tenant_id=name), segmenter) for name in ("one", "other")}

    assert asked == {"one": ["r0"], "other": ["r1"]}


def test_more_kinds_of_contact_than_are_remembered_change_no_verdict(segmenter):
    ruleset = _ruleset([("{said: [断了]}", "{queues: [q7]}", "SIGNAL")])
    said = (ExampleTurn(Role.CUSTOMER, "宽带断了"),)

    verdicts = [
        classify(_told(said, queue_id=f"q{n}"), ruleset, segmenter, 1).classification.verdict
        for n in (7, *range(600), 7)
    ]

    assert verdicts[0] == verdicts[-1] == (Verdict.HIT,)
    assert verdicts.count((Verdict.HIT,)) == 3


def test_what_facts_exclude_is_not_applicable_whatever_is_said(segmenter):
    ruleset = _ruleset([("{said: [断了]}", "{channels: [VOICE]}", "SIGNAL")])

    told = _told((ExampleTurn(Role.CUSTOMER, "宽带断了"),), channel=Channel.WEB)

    assert classify(told, ruleset, segmenter, 1).classification.verdict == (Verdict.NOT_APPLICABLE,)
