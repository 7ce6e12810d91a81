from __future__ import annotations

import pytest

from processors.classification.rehearsal import STARTED_AT
from schemas.records.terms import Verdict

HIT, NO_HIT = Verdict.HIT, Verdict.NO_HIT
SESSION = {
    "flow_id": "app-change-plan",
    "task": "change-plan",
    "outcome": "FAILED",
    "steps": [
        {"seq": 1, "node_id": "choose", "node_name": "选择套餐", "input_mode": "TAP", "result": "OK"},
        {"seq": 2, "node_id": "code", "node_name": "输入验证码", "input_mode": "TEXT", "result": "TIMEOUT"},
        {
            "seq": 3,
            "node_id": "code",
            "node_name": "输入验证码",
            "input_mode": "TEXT",
            "result": "INVALID",
            "attempts": 3,
            "entered_at": STARTED_AT + 4000,
            "left_at": STARTED_AT + 9000,
        },
    ],
}


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("outcome: [FAILED, ABANDONED]", HIT),
        ("outcome: RESOLVED", NO_HIT),
        ("result: [TIMEOUT, INVALID], times: 2", HIT),
        ("result: TIMEOUT, times: 2", NO_HIT),
        ("result: [TIMEOUT, INVALID], times: 2, same_node: true", HIT),
        ("result: [OK, TIMEOUT], times: 2, same_node: true", NO_HIT),
        ("attempts: 3", HIT),
        ("attempts: 3, input: TAP", NO_HIT),
        ("node: [验证码], result: [TIMEOUT]", HIT),
        ("node: [choose], result: [TIMEOUT]", NO_HIT),
        ("mentions: [change-plan]", HIT),
        ("mentions: [验证码]", NO_HIT),
        ("outcome: FAILED, result: [NO_MATCH]", NO_HIT),
    ],
)
def test_how_a_session_went(ask, condition, verdict):
    (judgement,) = ask(
        f"self_service: {{{condition}}}",
        "系统: 请选择",
        kind="SIGNAL",
        channel="SELF_SERVICE",
        self_service=SESSION,
    )

    assert judgement.verdict is verdict


def test_the_failing_step_is_the_evidence_with_its_time(ask):
    (judgement,) = ask(
        "self_service: {result: INVALID}",
        "系统: 请选择",
        kind="SIGNAL",
        channel="SELF_SERVICE",
        self_service=SESSION,
    )

    (place,) = judgement.evidence
    assert place.operator == "when.self_service.node=code:INVALID"
    assert (place.start_ms, place.end_ms, place.value) == (4000, 9000, 3.0)


def test_an_interaction_without_self_service_says_nothing_of_it(ask):
    (judgement,) = ask("self_service: {outcome: FAILED}", "客户: 你好", kind="SIGNAL")

    assert judgement.verdict is NO_HIT
