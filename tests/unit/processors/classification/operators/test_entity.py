from __future__ import annotations

import pytest

from schemas.records.terms import Verdict

HIT, NO_HIT = Verdict.HIT, Verdict.NO_HIT


@pytest.mark.parametrize(
    ("text", "verdict"), [("身份证是[身份证]", HIT), ("电话是[电话]", NO_HIT), ("我没带身份证", NO_HIT)]
)
def test_personal_data_of_a_kind_was_given(ask, text, verdict):
    (judgement,) = ask("entity: [ID_CARD]\nby: customer", f"客户: {text}")

    assert judgement.verdict is verdict


def test_the_placeholder_is_the_evidence(ask):
    (judgement,) = ask("entity: [ID_CARD]\nby: customer", "客户: 身份证是[身份证]")

    assert [place.words for place in judgement.evidence] == ["[身份证]"]
