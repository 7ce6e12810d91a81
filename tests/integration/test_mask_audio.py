"""``callqa mask --audio`` from the command line, with the scripted stand-in for a model and with Whisper."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from streams.cli.main import app
from streams.models import ModelUnavailable, fetch

pytestmark = pytest.mark.integration

DEMO = Path(__file__).resolve().parents[2] / "infra" / "demo" / "audio"


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


@pytest.mark.model
def test_an_identity_number_that_was_said_cannot_be_heard_in_the_copy(tmp_path, monkeypatch):
    """The demo call in which the customer reads it out from about 19.9 s to 24.4 s."""
    try:
        fetch("base", tmp_path / "models")
    except ModelUnavailable as absent:
        pytest.skip(str(absent))
    monkeypatch.setenv("CALLQA_MODEL_DIR", str(tmp_path / "models"))
    copy = tmp_path / "copy.wav"

    result = run(DEMO / "v14-identity-pii.opus", "--audio", "--to", copy, "--output", "json")

    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["masked"] == {"ID_CARD": 1}
    with wave.open(str(copy)) as found:
        rate = found.getframerate()
        samples = np.frombuffer(found.readframes(found.getnframes()), dtype="<i2").reshape(-1, 2)
    assert not samples[round(20.0 * rate) : round(24.3 * rate)].any()
    assert np.abs(samples[round(1.5 * rate) : round(6 * rate)]).max() > 1_000
    assert np.abs(samples[round(25.5 * rate) : round(30 * rate)]).max() > 1_000
