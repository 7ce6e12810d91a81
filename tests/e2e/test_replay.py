"""Operators replay topics: nothing changes unless the rules did, and what was known stays known."""

import time
from datetime import UTC, datetime

import pytest
import yaml

from processors.scoring.scorecard import SERVICE_SCORECARD
from streams.reports.content import load

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def test_replaying_the_day_through_classification_changes_no_count_and_no_score(day):
    before = load(day.client())

    outcome = day.callqa_json("replay", "--stage", "classification", "--from", "1d", "--yes")

    after = load(day.client())
    assert outcome["records"] >= day.content.total.scored + day.content.total.excluded
    assert outcome["dead_lettered"] == 0
    assert outcome["changed"] == []
    assert after.total == before.total
    assert _scores(after) == _scores(before)
    assert len(after.alerts) == len(before.alerts)


def test_a_changed_deduction_touches_only_those_it_concerns_and_the_old_score_stays_known(day, tmp_path):
    before = load(day.client())
    concerned = sorted(
        one.interaction_id
        for one in before.interactions
        for item in (item for leg in one.legs for item in leg.items)
        if item.item_id == "deflection" and item.answer == "FAIL"
    )
    as_of = datetime.now(UTC)
    time.sleep(0.01)

    day.callqa(
        "rules", "activate", "--scorecard", str(_with_another_deduction(tmp_path)), "--note", "推诿改扣十分"
    )
    outcome = day.callqa_json("replay", "--stage", "scoring", "--from", "1d", "--yes")

    known_then = dict(
        day.client()
        .query(
            "SELECT interaction_id, score FROM qa_bi.v_score_as_known(as_of={as_of:DateTime64(3, 'UTC')})",
            parameters={"as_of": as_of},
        )
        .result_rows
    )
    assert concerned
    assert outcome["changed"] == concerned
    assert {name: known_then[name] for name in concerned} == {
        name: _scores(before)[name] for name in concerned
    }


def test_a_dry_run_shows_offsets_and_leaves_nothing_behind(day):
    plan = day.callqa_json("replay", "--stage", "scoring", "--from", "1d", "--dry-run")

    assert plan["records"] > 0
    assert all(part["end"] >= part["start"] for part in plan["ranges"])


def test_a_replay_without_a_selection_is_refused(day):
    day.callqa("replay", "--stage", "scoring", "--yes", code=4)


def _with_another_deduction(folder):
    card = yaml.safe_load(SERVICE_SCORECARD.read_text(encoding="utf-8"))
    item = next(
        item for section in card["sections"] for item in section["items"] if item["id"] == "deflection"
    )
    item["deducts"] = {"deflection": 10}
    path = folder / "service.yaml"
    path.write_text(yaml.safe_dump(card, allow_unicode=True), encoding="utf-8")
    return path


def _scores(content):
    return {one.interaction_id: one.score for one in content.interactions}
