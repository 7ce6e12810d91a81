from __future__ import annotations

import re

import pytest

from streams.bench.naive import NaiveStack
from streams.bench.rounds import Ratio
from streams.bench.rule_measures import Size
from streams.bench.rules import ratios

TINY = Size(phrases=(40, 120, 360), gaps=30, conversations=2, rounds=1)


@pytest.fixture(scope="module")
def measured() -> list[Ratio]:
    return list(ratios(TINY))


def test_every_goal_is_measured_in_one_run_and_all_ways_find_the_same(measured):
    goals = {ratio.name: ratio.goal for ratio in measured if ratio.goal is not None}

    assert list(goals) == [
        "360 against 40 phrases",
        "120 phrases by in against callqa",
        "30 gap rules without hits: a loop of re against all of classify",
        "30 gap rules: a loop of re against the literal prefilter",
        "120 phrases and 30 gap rules, 0 hits: jieba and an re a phrase and turn against all of classify",
        "120 phrases and 30 gap rules, 15 hits: jieba and an re a phrase and turn against all of classify",
    ]
    assert sorted(goals.values()) == [5, 40, 40, 100, 100, 100]


def test_other_tools_are_measured_beside(measured):
    names = " ".join(ratio.name for ratio in measured)

    for tool in ("pyahocorasick", "by re", "bare automaton", "rjieba", "without short cuts"):
        assert tool in names


@pytest.mark.parametrize(
    ("value", "goal", "at_most", "met"),
    [(5, 5, True, True), (5.1, 5, True, False), (99, 100, False, False), (100, 100, False, True)],
)
def test_a_goal_is_the_least_or_the_most(value, goal, at_most, met):
    assert Ratio(name="n", value=value, goal=goal, at_most=at_most).met is met


def test_the_naive_stack_tells_rule_and_turn_once():
    stack = NaiveStack({"a": ["滚", "投诉"]}, {"b": [re.compile("打了.{0,2}次")]})

    hits, moods = stack.classify(["滚,我要投诉", "打了三次"])

    assert hits == [("a", 0), ("b", 1)]
    assert moods == []
