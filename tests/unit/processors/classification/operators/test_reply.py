from __future__ import annotations

import pytest

from processors.classification.rehearsal import STARTED_AT
from schemas.records.terms import Doubt, Verdict

FIRST = "reply: {above: 60000, which: first}"


def _asked(ask, when, dialogue, **contact):
    (judgement,) = ask(when, dialogue, channel="WEB", **contact)
    return judgement


def test_the_clock_starts_at_the_first_unanswered_message(ask):
    judgement = _asked(ask, FIRST, "客户: 在吗\n客户(停50秒): 有人吗\n客服(停40秒): 您好")

    assert judgement.verdict is Verdict.HIT
    assert judgement.evidence[0].value == 90_000


def test_an_automatic_message_answers_nothing(ask):
    judgement = _asked(ask, FIRST, "客户: 在吗\n客服(自动): 马上来\n客服(停90秒): 您好")

    assert judgement.verdict is Verdict.HIT


def test_a_later_wait_is_not_the_first(ask):
    dialogue = "客户: 在吗\n客服: 您好\n客户: 退货\n客服(停90秒): 好"

    assert _asked(ask, FIRST, dialogue).verdict is Verdict.NO_HIT
    assert _asked(ask, FIRST.replace("first", "any"), dialogue).verdict is Verdict.HIT


@pytest.mark.parametrize(("joined_s", "verdict"), [(5, Verdict.HIT), (80, Verdict.NO_HIT)])
def test_the_queue_is_not_charged_to_the_agent(ask, joined_s, verdict):
    agents = [{"agent_id": "a", "joined_at": STARTED_AT + joined_s * 1000}]

    assert _asked(ask, FIRST, "客户: 在吗\n客服(停100秒): 您好", agents=agents).verdict is verdict


def test_no_answer_at_all_is_a_wait_until_the_end(ask):
    agents = [{"agent_id": "a", "joined_at": STARTED_AT, "left_at": STARTED_AT + 200_000}]

    judgement = _asked(ask, FIRST, "客服(自动): 马上来\n客户: 在吗", agents=agents)

    assert judgement.verdict is Verdict.HIT
    assert judgement.evidence[0].turn == -1


def test_near_the_threshold_it_is_uncertain(ask):
    judgement = _asked(ask, FIRST, "客户: 在吗\n客服(停61秒): 您好")

    assert (judgement.verdict, judgement.doubt) == (Verdict.UNCERTAIN, Doubt.NEAR_THRESHOLD)
