"""What a verdict must not depend on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processors.classification import RuleSet, classify, load_ruleset, shipped_ruleset
from processors.classification.bundle import bundle
from processors.classification.examples import Example, ExampleTurn, Expected
from processors.classification.matcher import PhraseIndex
from processors.classification.rehearsal import staged
from schemas.records.terms import Role, Verdict
from schemas.records.transcribed import InteractionTranscribed

CLAUSES = [
    "您好请问有什么可以帮您",
    "这个不归我们管",
    "你自己去营业厅问",
    "我帮您转接",
    "我要投诉你们",
    "你有完没完",
    "感谢您的来电再见",
    "保证收益百分之十",
    "宽带断了两天",
    "抱歉让您久等",
    "你个骗子滚",
    "打了三次电话了",
    "今天天气不错",
]
RULES = """
ruleset: test
version: 1.0.0
language: zh
rules:
  - {id: any, version: "1", name: {zh: 甲}, kind: FAULT, when: {said: [不归我们管, 有完没完]}}
  - {id: all, version: "1", name: {zh: 乙}, kind: FAULT, when: {said: [投诉, 滚], match: all, by: customer}}
  - {id: absent, version: "1", name: {zh: 丙}, kind: FAULT, when: {not: {said: [抱歉]}}}
  - {id: words, version: "1", name: {zh: 丁}, kind: SIGNAL, when: {said: [滚], words: true}}
  - {id: close, version: "1", name: {zh: 戊}, kind: SIGNAL, when: {near: [[宽带], [断]], distance: 2}}
  - {id: form, version: "1", name: {zh: 己}, kind: SIGNAL, when: {pattern: "打了.{0,2}次"}}
  - {id: twice, version: "1", name: {zh: 庚}, kind: FAULT, when: {said: [您好, 再见], times: 2}}
  - id: after
    version: "1"
    name: {zh: 辛}
    kind: FAULT
    when: {sequence: {first: {said: [投诉], by: customer}, then: {said: [抱歉]}}}
"""

spoken = st.lists(
    st.tuples(
        st.sampled_from([Role.AGENT, Role.CUSTOMER]),
        st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=3),
    ),
    min_size=1,
    max_size=6,
)
Spoken = Sequence[tuple[Role, Sequence[str]]]


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_ruleset(RULES)


def _verdicts(turns: Spoken, ruleset: RuleSet, segmenter: object) -> Mapping[str, Sequence[Verdict]]:
    example = Example(Expected.HIT, tuple(ExampleTurn(party, "。".join(said)) for party, said in turns))
    header, transcript = staged(example, "zh")
    told = InteractionTranscribed(header=header, transcript=transcript)
    found = classify(told, ruleset, segmenter, 1).classification
    assert found is not None
    verdicts: dict[str, list[Verdict]] = defaultdict(list)
    for rule_id, verdict in zip(found.verdict_rule_id, found.verdict, strict=True):
        verdicts[rule_id].append(verdict)
    return dict(verdicts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=spoken)
def test_how_a_partys_words_are_cut_into_turns_decides_nothing(turns, ruleset, segmenter):
    clause_by_clause = [(party, [clause]) for party, said in turns for clause in said]

    assert _verdicts(turns, ruleset, segmenter) == _verdicts(clause_by_clause, ruleset, segmenter)


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.lists(st.sampled_from(CLAUSES), max_size=3).map("".join), max_size=6))
def test_searching_all_turns_at_once_finds_what_searching_each_alone_finds(texts):
    index = PhraseIndex(["管", "不归我们管", "您好", "再见", "见您", "问这个"])

    together = index.find(texts)
    alone = [index.find([text]) for text in texts]

    assert {p: [(at.turn, at.start, at.end) for at in found] for p, found in together.items()} == {
        phrase: [(turn, at.start, at.end) for turn, found in enumerate(alone) for at in found.get(phrase, ())]
        for phrase in together
    }
    assert all(phrase in together for found in alone for phrase in found)


class Shipped:
    """The shipped rule set as data, small in a failure report."""

    def __init__(self) -> None:
        self.data = yaml.safe_load(bundle(shipped_ruleset("zh")))
        self.ids = [rule["id"] for rule in self.data["rules"]]

    def with_rules(self, ids: Sequence[str]) -> RuleSet:
        rules = [next(rule for rule in self.data["rules"] if rule["id"] == wanted) for wanted in ids]
        bare = [{key: value for key, value in rule.items() if key != "examples"} for rule in rules]
        return load_ruleset(
            yaml.dump({**self.data, "rules": bare}, Dumper=yaml.CSafeDumper, allow_unicode=True)
        )


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return Shipped()


@pytest.fixture(scope="module")
def whole(shipped, segmenter) -> Mapping[str, Sequence[Verdict]]:
    return _verdicts(TALK, shipped.with_rules(shipped.ids), segmenter)


TALK: Spoken = [
    (Role.AGENT, ["您好请问有什么可以帮您"]),
    (Role.CUSTOMER, ["宽带断了两天", "打了三次电话了", "我要投诉你们"]),
    (Role.AGENT, ["这个不归我们管", "你自己去营业厅问"]),
    (Role.CUSTOMER, ["你个骗子滚"]),
]


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(random=st.randoms(use_true_random=False))
def test_the_order_of_the_rules_decides_nothing(random, shipped, whole, segmenter):
    shuffled = shipped.with_rules(random.sample(shipped.ids, len(shipped.ids)))

    assert _verdicts(TALK, shuffled, segmenter) == whole
    assert Verdict.HIT in whole["deflection"]


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_rules_beside_it_do_not_change_a_rules_verdict(data, shipped, whole, segmenter):
    kept = data.draw(st.lists(st.sampled_from(shipped.ids), min_size=3, max_size=8, unique=True))

    few = _verdicts(TALK, shipped.with_rules(kept), segmenter)

    assert few == {rule_id: whole[rule_id] for rule_id in kept}
