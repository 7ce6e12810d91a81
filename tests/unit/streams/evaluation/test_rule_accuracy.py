"""Accuracy figures are counted as their names say."""

import pytest

from processors.classification import load_ruleset, shipped_ruleset
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from schemas.records.terms import Channel, FindingKind, Role, Verdict
from streams.evaluation.rule_accuracy import (
    KeptRule,
    Tally,
    judge_with,
    kept_by_rule,
    primary_reason,
    reason_accuracy,
    told_rules,
)
from streams.evaluation.rule_recall import RuleOutcome


def test_a_tally_gives_precision_recall_f1_and_false_alarms():
    tally = Tally()
    for labelled, told in [(True, True)] * 3 + [(True, False)] + [(False, True)] + [(False, False)] * 3:
        tally.add(labelled, told)

    assert tally.shares() == {
        "cases": 8,
        "labelled": 4,
        "precision": 0.75,
        "recall": 0.75,
        "f1": 0.75,
        "false_alarm_rate": 0.25,
    }


def test_shares_of_nothing_are_unknown():
    assert Tally().precision is Tally().recall is Tally().f1 is Tally().false_alarm_rate is None


def test_a_fallback_is_a_reason_but_no_specific_one():
    judged = [("ride", "travel/ride"), ("ride", "consult/general"), ("ride", None), ("meal", "travel/ride")]
    accepted = {"ride": frozenset({"travel/ride"}), "meal": frozenset({"order/meal"})}

    found = reason_accuracy(judged, accepted, "consult/general")

    assert found["ride"] == {"dialogues": 3, "with_reason": 0.6667, "specific": 0.3333, "fitting": 0.3333}
    assert found["all"] == {"dialogues": 4, "with_reason": 0.75, "specific": 0.5, "fitting": 0.25}


def outcome(rule, truth, heard):
    return RuleOutcome(call="v", rule=rule, kind=FindingKind.FAULT, truth=truth, heard=heard)


def test_what_recognition_costs_is_told_rule_by_rule():
    found = kept_by_rule(
        [
            outcome("rude", Verdict.HIT, Verdict.HIT),
            outcome("rude", Verdict.HIT, Verdict.UNCERTAIN),
            outcome("rude", Verdict.HIT, None),
            outcome("slow", None, Verdict.HIT),
            outcome("quiet", Verdict.UNCERTAIN, None),
        ]
    )

    assert found == [
        KeptRule(rule="rude", true_hits=3, kept=1, doubted=1, added=0),
        KeptRule(rule="slow", true_hits=0, kept=0, doubted=0, added=1),
    ]


@pytest.fixture(scope="module")
def judge():
    return judge_with(load_ruleset(shipped_ruleset("zh")), Segmenter(load_lexicon("zh")))


def test_a_dialogue_of_bare_words_is_judged_by_the_shipped_rules(judge):
    found = judge([(Role.CUSTOMER, "那个女的真恶心"), (Role.AGENT, "您好,请问想打车去哪里")], Channel.WEB)

    assert "abusive-language" in told_rules(found, doubtful=True)
    assert primary_reason(judge([(Role.CUSTOMER, "帮我叫辆车去机场")], Channel.VOICE)) == "travel/ride"


def test_doubtful_findings_count_only_where_they_are_asked_for(judge):
    found = judge([(Role.AGENT, "这一款是保本的")], Channel.VOICE)

    assert "forbidden-promise" not in told_rules(found, doubtful=False)
    assert "forbidden-promise" in told_rules(found, doubtful=True)
