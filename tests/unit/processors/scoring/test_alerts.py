"""Who is told what at once."""

from processors.scoring import score
from schemas.records.terms import AlertKind, Verdict


def test_a_hit_alerts_the_one_who_has_to_act_with_words_and_links(classified, finding, scorecard):
    (alert,) = score(classified((finding("agent-insult", leg=1),), legs=2), scorecard).alerts

    assert (alert.kind, alert.rule_id, alert.leg) == (AlertKind.SUPERVISOR, "agent-insult", 1)
    assert (alert.agent_id, alert.team_id, alert.queue_id) == ("a1", "t1", "billing")
    assert (alert.words, alert.turn, alert.start_ms) == ("话语", 1, 1_000)
    assert alert.linked_interaction_ids == ("i-0",)


def test_a_doubt_alerts_nobody(classified, finding, scorecard):
    doubtful = classified((finding("agent-insult", Verdict.UNCERTAIN),))

    assert score(doubtful, scorecard).alerts == ()


def test_an_exempt_interaction_still_alerts(classified, finding, scorecard):
    scoring = score(classified((finding("customer-threat"),)), scorecard)

    assert scoring.scored.score is None
    assert [alert.kind for alert in scoring.alerts] == [AlertKind.AGENT_CARE]


def test_a_rule_that_found_several_places_alerts_once_at_the_first(classified, finding, scorecard):
    twice = (finding("agent-insult", start_ms=9_000), finding("agent-insult", start_ms=2_000))

    (alert,) = score(classified(twice), scorecard).alerts

    assert alert.start_ms == 2_000


def test_other_rules_and_corrected_records_raise_the_same_alert_again(classified, finding, scorecard):
    given = (finding("agent-insult"),)

    ids = {
        score(classified(given), scorecard).alerts[0].alert_id,
        score(classified(given, ruleset_hash="other"), scorecard).alerts[0].alert_id,
        score(classified(given, record_version=2), scorecard).alerts[0].alert_id,
        score(classified((finding("agent-insult", leg=-1),)), scorecard).alerts[0].alert_id,
    }

    assert len(ids) == 1
