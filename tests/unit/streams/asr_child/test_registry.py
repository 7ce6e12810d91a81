"""Engines are found by entry point, callqa's own and those of any installed package."""

import pytest

from streams.asr_child import AsrChild
from streams.asr_child.configured import configured_child
from streams.asr_child.registry import EngineUnusable, engine_names, engine_of
from streams.settings import Settings

ENGINE = """
from processors.transcription import Hearer
from processors.transcription.engine import EngineInfo, Heard, HeardChannel, HeardWord, Span
from streams.asr_child.registry import EngineEntry


class Detector:
    def intervals(self, samples):
        return (Span(0, samples.size // 16),)


class Mine:
    def __init__(self, word):
        self.word = word
        self.info = EngineInfo(
            name="mine", version="7", model="m", model_sha256="0", options="", languages=("zh",)
        )

    def hear(self, channels, language, hot_words):
        word = HeardWord(text=self.word, start_ms=0, end_ms=100, probability=0.9)
        return Heard(language=language, channels=tuple(HeardChannel(words=(word,)) for _ in channels))


def load(*, word):
    return Hearer(engine=Mine(word), detector=Detector())


MINE = EngineEntry(options=lambda settings: {"word": settings.engine_options}, load=load)
NOT_AN_ENGINE = "MINE"
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package of somebody else's, installed as pip would."""
    (tmp_path / "their_engine.py").write_text(ENGINE)
    metadata = tmp_path / "their_engine-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: their-engine\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[callqa.engines]\nmine = their_engine:MINE\nwrong = their_engine:NOT_AN_ENGINE\n"
        "gone = their_engine:NOWHERE\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


def test_the_engines_that_come_with_callqa_are_registered():
    assert {"whisper", "http", "scripted"} <= set(engine_names())
    assert engine_of("scripted").factory == "streams.asr_child.engines:SCRIPTED.load"


async def test_an_engine_of_another_package_hears_in_the_child_and_its_name_travels(
    installed, job, recording
):
    child = AsrChild(configured_child(Settings(engine="mine", engine_options="你好")))
    try:
        heard = await child.hear(*job(recording))
    finally:
        await child.close()

    assert heard.transcript.turn_text == ("你好", "你好")
    assert (heard.transcript.hearing.engine, heard.transcript.hearing.engine_version) == ("mine", "7")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nobody", "registered: .*whisper"),
        ("wrong", "no EngineEntry"),
        ("gone", "cannot be loaded"),
    ],
)
def test_an_engine_that_cannot_be_had_is_one_line_that_says_why(installed, name, problem):
    with pytest.raises(EngineUnusable, match=problem):
        configured_child(Settings(engine=name))
