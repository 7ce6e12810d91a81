from __future__ import annotations

import pytest

from schemas.records.terms import Doubt, Verdict

WHEN = """
sequence:
  first: {said: [曝光], by: customer, sounds_like: [网上曝光]}
  then: {said: [你去吧], by: agent}
"""


@pytest.mark.parametrize(
    ("dialogue", "verdict"),
    [
        ("客户: 我要曝光\n客服: 你去吧", Verdict.HIT),
        ("客服: 你去吧\n客户: 我要曝光", Verdict.NO_HIT),
        ("客户: 我要曝光\n客服: 对不起", Verdict.NO_HIT),
        ("客服: 你去吧", Verdict.NO_HIT),
    ],
)
def test_one_thing_and_then_another(ask, dialogue, verdict):
    (judgement,) = ask(WHEN, dialogue)

    assert judgement.verdict is verdict


def test_both_places_are_evidence(ask):
    (judgement,) = ask(WHEN, "客户: 我要曝光\n客服: 你去吧")

    assert [place.words for place in judgement.evidence] == ["曝光", "你去吧"]


@pytest.mark.parametrize(
    ("limit", "verdict"), [("within_turns: 1", Verdict.NO_HIT), ("within_turns: 2", Verdict.HIT)]
)
def test_within_so_many_turns(ask, limit, verdict):
    (judgement,) = ask(WHEN.rstrip() + f"\n  {limit}", "客户: 我要曝光\n客户: 真的\n客服: 你去吧")

    assert judgement.verdict is verdict


@pytest.mark.parametrize(("limit", "verdict"), [(3000, Verdict.NO_HIT), (9000, Verdict.HIT)])
def test_within_so_many_milliseconds(ask, limit, verdict):
    (judgement,) = ask(WHEN.rstrip() + f"\n  within_ms: {limit}", "客户: 我要曝光\n客服(停8秒): 你去吧")

    assert judgement.verdict is verdict


def test_a_pair_that_rests_on_sound_alone_is_uncertain(ask):
    (judgement,) = ask(WHEN, "客户: 我要网上报光\n客服: 你去吧")

    assert (judgement.verdict, judgement.doubt) == (Verdict.UNCERTAIN, Doubt.SOUND_ALIKE)
