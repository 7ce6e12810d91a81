"""A scorecard that cannot be used says where and why."""

import pytest

from processors.classification import load_ruleset, shipped_ruleset
from processors.scoring import SERVICE_SCORECARD, ScorecardError, load_scorecard, parse_scorecard

from .conftest import SCORECARD


def test_the_service_scorecard_loads_and_its_weights_add_up():
    service = load_scorecard()

    assert service.id == "service"
    assert sum(item.weight for _, item in service.items()) > 100
    assert {item.id for _, item in service.items() if item.red_line} == {"agent-insult", "ghost-call"}


def test_comments_and_layout_do_not_change_the_hash_but_a_weight_does():
    text = SERVICE_SCORECARD.read_text(encoding="utf-8")

    assert parse_scorecard("# note\n" + text).hash == parse_scorecard(text).hash
    assert parse_scorecard(text.replace("weight: 20", "weight: 21")).hash != parse_scorecard(text).hash


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("weight: 20,", "weight: much,", r"Expected `float`, got `str`.*items\[0\].weight"),
        ("rules: [dead-air]", "rule: [dead-air]", "unknown field `rule`|missing required field `rules`"),
        ("id: praise", "id: air", "item air: the id is used twice"),
        ("bonus: 5", "bonus: 5, weight: 3", "item praise: is exactly one of"),
        ("red_line: true", "red_line: false", "item insult: is exactly one of"),
        ("harsh-tone: 20", "harsh-tone: 60", "item words: deducts 60 for harsh-tone"),
        ("{harsh-tone: 20}", "{rude: 20}", "item words: deducts for rude, which is not one"),
        ("rules: [customer-praise]", "rules: []", "item praise: names no rule"),
        ("agent-insult: SUPERVISOR", "agent-insult: BOSS", "BOSS"),
        ("channels: [VOICE]", "channels: [FAX]", "FAX"),
        ("id: small", "id: small\nid: large", "written twice: id"),
        ("id: small", "id: [small", "line"),
    ],
)
def test_a_faulty_scorecard_is_refused_with_its_place(old, new, message):
    assert old in SCORECARD

    with pytest.raises(ScorecardError, match=message):
        parse_scorecard(SCORECARD.replace(old, new, 1))


def test_a_scorecard_without_items_is_refused():
    with pytest.raises(ScorecardError, match="at least one item"):
        parse_scorecard('{id: x, version: "1", name: {zh: 空, en: empty}, sections: []}')


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ScorecardError, match=r"nowhere\.yaml"):
        load_scorecard(tmp_path / "nowhere.yaml")


def test_names_follow_the_language(scorecard):
    name = scorecard.definition.name

    assert (name.in_language("zh-CN"), name.in_language("en-GB")) == ("小卡", "Small card")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_service_scorecard_asks_only_rules_that_ship(language):
    shipped = {rule.id for rule in load_ruleset(shipped_ruleset(language)).rules}

    assert load_scorecard().rule_ids <= shipped
