"""Settings come from ``CALLQA_*`` alone, are refused when wrong, and reach child processes as they are."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from processors.redaction import MaskStyle, RedactionPolicy
from schemas.records.terms import Entity
from streams.settings import PREFIX, PROJECT, Settings, child_environment

SHOW = """
from streams.settings import Settings
print(Settings().model_dump_json())
print(Settings().clickhouse_password.get_secret_value())
"""


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """No setting but the test's own, and no ``.env`` file."""
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_a_variable_that_nobody_knows_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("CALLQA_KAFKA_BOOTSTRAPS", "b:9092")

    with pytest.raises(ValidationError, match="unknown setting CALLQA_KAFKA_BOOTSTRAPS;"):
        Settings()


def test_variables_of_other_programs_are_left_alone(monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "elsewhere:9092")

    assert Settings().kafka_bootstrap is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("window", "0"),
        ("batch_seconds", "0"),
        ("cpu_threads", "-1"),
        ("batch_calls", "0"),
        ("recording_wait_seconds", "soon"),
        ("metrics_port", "http"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_with_the_name_of_its_setting(monkeypatch, name, value):
    monkeypatch.setenv(PREFIX + name.upper(), value)

    with pytest.raises(ValidationError) as caught:
        Settings()

    assert [error["loc"] for error in caught.value.errors()] == [(name,)]


def test_an_env_file_in_the_working_folder_is_read(tmp_path):
    (tmp_path / ".env").write_text("CALLQA_WINDOW=7\n")

    assert Settings().window == 7


def test_a_child_process_sees_the_same_settings_and_the_overrides(monkeypatch, tmp_path):
    monkeypatch.setenv("CALLQA_WINDOW", "7")
    monkeypatch.setenv("CALLQA_CLICKHOUSE_PASSWORD", "p4ss 词=")
    monkeypatch.setenv("CALLQA_SCORECARD", str(tmp_path / "card.yaml"))
    settings = Settings().model_copy(update={"device": "cuda", "recording_wait_seconds": 40.0})

    environment = child_environment(settings, {"kafka_bootstrap": "h:1", "data_dir": "/data"})
    shown = subprocess.run(
        [sys.executable, "-c", SHOW],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    wanted = settings.model_copy(update={"kafka_bootstrap": "h:1", "data_dir": Path("/data")})
    assert json.loads(shown[0]) == json.loads(wanted.model_dump_json())
    assert shown[1] == "p4ss 词="


def test_the_password_does_not_show_when_settings_are_printed(monkeypatch):
    monkeypatch.setenv("CALLQA_CLICKHOUSE_PASSWORD", "geheim")

    assert "geheim" not in f"{Settings()!r} {Settings()} {Settings().model_dump_json()}"


def test_recordings_lie_below_the_demo_and_the_data_folder_unless_told_otherwise(tmp_path):
    assert Settings().roots() == (PROJECT / "infra/demo/audio", tmp_path / ".local/recordings")
    assert (PROJECT / "infra/demo/audio").is_dir()


def test_configured_roots_replace_the_usual_ones(monkeypatch, tmp_path):
    monkeypatch.setenv("CALLQA_RECORDING_ROOTS", f"/srv/calls:{tmp_path}/../{tmp_path.name}:")

    assert Settings().roots() == (Path("/srv/calls"), tmp_path)


def test_a_child_does_not_get_a_setting_that_its_parent_took_away(monkeypatch):
    monkeypatch.setenv("CALLQA_METRICS_PORT", "9400")

    environment = child_environment(Settings().model_copy(update={"metrics_port": None}), {})

    assert "CALLQA_METRICS_PORT" not in environment
    assert "PATH" in environment


def test_what_is_masked_follows_the_settings(monkeypatch):
    assert Settings().redaction_policy() == RedactionPolicy()
    monkeypatch.setenv("CALLQA_REDACTION_STYLE", "tail")
    monkeypatch.setenv("CALLQA_REDACTION_KEEP", "plate, ADDRESS")

    policy = Settings().redaction_policy()

    assert policy == RedactionPolicy(style=MaskStyle.TAIL, keep=(Entity.PLATE, Entity.ADDRESS))


@pytest.mark.parametrize("kept", ["ID_CARD", "NOBODY"])
def test_no_setting_lets_identities_through(monkeypatch, kept):
    monkeypatch.setenv("CALLQA_REDACTION_KEEP", kept)

    with pytest.raises(ValidationError, match="redaction_keep"):
        Settings()


@pytest.mark.parametrize("name", ["kafka_bootstrap", "clickhouse_url", "metrics_port", "ruleset_dir"])
def test_a_variable_that_is_set_to_nothing_is_not_set(monkeypatch, name):
    monkeypatch.setenv(PREFIX + name.upper(), "")

    assert getattr(Settings(), name) is None
