"""Scores, exclusions and identities of a classified interaction."""

import msgspec
import pytest

from processors.scoring import parse_scorecard, score
from processors.scoring.verdicts import UnfoundedVerdict
from schemas.records.classified import InteractionClassified
from schemas.records.terms import Channel, ExclusionReason, ItemAnswer, ScoreStatus, Verdict

from .conftest import SCORECARD


def items_of(scored, leg=0):
    return {item.item_id: item for item in scored.legs[leg].items}


def test_a_faultless_service_scores_one_hundred(classified, scorecard):
    scored = score(classified(), scorecard).scored

    assert (scored.status, scored.score, scored.activation_seq) == (ScoreStatus.SCORED, 100.0, 3)
    assert (scored.legs[0].earned, scored.legs[0].potential) == (80.0, 80.0)


def test_a_fault_costs_its_deduction_and_shows_the_finding_behind_it(classified, finding, scorecard):
    scored = score(classified((finding("dissatisfaction"), finding("harsh-tone"))), scorecard).scored

    words = items_of(scored)["words"]
    assert (words.answer, words.weight, words.earned, words.findings) == (ItemAnswer.FAIL, 50, 30, (1,))
    assert scored.score == 80.0


def test_two_rules_of_one_item_never_cost_more_than_its_weight(classified, finding, scorecard):
    scored = score(classified((finding("harsh-tone"), finding("forbidden-words"))), scorecard).scored

    assert items_of(scored)["words"].earned == 0.0
    assert items_of(scored)["words"].findings == (0, 1)


def test_an_item_without_its_precondition_is_left_out_of_both_sums(classified, scorecard):
    scored = score(classified(channel=Channel.WEB), scorecard).scored

    assert items_of(scored)["air"].reason == "channel"
    assert items_of(scored)["apology"].reason == "precondition"
    assert scored.legs[0].potential == 70.0


def test_an_item_whose_rule_set_lacks_the_rule_is_not_asked(classified, scorecard):
    scored = score(classified(), scorecard).scored

    assert items_of(scored)["praise"].answer is ItemAnswer.NOT_APPLICABLE
    assert items_of(scored)["praise"].reason == "not-asked"


def test_a_doubt_leaves_the_score_and_asks_for_review(classified, finding, scorecard):
    scored = score(classified((finding("forbidden-words", Verdict.UNCERTAIN),)), scorecard).scored

    words = items_of(scored)["words"]
    assert (words.answer, words.reason, words.findings) == (ItemAnswer.UNCERTAIN, "sound_alike", (0,))
    assert (scored.score, scored.legs[0].potential, scored.review_pending) == (100.0, 30.0, True)


def test_a_doubt_that_no_item_asks_still_goes_to_review(classified, finding, scorecard):
    scored = score(classified((finding("ambiguous-insult", Verdict.UNCERTAIN),)), scorecard).scored

    assert (scored.score, scored.review_pending) == (100.0, True)


def test_a_red_line_sets_zero_and_keeps_the_score_before_it(classified, finding, scorecard):
    leg = score(classified((finding("agent-insult"), finding("harsh-tone"))), scorecard).scored.legs[0]

    assert (leg.score, leg.score_before_red_line, leg.red_line) == (0.0, 75.0, True)


def test_a_doubtful_red_line_is_not_crossed(classified, finding, scorecard):
    leg = score(classified((finding("agent-insult", Verdict.UNCERTAIN),)), scorecard).scored.legs[0]

    assert (leg.score, leg.red_line, leg.review_pending) == (100.0, False, True)


def test_plus_points_add_to_what_was_earned_and_stop_at_one_hundred(classified, finding, scorecard):
    praised = finding("customer-praise")

    mended = score(classified((finding("harsh-tone"), praised)), scorecard).scored.legs[0]
    full = score(classified((praised,)), scorecard).scored.legs[0]

    assert (mended.earned, mended.bonus, mended.score) == (60.0, 5.0, 81.25)
    assert (full.bonus, full.score) == (5.0, 100.0)


def test_a_short_call_skips_only_what_needs_a_full_service(classified, finding, scorecard):
    short = classified((finding("missing-greeting"), finding("forbidden-words")), service_ms=20_000)

    leg = score(short, scorecard).scored.legs[0]

    answers = {item.item_id: (item.answer, item.reason) for item in leg.items}
    assert answers["greeting"] == (ItemAnswer.NOT_APPLICABLE, "short")
    assert answers["words"][0] is ItemAnswer.FAIL
    assert (leg.full_service, leg.score) == (False, round(100 * 10 / 60, 2))


def test_two_turns_are_as_short_as_twenty_seconds(classified, scorecard):
    scored = score(classified(turn_count=2), scorecard).scored

    assert items_of(scored)["greeting"].reason == "short"


def test_a_short_contact_in_which_the_agent_said_nothing_is_too_short_to_judge(classified, scorecard):
    scored = score(classified(service_ms=4_000, turn_count=1, agent_turns=0), scorecard).scored

    assert (scored.status, scored.exclusion) == (ScoreStatus.EXCLUDED, ExclusionReason.TOO_SHORT)
    assert scored.legs == ()


def test_a_red_line_in_the_shortest_contact_is_scored(classified, finding, scorecard):
    short = classified((finding("agent-insult"),), service_ms=4_000, turn_count=1, agent_turns=0)

    scored = score(short, scorecard).scored

    assert (scored.status, scored.score) == (ScoreStatus.SCORED, 0.0)


def test_an_abusive_customer_frees_the_agent_and_keeps_the_case(classified, finding, scorecard):
    abused = classified((finding("customer-threat"), finding("forbidden-words", start_ms=9_000)))

    scored = score(abused, scorecard).scored

    assert (scored.status, scored.exclusion) == (ScoreStatus.EXCLUDED, ExclusionReason.CUSTOMER_ABUSE)
    assert (scored.score, scored.legs, len(scored.findings)) == (None, (), 2)


