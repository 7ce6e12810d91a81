"""What Whisper base makes of sounds in which nobody speaks: nothing, and what is dropped is noted."""

import numpy as np
import pytest

from processors.language.lexicon import load_lexicon
from processors.transcription.activity import VoiceActivity
from processors.transcription.engine import SAMPLE_RATE_HZ, ChannelSpeech, Span
from processors.transcription.phantoms import is_phantom
from processors.transcription.whisper import WhisperEngine
from streams.hot_words import BUDGET_CHARACTERS
from streams.models import ModelUnavailable, fetch

pytestmark = [pytest.mark.model, pytest.mark.integration]

SECONDS = 6
AT = np.arange(SECONDS * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
CHORD = sum(np.sin(2 * np.pi * pitch * AT) for pitch in (261.6, 329.6, 392.0))
SOUNDS = {
    "silence": np.zeros(AT.size),
    "noise": np.random.default_rng(7).normal(0, 0.05, AT.size),
    "tone": 0.2 * np.sin(2 * np.pi * 425 * AT),
    "music": 0.1 * CHORD * (0.6 + 0.4 * np.sin(2 * np.pi * 2 * AT)),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    try:
        return WhisperEngine(fetch("base", tmp_path_factory.mktemp("models")))
    except ModelUnavailable as absent:
        pytest.skip(str(absent))


@pytest.fixture(scope="module")
def hot_words():
    return load_lexicon("zh").hot_words(None, BUDGET_CHARACTERS)


@pytest.mark.parametrize("name", SOUNDS)
def test_nobody_is_heard_where_nobody_speaks(engine, hot_words, name):
    samples = SOUNDS[name].astype(np.float32)
    speech = VoiceActivity().intervals(samples)

    heard = engine.hear([ChannelSpeech(samples=samples, speech=speech)], "zh", hot_words)

    assert [word.text for word in heard.channels[0].words] == []


def test_noise_taken_for_speech_leaves_a_note_or_improbable_words(engine, hot_words):
    samples = SOUNDS["noise"].astype(np.float32)
    forced = (Span(500, 5_500),)

    (channel,) = engine.hear([ChannelSpeech(samples=samples, speech=forced)], "zh", hot_words).channels

    text = "".join(word.text for word in channel.words)
    sure = [word.probability for word in channel.words if any(map(str.isalnum, word.text))]
    assert channel.notes or is_phantom(text) or not sure or sum(sure) / len(sure) < 0.3
