from __future__ import annotations

import pytest

from schemas.records.terms import Doubt, Verdict

HIT, NO_HIT, UNCERTAIN = Verdict.HIT, Verdict.NO_HIT, Verdict.UNCERTAIN

ANGRY = "of: {said: [太差了], by: customer}"
TALK = "客户: 服务太差了\n客服: 嗯\n客户: 你说话啊\n客服: 非常抱歉"


@pytest.mark.parametrize(
    ("limit", "verdict"),
    [
        ("turns_after: 3", HIT),
        ("turns_after: 2", NO_HIT),
        ("turns_before: 3", NO_HIT),
        ("ms_after: 60000", HIT),
        ("ms_after: 100", NO_HIT),
        ("turns_after: 3, ms_after: 100", NO_HIT),
    ],
)
def test_words_after_another_hit(ask, limit, verdict):
    (judgement,) = ask(f"said: [抱歉]\naround: {{{ANGRY}, {limit}}}", TALK)

    assert judgement.verdict is verdict


def test_words_before_another_hit(ask):
    when = "said: [您好]\naround: {of: {said: [太差了], by: customer}, turns_before: 1}"

    (judgement,) = ask(when, "客服: 您好\n客户: 太差了")

    assert judgement.verdict is HIT


def test_without_limits_the_very_turn_is_meant(ask):
    when = "said: [保证]\naround: {of: {said: [收益], by: agent}}"

    (beside,) = ask(when, "客服: 收益这一块我保证")
    (elsewhere,) = ask(when, "客服: 收益很好\n客服: 我保证")

    assert (beside.verdict, elsewhere.verdict) == (HIT, NO_HIT)


@pytest.mark.parametrize(
    ("hit", "verdict"), [("1", NO_HIT), ("2", HIT), ("last", HIT), ("first", NO_HIT), ("any", HIT)]
)
def test_which_of_several_hits_is_the_anchor(ask, hit, verdict):
    when = f"said: [抱歉]\naround: {{{ANGRY}, hit: {hit}, turns_after: 1}}"

    (judgement,) = ask(when, "客户: 太差了\n客服: 嗯\n客户: 我说太差了\n客服: 抱歉")

    assert judgement.verdict is verdict


def test_without_the_anchor_nothing_is_found(ask):
    (judgement,) = ask(f"said: [抱歉]\naround: {{{ANGRY}, turns_after: 9}}", "客服: 抱歉")

    assert judgement.verdict is NO_HIT


def test_a_doubtful_anchor_makes_the_hit_doubtful(ask):
    when = "said: [你去吧]\naround: {of: {said: [曝光], by: customer, ambiguous: true}, turns_after: 1}"

    (judgement,) = ask(when, "客户: 我要曝光\n客服: 你去吧")

    assert (judgement.verdict, judgement.doubt) == (UNCERTAIN, Doubt.AMBIGUOUS)


@pytest.mark.parametrize(
    ("distance", "verdict"),
    [("distance: 3", NO_HIT), ("distance: 1", HIT), ("distance: 1, unit: words", NO_HIT)],
)
def test_words_do_not_count_near_others(ask, distance, verdict):
    when = f"said: [没有风险]\nnot_near: {{phrases: [银行存款], {distance}}}"

    (judgement,) = ask(when, "客服: 银行存款基本没有风险")

    assert judgement.verdict is verdict
