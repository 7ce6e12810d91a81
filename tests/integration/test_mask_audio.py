"""``callqa mask --audio`` from the command line, with the scripted stand-in for a model."""

import json
import wave

import numpy as np
import pytest
from typer.testing import CliRunner

from streams.cli.main import app

pytestmark = pytest.mark.integration


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Four seconds of two channels; what the stand-in says in it holds nothing personal."""
    monkeypatch.setenv("CALLQA_MODEL", "scripted")
    monkeypatch.setenv("CALLQA_DATA_DIR", str(tmp_path / "data"))
    path = tmp_path / "call.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(np.full((64_000, 2), 3_000, dtype="<i2").tobytes())
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["mask", *map(str, arguments)])


def test_the_copy_lies_beside_the_original_and_is_replaced_only_when_asked(call):
    first = run(call, "--audio", "--output", "json")
    copy = call.with_name("call.masked.wav")
    assert first.exit_code == 0, first.output
    assert json.loads(first.output) == {
        "written": str(copy),
        "masked": {},
        "stretches_ms": [],
        "masked_ms": 0,
    }
    assert copy.read_bytes() == call.read_bytes()

    again = run(call, "--audio")
    assert again.exit_code == 1
    assert "--overwrite" in again.output

    copy.write_bytes(b"old")
    assert run(call, "--audio", "--overwrite").exit_code == 0
    assert copy.read_bytes() == call.read_bytes()


def test_the_original_is_never_written_over(call):
    before = call.read_bytes()
    link = call.with_name("link.wav")
    link.symlink_to(call)

    for target in (call, link):
        result = run(call, "--audio", "--overwrite", "--to", target)
        assert result.exit_code == 2
        assert "never written over" in result.output.replace("\n", "")

    assert call.read_bytes() == before


def test_a_dry_run_writes_nothing(call, tmp_path):
    result = run(call, "--audio", "--dry-run", "--to", tmp_path / "copy.wav")

    assert result.exit_code == 0
    assert "nothing to mask" in result.output
    assert not (tmp_path / "copy.wav").exists()


def test_a_file_that_is_no_recording_gives_no_copy(call, tmp_path):
    path = tmp_path / "text.wav"
    path.write_text("#EXTM3U\n")

    result = run(path, "--audio")

    assert result.exit_code == 3
    assert "RECORDING_CORRUPT" in result.output
    assert not path.with_name("text.masked.wav").exists()
