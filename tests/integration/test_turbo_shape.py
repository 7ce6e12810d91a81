import numpy as np
import pytest

from processors.transcription.engine import ChannelSpeech, Span
from processors.transcription.whisper import WhisperEngine, WhisperOptions
from streams.bench.turbo_shape import Shape, write_model
from streams.models import ModelUnavailable, fetch

SMALL = Shape(width=256, heads=4, encoder_layers=2, decoder_layers=4)


@pytest.mark.model
@pytest.mark.integration
def test_a_drawn_model_says_sixty_tokens_in_every_window_at_the_first_attempt(tmp_path):
    try:
        base = fetch("base", tmp_path / "models")
    except ModelUnavailable as absent:
        pytest.skip(str(absent))
    folder = tmp_path / "drawn"
    folder.mkdir()
    noise = np.random.default_rng(1).normal(0, 0.05, 30 * 16_000).astype(np.float32)

    engine = WhisperEngine(write_model(base.folder, folder, SMALL, seed=3), WhisperOptions(cpu_threads=1))
    heard = engine.hear([ChannelSpeech(samples=noise, speech=(Span(0, 30_000),))], "zh", "")

    (channel,) = heard.channels
    said = "".join(word.text for word in channel.words)
    assert channel.notes == ()
    assert len(said) > 120
    assert said[: len(said) // 2] == said[len(said) // 2 :]
