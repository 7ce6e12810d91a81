from __future__ import annotations

import pytest

from schemas.records.terms import Verdict

HIT, NO_HIT, UNCERTAIN = Verdict.HIT, Verdict.NO_HIT, Verdict.UNCERTAIN


@pytest.mark.parametrize(
    ("condition", "contact", "verdict"),
    [
        ("channel: [WEB]", {"channel": "WEB"}, HIT),
        ("channel: [WEB]", {"channel": "VOICE"}, NO_HIT),
        ("direction: outbound", {"direction": "OUTBOUND"}, HIT),
        ("disconnect_party: AGENT", {"disconnect_party": "AGENT"}, HIT),
        ("disconnect_party: AGENT", {"disconnect_party": "UNKNOWN"}, UNCERTAIN),
        ("queue: [sales]", {"queue_id": "sales"}, HIT),
        ("links: [PREVIOUS]", {"links": [{"interaction_id": "x", "kind": "PREVIOUS"}]}, HIT),
        ("links: [PREVIOUS]", {}, NO_HIT),
        ("work_location: HOME", {"agents": [{"agent_id": "a", "work_location": "HOME"}]}, HIT),
        ("survey_score: {at_most: 2}", {"survey": {"score": 1}}, HIT),
        ("survey_score: {at_most: 2}", {}, UNCERTAIN),
        ("agent_turns: {at_least: 2}", {}, HIT),
        ("agent_characters: {below: 3}", {}, NO_HIT),
        ("transfer_count: {above: 0}", {"transfer_count": 1}, HIT),
        ("last_leg: true", {}, HIT),
        ("attributes: {vip: [gold, silver]}", {"attributes": {"vip": "gold"}}, HIT),
        ("attributes: {vip: gold}", {"attributes": {"vip": "none"}}, NO_HIT),
        ("attributes: {vip: gold}", {}, NO_HIT),
        ("survey_answered: true", {"survey": {"score": 5}}, HIT),
        ("survey_answered: true", {"survey": {}}, NO_HIT),
        ("survey_answered: false", {}, HIT),
        ("resolved: NO", {"survey": {"score": 1, "resolved": "NO"}}, HIT),
        ("survey_comment: [态度, 很差]", {"survey": {"score": 1, "comment": "态 度很差"}}, HIT),
        ("survey_comment: [态度]", {"survey": {"score": 1}}, NO_HIT),
        ("team: [night]", {"agents": [{"agent_id": "a", "team_id": "night"}]}, HIT),
        ("wrapup: [W1]", {"agents": [{"agent_id": "a", "wrapup_code": "W2"}]}, NO_HIT),
        ("hold_count: {at_least: 2}", {"agents": [{"agent_id": "a", "hold_count": 3}]}, HIT),
        ("links_count: {at_least: 1}", {"links": [{"interaction_id": "x"}]}, HIT),
        ("channel: VOICE, direction: OUTBOUND", {}, NO_HIT),
    ],
)
def test_what_is_known_of_a_contact(ask, condition, contact, verdict):
    (judgement,) = ask(f"contact: {{{condition}}}", "客服: 您好\n客服: 再见", **contact)

    assert judgement.verdict is verdict


def test_the_evidence_names_the_property_and_its_value(ask):
    (judgement,) = ask("contact: {disconnect_party: AGENT}", "客服: 您好", disconnect_party="AGENT")

    assert judgement.evidence[0].operator == "when.contact.disconnect_party=AGENT"


def test_a_compared_number_stands_beside_its_threshold(ask):
    (judgement,) = ask("contact: {agent_talk_ms: {below: 6000}}", "客服: 您好")

    place = judgement.evidence[0]
    assert (place.value, place.threshold, place.unit) == (500.0, 6000.0, "ms")


def test_the_last_leg_is_told_from_the_first(ask):
    told = [j.verdict for j in ask("contact: {last_leg: true}", "客服1: 您好\n客服2: 您好")]

    assert told == [NO_HIT, HIT]


def test_an_attributes_value_is_not_told(ask):
    (judgement,) = ask("contact: {attributes: {note: [secret]}}", "客服: 您好", attributes={"note": "secret"})

    assert [place.operator for place in judgement.evidence] == ["when.contact.attributes.note"]


SHARES = "客户: 我想退货东西是坏的\n客服(插话): 可以退款\n客户: 好\n客服: 再见"


@pytest.mark.parametrize(
    ("condition", "contact", "verdict"),
    [
        ("agent_talk_percent: {above: 30}", {}, HIT),
        ("agent_talk_percent: {above: 50}", {}, NO_HIT),
        ("overtalk_percent: {at_least: 50}", {}, HIT),
        ("overtalk_percent: {above: 50}", {}, NO_HIT),
        ("hold_percent: {above: 20}", {"agents": [{"agent_id": "a", "hold_ms": 4000}]}, HIT),
        ("hold_percent: {above: 20}", {}, UNCERTAIN),
        ("silence_percent: {above: 20}", {}, UNCERTAIN),
    ],
)
def test_shares_are_percentages(ask, condition, contact, verdict):
    (judgement,) = ask(f"contact: {{{condition}}}", SHARES, **contact)

    assert judgement.verdict is verdict
