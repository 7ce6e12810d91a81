"""A Whisper of the shape of large-v3-turbo with weights drawn by lot: what its size costs, not what it hears.

The encoder's work does not depend on its weights. What a decoder says does, and with it how long it takes
and whether an attempt is repeated; so this one says the same words in every window, surely and once: each
position has a vector of its own, and the output layer knows that vector as one token.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from processors.transcription import Audio
from processors.transcription.engine import SAMPLE_RATE_HZ, ChannelSpeech, Samples, Span, SpeechDetector
from processors.transcription.whisper import WhisperEngine, WhisperModelFiles, WhisperOptions

_MELS = 128
_FRAMES = 1_500
_POSITIONS = 448
_TOKENS_SAID = 60
_NOISE = 0.02
_SURE = 20.0
_END = 50_257
_SAID_FROM = 1_000
# Before what is said: start, language, task and either "no timestamps" or the first timestamp.
_PROMPT_TOKENS = 4
_LONGEST_SECONDS = 60
_TAKEN_OVER = ("config.json", "tokenizer.json", "vocabulary.txt")


class Shape(Struct, frozen=True):
    """Sizes of a Whisper; as they stand, those of large-v3-turbo."""

    width: int = 1_280
    heads: int = 20
    encoder_layers: int = 32
    decoder_layers: int = 4


def speed_of_turbo_shape(
    base: Path, audio: Sequence[Audio], detector: SpeechDetector, threads: int, seed: int
) -> Iterator[tuple[str, str]]:
    """The speech of one call, put together for each channel, through callqa's engine and faster-whisper.

    Both say 60 tokens a window, without what was said before (the model knows what comes by its place);
    faster-whisper has fewer windows, since its own are 30 s. At most 60 s of a
    channel are heard. Takes about 2 GB of memory and 1 GB of disk for as long as it runs.
    """
    from faster_whisper import WhisperModel

    speech = [_speech_alone(row, detector) for one in audio for row in one.samples]
    seconds = sum(row.size for row in speech) / SAMPLE_RATE_HZ
    channels = [
        ChannelSpeech(samples=row, speech=(Span(0, row.size * 1000 // SAMPLE_RATE_HZ),)) for row in speech
    ]
    with TemporaryDirectory() as folder:
        files = write_model(base, Path(folder), Shape(), seed)
        engine = WhisperEngine(files, WhisperOptions(cpu_threads=threads))
        before = time.perf_counter()
        engine.hear(channels, "zh", "")
        ours = time.perf_counter() - before
        del engine
        plain = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=threads)
        before = time.perf_counter()
        for row in speech:
            segments, _ = plain.transcribe(
                row, language="zh", beam_size=5, word_timestamps=True, condition_on_previous_text=False
            )
            list(segments)
        theirs = time.perf_counter() - before
    yield "turbo shape: speech of one call", f"{seconds:.0f} s"
    yield "turbo shape: wall s a second, callqa", f"{ours / seconds:.2f}"
    yield "turbo shape: wall s a second, faster-whisper", f"{theirs / seconds:.2f}"
    yield "turbo shape: callqa is faster by", f"{theirs / ours:.2f}x"


def _speech_alone(samples: Samples, detector: SpeechDetector) -> Samples:
    per_ms = SAMPLE_RATE_HZ // 1000
    pieces = [samples[span.start_ms * per_ms : span.end_ms * per_ms] for span in detector.intervals(samples)]
    return np.concatenate([samples[:0], *pieces])[: _LONGEST_SECONDS * SAMPLE_RATE_HZ]


def write_model(base: Path, target: Path, shape: Shape, seed: int) -> WhisperModelFiles:
    """A model in ``target``, int8, with the tokenizer of ``base``: one token fewer than turbo has."""
    import ctranslate2

    dice = np.random.default_rng(seed)
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    words = len((base / "vocabulary.txt").read_text(encoding="utf-8").split("\n")) - 1
    spec = ctranslate2.specs.WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    ctranslate2.specs.model_spec.visit_spec(spec, partial(_draw, shape.width, dice))
    positions, output = _sentence(words, shape.width, dice)
    spec.encoder.position_encodings.encodings = _drawn(dice, _FRAMES, shape.width)
    spec.decoder.embeddings.weight = _drawn(dice, words, shape.width)
    spec.decoder.position_encodings.encodings = positions
    spec.decoder.projection.weight = output
    ctranslate2.specs.model_spec.LayerSpec.validate(spec)
    # Not optimize(), which looks for equal weights pair by pair, nor save(), which wants the tokens anew.
    spec._quantize("int8")
    spec._serialize(str(target / "model.bin"))
    for name in _TAKEN_OVER:
        shutil.copy(base / name, target / name)
    heads = [[layer, head] for layer in range(2, shape.decoder_layers) for head in range(3)]
    (target / "config.json").write_text(json.dumps({**config, "alignment_heads": heads}), encoding="utf-8")
    (target / "preprocessor_config.json").write_text(json.dumps({"feature_size": _MELS}), encoding="utf-8")
    return WhisperModelFiles(name="turbo-shape", folder=target, sha256="")


def _sentence(
    words: int, width: int, dice: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Position vectors and the output layer that reads one token from each, the end from the last ones."""
    positions = dice.standard_normal((_POSITIONS, width), dtype=np.float32)
    output = _drawn(dice, words, width)
    # The token that position n gives comes after it.
    first, last = _PROMPT_TOKENS - 1, _PROMPT_TOKENS - 1 + _TOKENS_SAID
    positions[last:] = positions[last]
    scale = _SURE / width**0.5
    output[_SAID_FROM : _SAID_FROM + _TOKENS_SAID] = positions[first:last] * scale
    output[_END] = positions[last] * scale
    return positions, output


def _draw(width: int, dice: np.random.Generator, part: Any, name: str, value: Any) -> None:
    if value is not None:
        return
    leaf = name.rsplit("/", 1)[-1]
    shape = _shape(name, width)
    if leaf == "gamma":
        setattr(part, leaf, np.ones(shape, dtype=np.float32))
    elif leaf in ("beta", "bias"):
        setattr(part, leaf, np.zeros(shape, dtype=np.float32))
    else:
        setattr(part, leaf, _drawn(dice, *shape) if "encoder" in name else _drawn(dice, *shape) / width)


def _shape(name: str, width: int) -> tuple[int, ...]:
    scope, leaf = name.rsplit("/", 1)
    outputs, inputs = _sizes(scope, width)
    if leaf in ("gamma", "beta"):
        return (width,)
    if leaf == "bias":
        return (outputs,)
    return (outputs, inputs, 3) if "/conv" in scope else (outputs, inputs)


def _sizes(scope: str, width: int) -> tuple[int, int]:
    """Outputs and inputs of a layer."""
    if scope.endswith("/conv1"):
        return width, _MELS
    if scope.endswith("/ffn/linear_0"):
        return 4 * width, width
    if scope.endswith("/ffn/linear_1"):
        return width, 4 * width
    if scope.endswith("/self_attention/linear_0"):
        return 3 * width, width
    return (2 if scope.endswith("/attention/linear_1") else 1) * width, width


def _drawn(dice: np.random.Generator, *shape: int) -> NDArray[np.float32]:
    return dice.standard_normal(shape, dtype=np.float32) * np.float32(_NOISE)
