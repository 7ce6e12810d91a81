"""Commands where nothing runs, nothing is configured, or something is wrong: one line and an exit code."""

import fcntl
import json
import os
import re
import subprocess
import sys
from importlib import resources

import pytest
import typer
from typer.testing import CliRunner

from streams.cli.main import app
from streams.local.ports import free_port

EXAMPLES = resources.files("schemas") / "examples" / "InteractionCompleted"
ASKING = [
    "status",
    "trace call-1",
    "audit",
    "report",
    "replay --stage scoring --from 2h --yes",
    "rules history",
    "topics plan",
    "db plan",
    "dead-letters list",
    "dead-letters show scoring/1@77",
    "dead-letters redrive --stage scoring --yes",
]
ACTING = ["doctor", "demo", "up", "down", "worker scoring", "model check"]
EACH = """
import json, sys
from typer.testing import CliRunner
from streams.cli.main import app

def end(command):
    result = CliRunner().invoke(app, command.split())
    defect = result.exception
    known = defect is None or isinstance(defect, SystemExit)
    return result.exit_code, result.stdout, result.stderr, None if known else repr(defect)

print(json.dumps({command: end(command) for command in sys.argv[1:]}))
"""
HEAVY = ("faust", "faster_whisper", "ctranslate2", "chdb", "jieba")


def commands(group: typer.core.TyperGroup, *names: str):
    """Every command with its names, those of groups included."""
    for name, command in group.commands.items():
        yield (*names, name)
        if hasattr(command, "commands"):
            yield from commands(command, *names, name)


