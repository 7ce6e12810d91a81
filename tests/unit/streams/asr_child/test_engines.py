"""Whisper's settings are checked where a person reads the answer: before any child is started."""

import ctranslate2
import pytest
from typer.testing import CliRunner

from streams.asr_child.configured import configured_child
from streams.asr_child.registry import EngineUnusable
from streams.cli.main import app
from streams.settings import Settings

without_gpu = pytest.mark.skipif(ctranslate2.get_cuda_device_count() > 0, reason="this machine has a GPU")


@without_gpu
def test_cuda_without_a_gpu_is_one_clear_line():
    with pytest.raises(EngineUnusable, match="no NVIDIA GPU.*--device cpu"):
        configured_child(Settings(device="cuda", compute_type="float16"))


@without_gpu
def test_a_worker_for_cuda_without_a_gpu_does_not_start_and_says_why(monkeypatch):
    monkeypatch.setenv("CALLQA_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("CALLQA_CLICKHOUSE_URL", "http://127.0.0.1:1")

    result = CliRunner().invoke(app, ["worker", "transcription", "--device", "cuda"])

    assert result.exit_code == 1
    assert "no NVIDIA GPU" in result.output
    assert "Traceback" not in result.output


def test_a_device_that_does_not_exist_is_refused_by_name():
    with pytest.raises(EngineUnusable, match="'gpu' is none of cpu, cuda"):
        configured_child(Settings(device="gpu"))


def test_a_compute_type_that_does_not_run_here_is_refused_with_those_that_do():
    with pytest.raises(EngineUnusable, match="float17 does not run on cpu here.*int8"):
        configured_child(Settings(compute_type="float17"))
