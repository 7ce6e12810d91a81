"""The door to all commands opens quickly: help costs no engine, no broker client and no model."""

import json
import subprocess
import sys

import pytest

HEAVY = (
    "faust",
    "faster_whisper",
    "ctranslate2",
    "chdb",
    "kafka",
    "aiokafka",
    "clickhouse_connect",
    "jieba",
    "av",
    "numpy",
    "fastavro",
    "pygal",
)
COMMANDS = [
    "demo",
    "up",
    "down",
    "worker",
    "publish",
    "status",
    "trace",
    "replay",
    "report",
    "doctor",
    "topics",
    "db",
    "model",
    "rules",
]
LOADED = """
import json, sys
from typer.testing import CliRunner
from streams.cli.main import app
result = CliRunner().invoke(app, sys.argv[1:])
print(json.dumps({"code": result.exit_code, "text": result.output, "modules": list(sys.modules)}))
"""


def run(*arguments):
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_loads_no_heavy_library(command):
    seen = run(*([command] if command else []), "--help")

    assert seen["code"] == 0
    assert [name for name in HEAVY if name in seen["modules"]] == []


def test_help_names_every_command():
    text = run("--help")["text"]

    assert [name for name in COMMANDS if f" {name} " not in text] == []
