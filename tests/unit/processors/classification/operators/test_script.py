from __future__ import annotations

import pytest

from processors.classification.ruleset import RuleSetError
from schemas.records.terms import Verdict

HIT, NO_HIT = Verdict.HIT, Verdict.NO_HIT

STEPS = """
not:
  script:
    steps:
      - {step: 问候, when: {said: [您好]}}
      - {step: 推介, when: {said: [新活动]}, optional: true}
      - either:
          - - {step: 核身, when: {said: [身份证]}}
          - - {step: 验证码, when: {said: [验证码]}}
      - {step: 办理, when: {said: [办理成功]}}
"""


def _missing(judgement):
    return [place.operator for place in judgement.evidence if ".missing=" in place.operator]


@pytest.mark.parametrize(
    "dialogue",
    [
        "客服: 您好\n客服: 报一下身份证\n客服: 办理成功",
        "客服: 您好\n客服: 报一下验证码\n客服: 办理成功",
        "客服: 您好\n客服: 有个新活动\n客服: 报一下身份证\n客服: 办理成功",
        "客服: 您好,报一下身份证,办理成功",
    ],
)
def test_every_way_through_the_script_is_right(ask, dialogue):
    (judgement,) = ask(STEPS, dialogue)

    assert judgement.verdict is NO_HIT


@pytest.mark.parametrize(
    ("dialogue", "step"),
    [
        ("客服: 报一下身份证\n客服: 办理成功", "问候"),
        ("客服: 您好\n客服: 办理成功", "核身"),
        ("客服: 您好\n客服: 报一下身份证", "办理"),
        ("客服: 您好\n客服: 办理成功\n客服: 报一下验证码", "办理"),
    ],
)
def test_a_broken_script_names_the_missing_step(ask, dialogue, step):
    (judgement,) = ask(STEPS, dialogue)

    assert judgement.verdict is HIT
    assert _missing(judgement) == [f"when.not.script.missing={step}"]


def test_the_steps_taken_are_evidence_of_a_followed_script(ask):
    followed = STEPS.strip().removeprefix("not:").replace("\n  ", "\n")

    (judgement,) = ask(followed, "客服: 您好\n客服: 身份证\n客服: 办理成功", kind="CREDIT")

    assert judgement.verdict is HIT
    assert [place.words for place in judgement.evidence] == ["您好", "身份证", "办理成功"]


def test_the_order_may_be_left_open(ask):
    dialogue = "客服: 办理成功\n客服: 身份证\n客服: 您好"

    (judgement,) = ask(STEPS.replace("script:", "script:\n    ordered: false"), dialogue)

    assert judgement.verdict is NO_HIT


def test_a_step_that_was_half_heard_is_not_missing(ask):
    when = STEPS.replace("said: [身份证]", "said: [身份证号码], sounds_like: true")

    (judgement,) = ask(when, "客服: 您好\n客服: 伸份正号码\n客服: 办理成功")

    assert judgement.verdict is NO_HIT


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("[]", "no steps"),
        ("[{step: 一, when: {said: [您好]}, optional: true}]", "every step is optional"),
        ("[{either: [[{step: 一, when: {said: [您好]}}]]}]", "at least two lists of steps"),
        ("[{step: 一}]", "'when' is missing"),
    ],
)
def test_a_script_that_cannot_be_meant_is_refused(ask, steps, message):
    with pytest.raises(RuleSetError, match=message):
        ask(f"script: {{steps: {steps}}}", "客服: 您好")
