from __future__ import annotations

import pytest

from processors.classification.operators.sentiment import turning_point
from schemas.records.terms import Verdict

HIT, NO_HIT = Verdict.HIT, Verdict.NO_HIT

MOODS = "sentiment: {positive: [谢谢], negative: [太差, 气死]}"


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("part: shift, at_most: -5", HIT),
        ("part: ending, at_most: -2.5", HIT),
        ("part: overall, at_least: 0", HIT),
        ("part: overall, above: 3", NO_HIT),
    ],
)
def test_the_mood_of_a_party(ask, condition, verdict):
    dialogue = "客户: 谢谢你帮我看看\n客服: 等着\n客户: 还要等多久才好\n客服: 不知道\n客户: 服务太差气死我了"

    (judgement,) = ask(f"sentiment: {{of: customer, {condition}}}", dialogue, kind="SIGNAL", beside=MOODS)

    assert judgement.verdict is verdict


def test_the_mood_of_somebody_silent_is_unknown_and_no_finding(ask):
    (judgement,) = ask("sentiment: {of: customer, part: shift, at_most: 0}", "客服: 您好", kind="SIGNAL")

    assert judgement.verdict is NO_HIT


TALK = "客户: 谢谢你帮我看看\n客服: 等着\n客户: 服务太差气死我了\n客户: 真的太差了啊\n客服: 好的"


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("times: 2", HIT),
        ("times: 3", NO_HIT),
        ("share: 0.5", HIT),
        ("share: 0.9", NO_HIT),
        ("within: {first_turns: 1}", NO_HIT),
        ("within: {last_percent: 60}", HIT),
        ("around: {of: {said: [等着], by: agent}, turns_after: 1}", HIT),
        ("around: {of: {said: [好的], by: agent}, turns_after: 1}", NO_HIT),
    ],
)
def test_the_mood_of_single_turns(ask, condition, verdict):
    when = f"sentiment: {{of: customer, part: turn, at_most: -1, {condition}}}"

    (judgement,) = ask(when, TALK, kind="SIGNAL", beside=MOODS)

    assert judgement.verdict is verdict


def test_a_quarter_of_the_conversation(ask):
    told = [
        ask(f"sentiment: {{of: customer, part: {part}, at_least: 5}}", TALK, kind="SIGNAL", beside=MOODS)
        for part in ("opening", "quarter1", "quarter4")
    ]

    assert [judgement.verdict for (judgement,) in told] == [HIT, HIT, NO_HIT]


@pytest.mark.parametrize(
    ("labels", "shift", "turn"),
    [
        ((1, 1, -1, -1), -5.0, 2),
        ((0, 1, 0, -1), -5.0, 3),
        ((1, -1, -1, 0, -1), -5.0, 1),
        ((-1, -1, 1), 5.0, 2),
        ((1, -1, 1), 5.0, 2),
        ((0, 0, 0), 0.0, 0),
        ((1,), 0.0, 0),
    ],
)
def test_the_mood_turns_where_better_and_worse_part_best(labels, shift, turn):
    assert turning_point(labels, shift) == turn


def test_a_shift_is_shown_where_the_mood_turned(ask):
    dialogue = "客户: 谢谢你帮我看看\n客服: 等着\n客户: 服务太差气死我了\n客服: 好的\n客户: 真的太差了啊"

    (judgement,) = ask("sentiment: {part: shift, at_most: -5}", dialogue, kind="SIGNAL", beside=MOODS)

    assert [place.words for place in judgement.evidence] == ["服务太差气死我了"]
