import io
import sys
import wave

import numpy as np
import pytest

from processors.transcript import SourceCoordinates, header_of
from processors.transcription import HearingOptions
from schemas.records.completed import InteractionCompleted, Recording
from schemas.records.terms import Channel, Role
from streams.asr_child import ChildOptions, HearJob
from streams.recordings import FetchedRecording

START = 1_760_000_000_000

# What the child loads instead of Whisper. The word it hears tells which process heard it.
SCRIPTED = """
import os, signal, time
from processors.transcription import Hearer
from processors.transcription.engine import EngineInfo, Heard, HeardChannel, HeardWord, Span


class EverythingIsSpeech:
    def intervals(self, samples):
        return (Span(0, samples.size // 16),)


class Scripted:
    info = EngineInfo(
        name="scripted", version="1", model="m", model_sha256="0", options="", languages=("zh",)
    )

    def hear(self, channels, language, hot_words):
        return self.say(channels, language, hot_words, f"p{os.getpid()}")

    def say(self, channels, language, hot_words, text):
        if hot_words == "hang":
            time.sleep(3600)
        if hot_words == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if hot_words == "raise":
            raise RuntimeError("what the customer said")
        if hot_words == "eat":
            eaten = []
            while True:
                eaten.append(bytearray(os.urandom(1 << 20)) * 32)
        word = HeardWord(text=text, start_ms=0, end_ms=100, probability=0.9)
        return Heard(language=language, channels=tuple(HeardChannel(words=(word,)) for _ in channels))


class Together(Scripted):
    # Says how many calls it heard in one pass.

    def hear(self, channels, language, hot_words):
        return self.say(channels, language, hot_words, "n1")

    def hear_together(self, calls):
        return [self.say(c.channels, c.language, c.hot_words, f"n{len(calls)}") for c in calls]


def together():
    time.sleep(0.5)
    return Hearer(engine=Together(), detector=EverythingIsSpeech())


def scripted():
    return Hearer(engine=Scripted(), detector=EverythingIsSpeech())


def refusing():
    raise ValueError("no such model")


def slow():
    time.sleep(3600)
"""


@pytest.fixture
def options(tmp_path, monkeypatch):
    """Options of a child with the scripted engine; call with what differs."""
    (tmp_path / "scripted_engines.py").write_text(SCRIPTED)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def build(factory="scripted", **changes):
        return ChildOptions(engine=f"scripted_engines:{factory}", **changes)

    return build


@pytest.fixture
def recording():
    """One second of two channels of noise, as fetched."""
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(8_000)
        noise = np.random.default_rng(5).integers(-9_000, 9_000, (8_000, 2))
        out.writeframes(noise.astype("<i2").tobytes())
    return target.getvalue()


@pytest.fixture
def job(tmp_path):
    """A job and its file; ``act`` tells the scripted engine what to do."""
    opened = []

    def build(content, act="", container="wav"):
        event = InteractionCompleted(
            interaction_id="i1",
            record_version=1,
            tenant_id="t",
            source_system="pbx",
            channel=Channel.VOICE,
            started_at=START,
            ended_at=START + 60_000,
            language="zh-CN",
            recordings=(Recording(uri="file:///a", channel_roles=(Role.AGENT, Role.CUSTOMER)),),
        )
        header = header_of(event, SourceCoordinates(topic="t", partition=0, offset=1, timestamp_ms=START))
        path = tmp_path / f"recording-{len(opened)}"
        path.write_bytes(content)
        file = path.open("rb")
        opened.append(file)
        fetched = FetchedRecording(file=file, container=container, sha256="ab" * 32, size_bytes=len(content))
        asked = HearJob(
            completed=event,
            header=header,
            containers=(container,),
            checksums=(fetched.sha256,),
            options=HearingOptions(hot_words=act),
        )
        return asked, [fetched]

    yield build
    for file in opened:
        file.close()
