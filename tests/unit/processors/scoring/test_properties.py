"""What must hold of every score, whatever the rules said."""

import math

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processors.scoring import load_scorecard, parse_scorecard, score
from schemas.records.terms import ItemAnswer, Verdict

from .conftest import ASKED

TWO_PARTS = """
id: parts
version: "1"
name: {zh: 两项, en: Parts}
sections:
  - id: all
    name: {zh: 全部, en: All}
    items:
      - {id: shared, name: {zh: 共, en: Shared}, rules: [a, b], weight: 10, deducts: {a: 1, b: 9}}
      - {id: rest, name: {zh: 余, en: Rest}, rules: [c], weight: 100}
"""
RULES = (*ASKED, "customer-praise", "dissatisfaction", "ambiguous-insult")
SAID = st.dictionaries(st.tuples(st.sampled_from(RULES), st.integers(-1, 1)), st.sampled_from(Verdict))
PROPERTY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def interaction(classified, finding, said, order=None):
    found = [
        key for key, verdict in said.items() if verdict in (Verdict.HIT, Verdict.UNCERTAIN, Verdict.UNKNOWN)
    ]
    if order is not None:
        order.shuffle(found)
    findings = tuple(finding(rule, said[rule, leg], leg) for rule, leg in found)
    return classified(findings, verdicts=said, legs=2)


@PROPERTY
@given(said=SAID)
def test_a_score_lies_between_zero_and_one_hundred(classified, finding, scorecard, said):
    scored = score(interaction(classified, finding, said), scorecard).scored

    for leg in scored.legs:
        assert leg.score is None or (math.isfinite(leg.score) and 0 <= leg.score <= 100)
        assert 0 <= leg.earned <= leg.potential


@PROPERTY
@given(said=SAID, data=st.data())
def test_a_hit_that_becomes_doubtful_or_inapplicable_never_lowers_a_score(
    classified, finding, scorecard, said, data
):
    faults = [key for key in said if key[0] in ASKED and said[key] is Verdict.HIT and key[1] >= 0]
    if not faults:
        return
    softened = dict(said)
    softened[data.draw(st.sampled_from(faults))] = data.draw(
        st.sampled_from([Verdict.UNCERTAIN, Verdict.NOT_APPLICABLE])
    )

    before = score(interaction(classified, finding, said), scorecard).scored
    after = score(interaction(classified, finding, softened), scorecard).scored

    for old, new in zip(before.legs, after.legs, strict=True):
        if old.score is not None and new.score is not None:
            assert new.score >= old.score


def test_a_partial_deduction_that_becomes_doubtful_lowers_no_score(classified, finding, scorecard):
    hit = {(rule, 0): Verdict.HIT for rule in ("missing-greeting", "harsh-tone", "dead-air")}
    doubtful = {**hit, ("harsh-tone", 0): Verdict.UNCERTAIN}

    before = score(interaction(classified, finding, hit), scorecard).scored.legs[0].score
    after = score(interaction(classified, finding, doubtful), scorecard).scored

    assert after.legs[0].score >= before


def test_two_doubts_about_one_item_cost_no_more_than_one(classified, finding):
    card = parse_scorecard(TWO_PARTS)
    said = {("a", 0): Verdict.HIT, ("b", 0): Verdict.UNCERTAIN, ("c", 0): Verdict.HIT}
    softened = {**said, ("a", 0): Verdict.UNCERTAIN}

    before, after = (
        score(interaction(classified, finding, s), card).scored.legs[0] for s in (said, softened)
    )

    assert [item.in_doubt for item in before.items] == [9, 0]
    assert [item.in_doubt for item in after.items] == [10, 0]
    assert after.score >= before.score


@PROPERTY
@given(said=SAID)
def test_the_sums_of_a_leg_are_the_sums_of_its_receipt(classified, finding, scorecard, said):
    scored = score(interaction(classified, finding, said), scorecard).scored

    for leg in scored.legs:
        asked = [i for i in leg.items if i.answer not in (ItemAnswer.NOT_APPLICABLE, ItemAnswer.BONUS)]
        assert leg.potential == math.fsum(item.weight - item.in_doubt for item in asked)
        assert leg.earned == math.fsum(item.earned for item in asked)


@PROPERTY
@given(said=SAID)
def test_doubt_alone_costs_nothing(classified, finding, scorecard, said):
    doubtful = {k: Verdict.UNCERTAIN if v is Verdict.HIT else v for k, v in said.items()}

    scored = score(interaction(classified, finding, doubtful), scorecard).scored

    assert {leg.score for leg in scored.legs} <= {100.0, None}


@PROPERTY
@given(said=SAID, order=st.randoms(use_true_random=False))
def test_the_order_of_findings_changes_neither_score_nor_digest(classified, finding, scorecard, said, order):
    one = score(interaction(classified, finding, said), scorecard).scored
    other = score(interaction(classified, finding, said, order), scorecard).scored

    assert one.content_digest == other.content_digest
    assert [leg.score for leg in one.legs] == [leg.score for leg in other.legs]


@PROPERTY
@given(said=SAID)
def test_every_point_lost_or_won_names_a_finding_of_its_rule(classified, finding, scorecard, said):
    rules = {item.id: item.rules for _, item in scorecard.items()}

    scored = score(interaction(classified, finding, said), scorecard).scored

    for item in (item for leg in scored.legs for item in leg.items):
        if item.answer in (ItemAnswer.FAIL, ItemAnswer.BONUS, ItemAnswer.UNCERTAIN):
            assert item.findings
            assert {scored.findings[i].rule_id for i in item.findings} <= set(rules[item.item_id])
        else:
            assert item.findings == ()


def test_the_service_scorecard_gives_one_hundred_where_every_rule_stays_silent(classified):
    service = load_scorecard()
    said = {(rule, 0): Verdict.NO_HIT for rule in service.rule_ids}

    assert score(classified(verdicts=said), service).scored.score == 100.0
