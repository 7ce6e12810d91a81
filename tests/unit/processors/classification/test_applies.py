from __future__ import annotations

import pytest

from processors.classification.ruleset import RuleSetError
from schemas.records.terms import Verdict

ASKED, NOT_ASKED = Verdict.HIT, Verdict.NOT_APPLICABLE
# 2023-11-14 22:13 UTC is the 15th in Shanghai.
STARTED_AT = 1_700_000_000_000


@pytest.mark.parametrize(
    ("condition", "contact", "verdict"),
    [
        ("queues: [sales]", {"queue_id": "sales"}, ASKED),
        ("queues: [sales]", {"queue_id": "care"}, NOT_ASKED),
        ("tenants: [example]", {}, ASKED),
        ("tenants: [other]", {}, NOT_ASKED),
        ("campaigns: [c7]", {"campaign_id": "c7"}, ASKED),
        ("campaigns: [c7]", {}, NOT_ASKED),
        ("from: 2023-11-15", {"started_at": STARTED_AT}, ASKED),
        ("until: 2023-11-14", {"started_at": STARTED_AT}, NOT_ASKED),
        ("until: 2023-11-14", {"started_at": STARTED_AT, "site_timezone": "UTC"}, ASKED),
        ("from: 2023-11-01, until: '2023-11-30'", {"started_at": STARTED_AT}, ASKED),
        ("known: [survey_score]", {}, NOT_ASKED),
        ("known: [survey_score]", {"survey": {"score": 3}}, ASKED),
        ("sample: 1", {}, ASKED),
    ],
)
def test_a_rule_is_asked_where_it_applies(ask, condition, contact, verdict):
    (judgement,) = ask("said: [您好]", "客服: 您好", more=f"applies: {{{condition}}}", **contact)

    assert judgement.verdict is verdict


def test_a_sample_is_that_share_and_always_the_same(ask):
    def asked(share):
        more = f"applies: {{sample: {share}}}"
        return [
            number
            for number in range(200)
            if ask("said: [您好]", "客服: 您好", more=more, interaction_id=f"i{number}")[0].verdict is ASKED
        ]

    fifth, half = asked(0.2), asked(0.5)

    assert 20 <= len(fifth) <= 60
    assert set(fifth) <= set(half)
    assert fifth == asked(0.2)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("from: 2023-13-01", "'2023-13-01' is no timestamp"),
        ("from: tomorrow", "'tomorrow' is no day"),
        ("from: 2023-11-30, until: 2023-11-01", "ends before it begins"),
        ("sample: 5", "a sample is a share above 0 up to 1"),
        ("known: [mood]", "'mood' is none of"),
    ],
)
def test_a_scope_that_cannot_be_meant_is_refused(ask, condition, message):
    with pytest.raises(RuleSetError, match=message):
        ask("said: [您好]", "客服: 您好", more=f"applies: {{{condition}}}")
