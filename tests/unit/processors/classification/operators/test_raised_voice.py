from __future__ import annotations

import pytest

from processors.classification import RuleSetError
from schemas.records.terms import Verdict

HIT, NO_HIT = Verdict.HIT, Verdict.NO_HIT
TALK = "客服(高声): 我刚才不是已经说过了吗\n客户: 你凶什么呀\n客服: 好的我再说一遍"


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("by: agent, at_least: 1", HIT),
        ("by: agent, at_least: 2", NO_HIT),
        ("by: customer, at_least: 1", NO_HIT),
        ("by: agent, at_least: 1, above_db: 9", HIT),
        ("by: agent, at_least: 1, above_db: 9.5", NO_HIT),
        ("by: agent, at_least: 1, within: {last_percent: 30}", NO_HIT),
    ],
)
def test_a_raised_voice_is_counted(ask, condition, verdict):
    (judgement,) = ask(f"raised_voice: {{{condition}}}", TALK)

    assert judgement.verdict is verdict


def test_decibels_and_times_are_evidence(ask):
    (judgement,) = ask("raised_voice: {at_least: 1}", TALK)

    (place,) = judgement.evidence
    assert (place.turn, place.value, place.threshold, place.unit) == (0, 9.0, 6.0, "dB")
    assert place.end_ms > place.start_ms


def test_a_message_is_not_loud(ask):
    (judgement,) = ask("raised_voice: {at_least: 1}", TALK, channel="WEB")

    assert judgement.verdict is NO_HIT


@pytest.mark.parametrize(
    ("condition", "remedy"),
    [("above_db: 3, at_least: 1", "6 or more"), ("at_least: 1, within: {first_turns: 2}", "first_ms")],
)
def test_what_cannot_be_measured_is_refused_with_a_remedy(rule_of, condition, remedy):
    with pytest.raises(RuleSetError, match=remedy):
        rule_of(f"raised_voice: {{{condition}}}")
