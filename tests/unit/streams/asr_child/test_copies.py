"""Copies without the masked words, written by the child that hears the words."""

import io
import sys
import wave

import numpy as np
import pytest
from msgspec.structs import replace

from streams.asr_child import AsrChild, AsrUnavailable, ChildOptions, MaskedCopies
from streams.asr_child.configured import masked_copies
from streams.recordings.masking import Fill
from streams.settings import Settings

# Says a telephone number between 400 and 600 ms on the second channel, and good day on the first.
ENGINE = """
from processors.transcription import Hearer
from processors.transcription.engine import EngineInfo, Heard, HeardChannel, HeardWord, Span


class EverythingIsSpeech:
    def intervals(self, samples):
        return (Span(0, samples.size // 16),)


class Telling:
    info = EngineInfo(name="t", version="1", model="m", model_sha256="0", options="", languages=("zh",))

    def hear(self, channels, language, hot_words):
        hello = HeardWord(text="您好", start_ms=0, end_ms=100, probability=0.9)
        number = HeardWord(text="一三八零零一三八零零零", start_ms=400, end_ms=600, probability=0.9)
        return Heard(
            language=language,
            channels=(HeardChannel(words=(hello,)), HeardChannel(words=(number,))),
        )


def telling():
    return Hearer(engine=Telling(), detector=EverythingIsSpeech())
"""


@pytest.fixture
async def child(tmp_path, monkeypatch):
    (tmp_path / "telling_engine.py").write_text(ENGINE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    child = AsrChild(ChildOptions(engine="telling_engine:telling"))
    yield child
    await child.close()


def frames(content):
    with wave.open(io.BytesIO(content)) as found:
        return np.frombuffer(found.readframes(found.getnframes()), dtype="<i2").reshape(-1, 2)


async def test_the_words_that_were_masked_cannot_be_heard_in_the_copy(child, job, recording, tmp_path):
    target = tmp_path / "new" / "folder" / "copy.wav"
    asked, files = job(recording)

    await child.hear(replace(asked, copies=MaskedCopies(paths=(str(target),))), files)

    original, copy = frames(recording), frames(target.read_bytes())
    # 400 to 600 ms and 300 ms on each side, at 8 kHz.
    assert not copy[800:7_200].any()
    assert np.array_equal(copy[:800], original[:800])
    assert np.array_equal(copy[7_200:], original[7_200:])


async def test_a_call_that_is_heard_again_replaces_its_copy(child, job, recording, tmp_path):
    target = tmp_path / "copy.wav"
    target.write_bytes(b"old")
    asked, files = job(recording)

    await child.hear(replace(asked, copies=MaskedCopies(paths=(str(target),), fill=Fill.TONE)), files)

    assert np.abs(frames(target.read_bytes())[800:7_200]).max() == pytest.approx(3_276, abs=5)


async def test_a_folder_that_takes_nothing_blames_no_recording(child, job, recording, tmp_path):
    (tmp_path / "file").touch()
    asked, files = job(recording)

    with pytest.raises(AsrUnavailable, match="masked copy not written"):
        await child.hear(
            replace(asked, copies=MaskedCopies(paths=(str(tmp_path / "file" / "a.wav"),))), files
        )


def test_copies_lie_below_the_configured_folder_whatever_the_id(job, recording, tmp_path):
    settings = Settings(masked_audio_dir=tmp_path, masked_audio_fill="tone")
    event = job(recording)[0].completed
    ids = ["i1", "../../etc/passwd", "..", "a" * 128, "a" * 127 + "b", "%2e%2e/x"]

    told = [masked_copies(settings, replace(event, interaction_id=one)) for one in ids]

    paths = [path for one in told for path in one.paths]
    assert len(set(paths)) == len(ids)
    assert all(
        path.startswith(f"{tmp_path.resolve()}/") and "/" not in path[len(str(tmp_path)) + 1 :]
        for path in paths
    )
    assert all(path.endswith(".0.masked.wav") and len(path.rsplit("/", 1)[-1]) < 200 for path in paths)
    assert {one.fill for one in told} == {Fill.TONE}
    other = masked_copies(settings, replace(event, tenant_id="another"))
    assert other.paths != told[0].paths


def test_none_are_written_unless_a_folder_is_set(job, recording):
    assert masked_copies(Settings(), job(recording)[0].completed) is None