ALL_COMMANDS = sorted(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("names", ALL_COMMANDS, ids=" ".join)
def test_every_command_explains_itself_and_all_its_options(names):
    runner = CliRunner(env={"COLUMNS": "200", "TERM": "dumb", "_TYPER_FORCE_DISABLE_TERMINAL": "1"})

    result = runner.invoke(app, [*names, "--help"])

    assert result.exit_code == 0, result.output
    command = typer.main.get_command(app)
    for name in names:
        command = command.commands[name]
    assert command.help
    undocumented = [
        parameter.name
        for parameter in command.params
        if not getattr(parameter, "help", "") and not getattr(parameter, "hidden", False)
    ]
    assert undocumented == []


def test_help_reads_no_engine_even_as_a_program_of_its_own():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "streams.cli.main", "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "typer" in imported
    assert imported.isdisjoint(HEAVY)


def ended(folder, commands, **settings):
    """How each command ends in an empty folder: code, output, error, defect. One process runs them all."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("CALLQA_")}  # noqa: TID251
    done = subprocess.run(
        [sys.executable, "-c", EACH, *commands],
        env={**inherited, "COLUMNS": "200", "CALLQA_DATA_DIR": str(folder / "data"), **settings},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def where_nothing_runs(tmp_path_factory):
    return ended(tmp_path_factory.mktemp("nothing"), ASKING)


@pytest.fixture(scope="module")
def with_a_typo(tmp_path_factory):
    wrong = {"CALLQA_TYPO": "1", "CALLQA_CLICKHOUSE_PASSWORD": "geheim"}
    return ended(tmp_path_factory.mktemp("typo"), [*ASKING, *ACTING], **wrong)


@pytest.mark.parametrize("command", ASKING)
def test_where_nothing_runs_a_command_says_so_and_what_to_start(where_nothing_runs, command):
    code, out, error, defect = where_nothing_runs[command]

    assert (code, out, defect) == (1, "", None)
    assert error.startswith("error nothing runs")
    assert "callqa up" in error


def test_there_is_nothing_to_stop_where_nothing_runs(callqa):
    done = callqa("down")

    assert done.returncode == 0
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", [*ASKING, *ACTING])
def test_a_setting_that_nobody_knows_is_named_by_every_command(with_a_typo, command):
    code, out, error, defect = with_a_typo[command]

    assert (code, defect) == (1, None)
    assert "error unknown setting CALLQA_TYPO;" in error
    assert "geheim" not in out + error


class TestPublishDryRun:
    """Checking events costs no broker."""

    def test_legal_events_are_counted_and_not_sent(self, callqa):
        legal = [file for file in EXAMPLES.iterdir() if file.name.endswith(".pass.json")]

        done = callqa("publish", "--dry-run", *legal)

        assert done.returncode == 0, done.stderr
        assert f"{len(legal)} 个事件" in done.stdout

    def test_a_broken_event_is_told_by_file_number_and_field(self, callqa, tmp_path):
        good, bad = (
            json.loads((EXAMPLES / name).read_text(encoding="utf-8"))
            for name in ("voice.pass.json", "hold_ms-negative.fail.json")
        )
        file = tmp_path / "day.json"
        file.write_text(json.dumps([good, bad]), encoding="utf-8")

        done = callqa("publish", "--dry-run", file)

        assert done.returncode in (1, 4)
        assert re.search(r"day\.json.*event 2.*hold_ms", done.stderr)
        assert "event 1" not in done.stderr
        assert "Traceback" not in done.stdout + done.stderr

    def test_a_file_that_is_not_there_is_named(self, callqa):
        done = callqa("publish", "--dry-run", "no-such.json")

        assert done.returncode == 1
        assert "no-such.json" in done.stderr
        assert "Traceback" not in done.stderr

    def test_without_a_file_the_usage_is_explained(self, callqa):
        done = callqa("publish", "--dry-run")

        assert done.returncode == 2
        assert "--audio" in done.stderr


class TestDoctor:
    """A machine that can run callqa, and one that cannot."""

    def test_a_machine_without_a_model_is_not_well(self, callqa):
        done = callqa("doctor", "--output", "json", CALLQA_MODEL_DIR="empty")

        checks = {check["name"]: check for check in json.loads(done.stdout)}
        assert done.returncode == 1
        assert not checks["model"]["ok"]
        assert "ModelMissing" in checks["model"]["detail"]
        assert checks["python"]["ok"]

    def test_a_machine_with_everything_is_well(self, callqa, tmp_path):
        (tmp_path / "model").mkdir()
        (tmp_path / "model" / "model.bin").write_bytes(b"weights")

        done = callqa("doctor", "--output", "json", CALLQA_MODEL=tmp_path / "model")

        checks = json.loads(done.stdout)
        assert [check["name"] for check in checks if not check["ok"]] == []
        assert done.returncode == 0

    def test_a_broker_and_a_store_that_do_not_answer_are_told_one_by_one(self, callqa):
        done = callqa(
            *("doctor", "--output", "json"),
            CALLQA_KAFKA_BOOTSTRAP=f"127.0.0.1:{free_port()}",
            CALLQA_CLICKHOUSE_URL=f"http://127.0.0.1:{free_port()}",
        )

        checks = {check["name"]: check["ok"] for check in json.loads(done.stdout)}
        assert done.returncode == 1
        assert (checks["kafka"], checks["clickhouse"]) == (False, False)
        assert "java" not in checks

    def test_it_lists_every_setting_but_shows_no_password(self, callqa):
        done = callqa("doctor", "--settings", CALLQA_CLICKHOUSE_PASSWORD="geheim")

        assert "CALLQA_KAFKA_BOOTSTRAP" in done.stdout
        assert "CALLQA_CLICKHOUSE_PASSWORD" in done.stdout
        assert "geheim" not in done.stdout


class TestWorker:
    """A worker that cannot start leaves one line for whoever reads its log."""

    def refusal(self, done) -> dict:
        assert done.returncode == 1
        (line,) = [json.loads(line) for line in done.stderr.splitlines() if "worker.not_started" in line]
        assert "Traceback" not in done.stdout + done.stderr
        return line

    def test_without_addresses_it_says_which_settings_it_needs(self, callqa):
        line = self.refusal(callqa("worker", "scoring"))

        assert line["error"] == "NotConfigured"
        assert "CALLQA_KAFKA_BOOTSTRAP" in line["detail"]
        assert line["stage"] == "scoring"

    def test_a_slot_that_is_taken_is_named_with_its_holder(self, callqa, tmp_path):
        slot = tmp_path / "data" / "slots" / "normalization-live-3.lock"
        slot.parent.mkdir(parents=True)
        with slot.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            held.write(str(os.getpid()))
            held.flush()

            done = callqa(
                *("worker", "normalization", "--slot", "3"),
                CALLQA_KAFKA_BOOTSTRAP="127.0.0.1:1",
                CALLQA_CLICKHOUSE_URL="http://127.0.0.1:1",
            )

        line = self.refusal(done)
        assert line["error"] == "SlotTaken"
        assert f"normalization-live-3 is taken by process {os.getpid()}" in line["detail"]

    def test_a_model_that_is_not_there_is_told(self, callqa):
        line = self.refusal(
            callqa(
                *("worker", "transcription"),
                CALLQA_KAFKA_BOOTSTRAP="127.0.0.1:1",
                CALLQA_CLICKHOUSE_URL="http://127.0.0.1:1",
                CALLQA_MODEL_DIR="empty",
            )
        )

        assert line["error"] == "ModelMissing"

    def test_a_store_that_does_not_answer_is_told(self, callqa):
        line = self.refusal(
            callqa(
                *("worker", "classification"),
                CALLQA_KAFKA_BOOTSTRAP="127.0.0.1:1",
                CALLQA_CLICKHOUSE_URL=f"http://127.0.0.1:{free_port()}",
            )
        )

        assert line["detail"].startswith("ClickHouse")

    def test_a_stage_that_does_not_exist_is_wrong_usage(self, callqa):
        assert callqa("worker", "translation").returncode == 2
