"""``callqa chaos`` before anything is broken: what it offers, what it would do, what it refuses."""

import json

import pytest

from streams.chaos.scenarios import SCENARIOS


def test_it_lists_every_scenario_and_every_form_of_a_fault(callqa):
    shown = callqa("chaos", "--list").stdout

    assert [name for name in SCENARIOS if name not in shown] == []
    assert "network:kafka|store:KIND:SECONDS" in shown


def test_a_dry_run_shows_the_plan_and_the_same_seed_shows_the_same(callqa):
    first = callqa("chaos", "all", "--dry-run", "--seed", 3, "--output", "json")
    again = callqa("chaos", "all", "--dry-run", "--seed", 3, "--output", "json")

    assert json.loads(first.stdout) == json.loads(again.stdout)
    assert json.loads(first.stdout)["kills"] >= 20


def test_the_long_form_kills_two_hundred_times_and_stops_beyond_the_real_session_timeout(callqa):
    plan = json.loads(callqa("chaos", "all", "--interactions", 2000, "--dry-run", "--output", "json").stdout)

    assert plan["kills"] >= 200
    assert plan["lengths"]["session"] == 45
    assert plan["lengths"]["long_stop"] > 45


def test_a_plan_is_shown_as_a_table_with_what_happens_at_the_same_time(callqa):
    shown = callqa("chaos", "kill:scoring", "store-down:3", "--dry-run").stdout

    assert "kill:scoring" in shown
    assert "store-down:3" in shown


@pytest.mark.parametrize(
    ("wrong", "advice"), [("kill:skoring", "scoring"), ("chaos", "crash-points"), ("store-down", "SECONDS")]
)
def test_what_it_does_not_know_is_a_mistake_on_the_command_line(callqa, wrong, advice):
    ended = callqa("chaos", wrong)

    assert ended.returncode == 2
    assert advice in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_model_that_is_missing_is_said_before_anything_starts(callqa, tmp_path):
    ended = callqa("chaos", "calm", "--voice-real", 1, CALLQA_MODEL_DIR=tmp_path / "none")

    assert ended.returncode == 1
    assert "model" in ended.stderr


def test_your_own_stack_is_not_hurt_where_there_is_none(callqa):
    ended = callqa("chaos", "kills", "--own", "--yes")

    assert ended.returncode == 1
    assert "callqa up" in ended.stderr


def test_what_cannot_be_done_to_your_own_stack_is_refused(callqa):
    ended = callqa(
        "chaos",
        "store-down:3",
        "--own",
        "--yes",
        CALLQA_KAFKA_BOOTSTRAP="127.0.0.1:1",
        CALLQA_CLICKHOUSE_URL="http://127.0.0.1:1",
    )

    assert ended.returncode == 4
    assert "store-down" in ended.stderr
