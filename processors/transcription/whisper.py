"""faster-whisper as callqa uses it: windows of all channels in one batch, deterministic, with word times.

Encoder input is cut to the longest window of the batch plus two seconds instead of Whisper's fixed 30 s:
half the work on short calls at the same error rate. With less room Whisper says short sentences twice.

With windows of several calls in one batch (``WhisperOptions.over_calls``) the cut depends on the window
alone, in steps of 2 s, and only windows of one cut share a batch: whoever else is heard at the time changes
nothing but the shape of the batch. A batch of another shape adds in another order, so that probabilities
differ in their last digits; where two words are as probable as each other, the choice can differ too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from processors.transcription.decoding import AGAIN, FIRST, Attempt, Decoding, best, failure, no_speech
from processors.transcription.engine import CallSpeech, ChannelSpeech, EngineInfo, Heard
from processors.transcription.window_results import (
    WindowResult,
    found_alone,
    of_channel,
    spoken_languages,
    window_words,
)
from processors.transcription.windows import PAD_MS, WINDOW_MS, Window, lost_pieces, pack

# Rises with every change of activity, packing, attempts or their choice that can change a word.
_METHOD = 2
_FRAMES_PER_SECOND = 100
_MAX_FRAMES = 3_000
_TAIL_FRAMES = 200
_MAX_TOKENS = 448
_STEP_FRAMES = 200


class WhisperOptions(Struct, frozen=True, kw_only=True):
    """How to run the model. ``cpu_threads`` 0 leaves the number to CTranslate2.

    ``over_calls`` lets windows of several calls share a batch, which pays on a GPU.
    """

    device: str = "cpu"
    compute_type: str = "int8"
    cpu_threads: int = 0
    batch_size: int = 16
    over_calls: bool = False


class WhisperModelFiles(Struct, frozen=True, kw_only=True):
    """A converted Whisper model on disk: ``sha256`` is that of its ``model.bin``."""

    name: str
    folder: Path
    sha256: str


class _Asked(Struct):
    """A window and what it is to be heard with."""

    window: Window
    features: Any
    tokenizer: Any
    hot_words: str


class WhisperEngine:
    """Whisper on CTranslate2. Loading reads the model once; an engine serves one caller at a time."""

    def __init__(self, files: WhisperModelFiles, options: WhisperOptions = WhisperOptions()) -> None:
        from faster_whisper import WhisperModel

        self._options = options
        self._model: Any = WhisperModel(
            str(files.folder),
            device=options.device,
            compute_type=options.compute_type,
            cpu_threads=options.cpu_threads,
        )
        self._info = EngineInfo(
            name="faster-whisper",
            version=version("faster-whisper"),
            model=files.name,
            model_sha256=files.sha256,
            options=(
                f"compute={options.compute_type} device={options.device} beam={FIRST.beam_size}"
                f" window_ms={WINDOW_MS} pad_ms={PAD_MS} batch={options.batch_size} method={_METHOD}"
                f"{f' encoder_step={_STEP_FRAMES}' if options.over_calls else ''}"
                f" ctranslate2={version('ctranslate2')}"
            ),
            languages=tuple(self._model.supported_languages),
        )

    @property
    def info(self) -> EngineInfo:
        """Who is hearing."""
        return self._info

    def hear(self, channels: Sequence[ChannelSpeech], language: str | None, hot_words: str) -> Heard:
        """Recognise the speech of all channels of one recording; without ``language`` detect it."""
        speech = CallSpeech(channels=tuple(channels), language=language, hot_words=hot_words)
        return self.hear_together([speech])[0]

    def hear_together(self, calls: Sequence[CallSpeech]) -> list[Heard]:
        """As ``hear`` for each call; with ``over_calls`` windows of like length share batches."""
        asked = [self._asked(call) for call in calls]
        results = self._hear_calls(asked)
        lost = [
            [
                replace(one, window=piece, features=self._features(piece, call.channels))
                for one, result in zip(own, found, strict=True)
                for piece in lost_pieces(one.window, result.words)
            ]
            for call, own, found in zip(calls, asked, results, strict=True)
        ]
        alone = [
            [found_alone(one.window, result) for one, result in zip(own, found, strict=True)]
            for own, found in zip(lost, self._hear_calls(lost), strict=True)
        ]
        return [
            _heard(call, [*own, *pieces], [*found, *again])
            for call, own, pieces, found, again in zip(calls, asked, lost, results, alone, strict=True)
        ]

    def _asked(self, call: CallSpeech) -> list[_Asked]:
        windows = [window for n, channel in enumerate(call.channels) for window in pack(n, channel)]
        if not windows:
            return []
        features = [self._features(window, call.channels) for window in windows]
        tokenizer = self._tokenizer(call.language or self._detect(features))
        return [
            _Asked(window, found, tokenizer, call.hot_words)
            for window, found in zip(windows, features, strict=True)
        ]

    def _hear_calls(self, calls: Sequence[list[_Asked]]) -> list[list[WindowResult]]:
        if not self._options.over_calls:
            return [self._hear_all(call) for call in calls]
        results = iter(self._hear_all([one for call in calls for one in call]))
        return [list(islice(results, len(call))) for call in calls]

    def _hear_all(self, asked: Sequence[_Asked]) -> list[WindowResult]:
        """Windows of like length share a batch, since a batch costs as much as its longest window."""
        alike: dict[tuple[str, str, int], list[int]] = defaultdict(list)
        for n in sorted(range(len(asked)), key=lambda n: asked[n].window.length_ms):
            one = asked[n]
            cut = self._cut([one.features]) if self._options.over_calls else 0
            alike[one.tokenizer.language_code, one.hot_words, cut].append(n)
        results: dict[int, WindowResult] = {}
        for group in alike.values():
            for first in range(0, len(group), self._options.batch_size):
                batch = group[first : first + self._options.batch_size]
                heard = self._hear_batch([asked[n] for n in batch])
                results |= zip(batch, heard, strict=True)
        return [results[n] for n in range(len(asked))]

    def _hear_batch(self, batch: Sequence[_Asked]) -> list[WindowResult]:
        """Windows of one language with the same hot words."""
        encoded = self._encode([one.features for one in batch])
        first = self._generate(batch, encoded, FIRST)
        stood = [self._stand_or_again(one, decoding) for one, decoding in zip(batch, first, strict=True)]
        spoken = self._languages(encoded, len(batch))
        frames = [one.window.length_ms * _FRAMES_PER_SECOND // 1000 for one in batch]
        aligned = self._model.find_alignment(
            batch[0].tokenizer, [list(decoding.tokens) for decoding, _ in stood], encoded, frames
        )
        return [
            WindowResult(window_words(one.window, words), note, languages)
            for one, words, (_, note), languages in zip(batch, aligned, stood, spoken, strict=True)
        ]

    def _stand_or_again(self, asked: _Asked, decoding: Decoding) -> tuple[Decoding, str | None]:
        window = asked.window
        why = failure(decoding, window.speech_ms)
        if why is None:
            return decoding, None
        attempts = [decoding]
        encoded = self._encode([asked.features], full_window=True)
        for attempt in AGAIN:
            attempts += self._generate([asked], encoded, attempt)
            if failure(attempts[-1], window.speech_ms) is None:
                break
        chosen = best(attempts, window.speech_ms)
        at = f"{window.pieces[0].start_ms}-{window.pieces[-1].end_ms} ms"
        failed = f"channel {window.channel} {at}: {why}"
        if no_speech(decoding, chosen):
            return replace(chosen, tokens=(), text=""), f"{failed}, no speech, dropped"
        return chosen, f"{failed}, kept the decoding {chosen.attempt.name}"

    def _generate(self, batch: Sequence[_Asked], encoded: Any, attempt: Attempt) -> list[Decoding]:
        from faster_whisper.transcribe import get_suppressed_tokens

        tokenizer = batch[0].tokenizer
        prompt = self._model.get_prompt(
            tokenizer,
            [],
            without_timestamps=True,
            hotwords=batch[0].hot_words if attempt.hot_words else None,
        )
        results = self._model.model.generate(
            encoded,
            [prompt] * len(batch),
            beam_size=attempt.beam_size,
            repetition_penalty=attempt.repetition_penalty,
            no_repeat_ngram_size=attempt.no_repeat_ngram_size,
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
            max_length=_MAX_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
        )
        return [_decoding(tokenizer, attempt, result) for result in results]

    def _features(self, window: Window, channels: Sequence[ChannelSpeech]) -> Any:
        return self._model.feature_extractor(window.samples(channels[window.channel].samples))

    def _encode(self, features: Sequence[Any], full_window: bool = False) -> Any:
        frames = _MAX_FRAMES if full_window else self._cut(features)
        batch = np.zeros((len(features), features[0].shape[0], frames), dtype=np.float32)
        for row, feature in zip(batch, features, strict=True):
            kept = feature[:, :frames]
            row[:, : kept.shape[-1]] = kept
        return self._model.encode(batch)

    def _cut(self, features: Sequence[Any]) -> int:
        """Frames of the encoder's input that hold all of ``features``."""
        longest = max(feature.shape[-1] for feature in features)
        if self._options.over_calls:
            longest = -(-longest // _STEP_FRAMES) * _STEP_FRAMES
        frames = min(_MAX_FRAMES, longest + _TAIL_FRAMES)
        return int(frames + frames % 2)

    def _languages(self, encoded: Any, count: int) -> list[dict[str, float]]:
        """How probable each language is in each window: one step of the decoder on what is encoded."""
        if not self._model.model.is_multilingual:
            return [{} for _ in range(count)]
        found = self._model.model.detect_language(encoded)
        return [{token[2:-2]: probability for token, probability in window} for window in found]

    def _detect(self, features: Sequence[Any]) -> str:
        longest = max(features, key=lambda feature: feature.shape[-1])
        token, _ = self._model.model.detect_language(self._encode([longest]))[0][0]
        return str(token[2:-2])

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        model = self._model
        return Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language
        )


def _decoding(tokenizer: Any, attempt: Attempt, result: Any) -> Decoding:
    tokens = tuple(token for token in result.sequences_ids[0] if token < tokenizer.eot)
    # CTranslate2 gives the mean over the tokens; the end token, which it leaves out, counts as one more.
    length = len(result.sequences_ids[0])
    return Decoding(
        attempt=attempt,
        tokens=tokens,
        text=tokenizer.decode(list(tokens)).strip(),
        logprob=result.scores[0] * length / (length + 1),
        no_speech=result.no_speech_prob,
    )


def _heard(call: CallSpeech, asked: Sequence[_Asked], results: Sequence[WindowResult]) -> Heard:
    windows = [one.window for one in asked]
    detected = asked[0].tokenizer.language_code if asked else "und"
    return Heard(
        language=call.language or detected,
        channels=tuple(of_channel(n, windows, results) for n in range(len(call.channels))),
        spoken=spoken_languages(windows, results),
    )
