from __future__ import annotations

import pytest

from schemas.records.terms import Verdict

# 40 characters at 240 a minute are 10 seconds.
LONG = "根据活动规则" + "您需要连续在网" * 5
HIT, NO_HIT, UNCERTAIN = Verdict.HIT, Verdict.NO_HIT, Verdict.UNCERTAIN


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("above: 6000", HIT),
        ("above: 11000", NO_HIT),
        ("above: 10000", UNCERTAIN),
        ("above: 6000, times: 2", NO_HIT),
        ("above: 6000, by: customer", NO_HIT),
        ("above: 6000, within: {first_turns: 1}", NO_HIT),
        ("above: 6000, within: {last_percent: 75}", HIT),
    ],
)
def test_a_turn_that_lasts(ask, condition, verdict):
    (judgement,) = ask(f"monologue: {{{condition}}}", f"客服: 您好\n客户: 我想问一下这个活动\n客服: {LONG}")

    assert judgement.verdict is verdict


def test_the_turn_its_length_and_the_limit_are_evidence(ask):
    (judgement,) = ask("monologue: {above: 6000}", f"客服: {LONG}")

    (place,) = judgement.evidence
    assert (place.turn, place.words, place.unit, place.threshold) == (0, LONG, "ms", 6000)
    assert place.value == place.end_ms - place.start_ms > 6000
