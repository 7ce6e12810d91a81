"""The doctor names what it found, or what is wrong and what to do, and goes on to the next check."""

from pathlib import Path

import pytest

from streams.health import Check, checks
from streams.settings import Settings


def found(tmp_path: Path, **changes: object) -> dict[str, Check]:
    settings = Settings().model_copy(
        update={"data_dir": tmp_path / "data", "model_dir": tmp_path / "models", "model": "base", **changes}
    )
    return {check.name: check for check in checks(settings, None)}


def test_every_part_is_looked_at_whatever_else_is_wrong(tmp_path: Path):
    seen = found(tmp_path)

    assert list(seen)[0] == "python"
    assert {"java", "maven", "model", "rules", "data folder", "disk", "kafka", "clickhouse"} <= seen.keys()
    assert seen["python"].ok
    assert seen["rules"].ok
    assert "zh" in seen["rules"].detail


def test_a_model_that_is_not_there_is_told_with_the_command_that_fetches_it(tmp_path: Path):
    check = found(tmp_path)["model"]

    assert not check.ok
    assert "callqa model fetch" in check.detail


def test_a_broken_rule_file_is_told_by_file(tmp_path: Path):
    (tmp_path / "zh.yaml").write_text("rules: [", encoding="utf-8")
    (tmp_path / "en.yaml").write_text("rules: [", encoding="utf-8")

    check = found(tmp_path, ruleset_dir=tmp_path)["rules"]

    assert not check.ok
    assert "zh.yaml" in check.detail


def test_with_a_broker_of_your_own_nobody_asks_for_java(tmp_path: Path):
    seen = found(tmp_path, kafka_bootstrap="127.0.0.1:1", clickhouse_url="http://127.0.0.1:1")

    assert "java" not in seen
    assert "maven" not in seen
    assert not seen["kafka"].ok
    assert not seen["clickhouse"].ok
    assert "127.0.0.1:1" in seen["clickhouse"].detail


@pytest.mark.parametrize("name", ["kafka", "clickhouse"])
def test_what_does_not_run_yet_is_no_ailment(tmp_path: Path, name: str):
    check = found(tmp_path)[name]

    assert check.ok
    assert "callqa up" in check.detail


def test_a_data_folder_that_cannot_be_written_is_told_with_the_setting(tmp_path: Path):
    (tmp_path / "file").write_text("no folder")

    check = found(tmp_path, data_dir=tmp_path / "file")["data folder"]

    assert not check.ok
    assert "CALLQA_DATA_DIR" in check.detail


def test_looking_creates_nothing(tmp_path: Path):
    found(tmp_path)

    assert list(tmp_path.iterdir()) == []
