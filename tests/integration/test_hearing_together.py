"""Windows of two demo calls in one pass of Whisper base: each call is heard as it is heard alone."""

from pathlib import Path

import pytest

from processors.language.lexicon import load_lexicon
from processors.transcription.activity import VoiceActivity
from processors.transcription.engine import CallSpeech, ChannelSpeech
from processors.transcription.whisper import WhisperEngine, WhisperModelFiles, WhisperOptions
from streams.models import ModelUnavailable, fetch
from streams.recordings import decode

pytestmark = [pytest.mark.model, pytest.mark.integration]

AUDIO = Path(__file__).resolve().parents[2] / "infra" / "demo" / "audio"
SECONDS = 45


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    try:
        found = fetch("base", tmp_path_factory.mktemp("models"))
    except ModelUnavailable as absent:
        pytest.skip(str(absent))
    files = WhisperModelFiles(name=found.name, folder=found.folder, sha256=found.sha256)
    return WhisperEngine(files, WhisperOptions(cpu_threads=2, over_calls=True))


def speech(name, queue):
    with (AUDIO / f"{name}.opus").open("rb") as file:
        samples = decode(file, "ogg").samples[:, : SECONDS * 16_000]
    detector = VoiceActivity()
    return CallSpeech(
        channels=tuple(ChannelSpeech(samples=one, speech=detector.intervals(one)) for one in samples),
        language="zh",
        hot_words=load_lexicon("zh").hot_words(queue, 160),
    )


def texts(heard):
    return ["".join(word.text for word in channel.words) for channel in heard.channels]


@pytest.mark.parametrize("queues", [("general", "general"), ("general", "sales")])
def test_calls_heard_together_say_what_each_says_alone(engine, queues):
    names = ("v04-agent-abuse-hangup", "v08-misselling")
    calls = [speech(*call) for call in zip(names, queues, strict=True)]
    silent = CallSpeech(channels=(ChannelSpeech(samples=calls[0].channels[0].samples, speech=()),), **ZH)

    together = engine.hear_together([calls[0], silent, calls[1]])

    alone = [engine.hear(call.channels, call.language, call.hot_words) for call in (calls[0], calls[1])]
    assert [texts(together[0]), texts(together[2])] == [texts(one) for one in alone]
    assert all(all(texts(one)) for one in alone)
    assert texts(together[1]) == [""]
    # Times follow from the same decoding; they too may differ by rounding, never by a frame of the encoder.
    for one, other in zip((together[0], together[2]), alone, strict=True):
        for channel, same in zip(one.channels, other.channels, strict=True):
            for word, twin in zip(channel.words, same.words, strict=True):
                assert abs(word.start_ms - twin.start_ms) <= 20


ZH = {"language": "zh", "hot_words": ""}