def test_a_doubtful_abuse_frees_nobody(classified, finding, scorecard):
    scored = score(classified((finding("customer-threat", Verdict.UNCERTAIN),)), scorecard).scored

    assert (scored.status, scored.score) == (ScoreStatus.SCORED, 100.0)


def test_an_agent_who_insulted_first_is_judged_although_the_customer_answered_in_kind(
    classified, finding, scorecard
):
    began = finding("agent-insult", start_ms=1_000)
    answered = finding("customer-threat", start_ms=5_000)

    assert score(classified((began, answered)), scorecard).scored.score == 0.0


def test_an_agent_who_lost_patience_after_abuse_stays_exempt(classified, finding, scorecard):
    began = finding("customer-threat", start_ms=1_000)
    answered = finding("agent-insult", start_ms=5_000)

    scored = score(classified((began, answered)), scorecard).scored

    assert scored.exclusion is ExclusionReason.CUSTOMER_ABUSE


def test_after_a_transfer_only_the_abused_agent_is_exempt(classified, finding, scorecard):
    scored = score(classified((finding("customer-threat", leg=0),), legs=2), scorecard).scored

    assert scored.status is ScoreStatus.SCORED
    assert [leg.score for leg in scored.legs] == [None, 100.0]
    assert {item.reason for item in scored.legs[0].items} == {"exempt"}


def test_a_fault_before_a_transfer_is_the_first_agents_alone(classified, finding, scorecard):
    scored = score(classified((finding("forbidden-words", leg=0),), legs=2), scorecard).scored

    assert [(leg.agent_id, leg.score) for leg in scored.legs] == [("a0", 37.5), ("a1", 100.0)]
    assert scored.score == 37.5


def test_a_fault_that_fits_no_leg_of_several_is_a_doubt_for_each(classified, finding, scorecard):
    scored = score(classified((finding("forbidden-words", leg=-1),), legs=2), scorecard).scored

    assert [items_of(scored, leg)["words"].answer for leg in (0, 1)] == [ItemAnswer.UNCERTAIN] * 2
    assert scored.score == 100.0


def test_a_fault_of_the_whole_interaction_belongs_to_its_only_agent(classified, finding, scorecard):
    scored = score(classified((finding("forbidden-words", leg=-1),)), scorecard).scored

    assert items_of(scored)["words"].answer is ItemAnswer.FAIL


def test_pure_self_service_is_scored_without_legs(classified, finding, scorecard):
    alone = classified((finding("customer-threat", leg=-1),), legs=0, service_ms=2_000)

    scoring = score(alone, scorecard)

    assert (scoring.scored.status, scoring.scored.score, scoring.scored.legs) == (
        ScoreStatus.SCORED,
        None,
        (),
    )
    assert scoring.alerts == ()


def test_an_earlier_exclusion_passes_on(classified, scorecard):
    header = classified().header
    given = InteractionClassified(header=header, exclusion=ExclusionReason.NO_CONTENT)

    scoring = score(given, scorecard)

    assert (scoring.scored.status, scoring.scored.exclusion) == (
        ScoreStatus.EXCLUDED,
        ExclusionReason.NO_CONTENT,
    )
    assert (scoring.scored.activation_seq, scoring.alerts) == (0, ())


def test_a_record_with_neither_classification_nor_exclusion_is_refused(classified, scorecard):
    with pytest.raises(ValueError, match="neither"):
        score(InteractionClassified(header=classified().header), scorecard)


def test_a_verdict_without_a_finding_costs_nothing_but_is_refused(classified, scorecard):
    unfounded = classified(verdicts={("forbidden-words", 0): Verdict.HIT})

    with pytest.raises(UnfoundedVerdict, match="forbidden-words"):
        score(unfounded, scorecard)


def test_the_same_inputs_give_the_same_record(classified, finding, scorecard):
    given = (finding("harsh-tone"),)

    assert score(classified(given), scorecard) == score(classified(given), scorecard)


def test_result_ids_differ_by_leg_rule_set_scorecard_and_record_version(classified, scorecard):
    other_card = parse_scorecard(SCORECARD.replace("weight: 50", "weight: 55"))

    results = [
        score(classified(legs=2), scorecard).scored,
        score(classified(legs=2, ruleset_hash="other"), scorecard).scored,
        score(classified(legs=2, record_version=2), scorecard).scored,
        score(classified(legs=2), other_card).scored,
    ]

    ids = [i for scored in results for i in (scored.result_id, *(leg.result_id for leg in scored.legs))]
    assert len(set(ids)) == len(ids) == 12


def test_other_rules_that_find_the_same_change_the_result_but_not_its_content(classified, finding, scorecard):
    newer = msgspec.structs.replace(finding("harsh-tone"), rule_version="2")

    old = score(classified((finding("harsh-tone"),)), scorecard).scored
    new = score(classified((newer,), ruleset_hash="other"), scorecard).scored

    assert old.result_id != new.result_id
    assert old.content_digest == new.content_digest
    assert old.legs[0].content_digest == new.legs[0].content_digest


def test_a_changed_deduction_changes_only_the_interactions_it_touches(classified, finding, scorecard):
    milder = parse_scorecard(SCORECARD.replace("harsh-tone: 20", "harsh-tone: 10"))
    touched, untouched = classified((finding("harsh-tone"),)), classified((finding("dead-air"),))

    def digests(given):
        return [score(given, card).scored.content_digest for card in (scorecard, milder)]

    assert len(set(digests(touched))) == 2
    assert len(set(digests(untouched))) == 1
