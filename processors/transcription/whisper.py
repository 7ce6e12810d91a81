"""faster-whisper as callqa uses it: windows of all channels in one batch, deterministic, with word times.

Encoder input is cut to the longest window of the batch plus two seconds instead of Whisper's fixed 30 s:
half the work on short calls at the same error rate. With less room Whisper says short sentences twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from processors.transcription.decoding import AGAIN, FIRST, Attempt, Decoding, best, failure, no_speech
from processors.transcription.engine import (
    ChannelSpeech,
    EngineInfo,
    Heard,
    HeardChannel,
    HeardWord,
    SpokenLanguage,
)
from processors.transcription.windows import PAD_MS, WINDOW_MS, Window, lost_pieces, pack

# Rises with every change of activity, packing, attempts or their choice that can change a word.
_METHOD = 2
_FRAMES_PER_SECOND = 100
_MAX_FRAMES = 3_000
_TAIL_FRAMES = 200
_MAX_TOKENS = 448
_TOLD_LANGUAGES = 5


class WhisperOptions(Struct, frozen=True, kw_only=True):
    """How to run the model. ``cpu_threads`` 0 leaves the number to CTranslate2."""

    device: str = "cpu"
    compute_type: str = "int8"
    cpu_threads: int = 0
    batch_size: int = 16


class WhisperModelFiles(Struct, frozen=True, kw_only=True):
    """A converted Whisper model on disk: ``sha256`` is that of its ``model.bin``."""

    name: str
    folder: Path
    sha256: str


class _Listening(Struct):
    """One hearing in progress: the same tokenizer and hot words for every window."""

    tokenizer: Any
    hot_words: str
    windows: list[Window]
    features: list[Any]


class _Result(Struct):
    """What one window gave, a note if it took more than one attempt, and what language it may be in."""

    words: list[HeardWord]
    note: str | None = None
    spoken: Mapping[str, float] = {}


class WhisperEngine:
    """Whisper on CTranslate2. Loading reads the model once; an engine serves one call at a time."""

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
        windows = [window for n, channel in enumerate(channels) for window in pack(n, channel)]
        if not windows:
            return Heard(language=language or "und", channels=tuple(HeardChannel() for _ in channels))
        features = [self._features(window, channels) for window in windows]
        spoken = language or self._detect(features)
        listening = _Listening(self._tokenizer(spoken), hot_words, windows, features)
        results = self._hear_all(listening)
        lost = [
            piece
            for window, result in zip(windows, results, strict=True)
            for piece in lost_pieces(window, result.words)
        ]
        if lost:
            features = [self._features(window, channels) for window in lost]
            alone = _Listening(listening.tokenizer, hot_words, lost, features)
            windows = windows + lost
            results = results + [_found_alone(w, r) for w, r in zip(lost, self._hear_all(alone), strict=True)]
        return Heard(
            language=spoken,
            channels=tuple(_of_channel(n, windows, results) for n in range(len(channels))),
            spoken=_spoken(windows, results),
        )

    def _hear_all(self, listening: _Listening) -> list[_Result]:
        """Windows of like length share a batch, since a batch costs as much as its longest window."""
        by_length = sorted(range(len(listening.windows)), key=lambda n: listening.windows[n].length_ms)
        results: dict[int, _Result] = {}
        for first in range(0, len(by_length), self._options.batch_size):
            results |= self._hear_batch(listening, by_length[first : first + self._options.batch_size])
        return [results[n] for n in range(len(listening.windows))]

    def _hear_batch(self, listening: _Listening, batch: Sequence[int]) -> dict[int, _Result]:
        encoded = self._encode([listening.features[n] for n in batch])
        first = self._generate(listening, encoded, len(batch), FIRST)
        kept: list[Decoding] = []
        notes: list[str | None] = []
        for n, decoding in zip(batch, first, strict=True):
            chosen, note = self._stand_or_again(listening, n, decoding)
            kept.append(chosen)
            notes.append(note)
        spoken = self._languages(encoded, len(batch))
        frames = [listening.windows[n].length_ms * _FRAMES_PER_SECOND // 1000 for n in batch]
        aligned = self._model.find_alignment(
            listening.tokenizer, [list(decoding.tokens) for decoding in kept], encoded, frames
        )
        return {
            n: _Result(_words(listening.windows[n], words), note, languages)
            for n, words, note, languages in zip(batch, aligned, notes, spoken, strict=True)
        }

    def _stand_or_again(
        self, listening: _Listening, n: int, decoding: Decoding
    ) -> tuple[Decoding, str | None]:
        window = listening.windows[n]
        why = failure(decoding, window.speech_ms)
        if why is None:
            return decoding, None
        attempts = [decoding]
        encoded = self._encode([listening.features[n]], full_window=True)
        for attempt in AGAIN:
            attempts += self._generate(listening, encoded, 1, attempt)
            if failure(attempts[-1], window.speech_ms) is None:
                break
        chosen = best(attempts, window.speech_ms)
        at = f"{window.pieces[0].start_ms}-{window.pieces[-1].end_ms} ms"
        failed = f"channel {window.channel} {at}: {why}"
        if no_speech(decoding, chosen):
            return replace(chosen, tokens=(), text=""), f"{failed}, no speech, dropped"
        return chosen, f"{failed}, kept the decoding {chosen.attempt.name}"

    def _generate(self, listening: _Listening, encoded: Any, count: int, attempt: Attempt) -> list[Decoding]:
        from faster_whisper.transcribe import get_suppressed_tokens

        tokenizer = listening.tokenizer
        prompt = self._model.get_prompt(
            tokenizer,
            [],
            without_timestamps=True,
            hotwords=listening.hot_words if attempt.hot_words else None,
        )
        results = self._model.model.generate(
            encoded,
            [prompt] * count,
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
        longest = max(feature.shape[-1] for feature in features)
        frames = _MAX_FRAMES if full_window else min(_MAX_FRAMES, longest + _TAIL_FRAMES)
        frames += frames % 2
        batch = np.zeros((len(features), features[0].shape[0], frames), dtype=np.float32)
        for row, feature in zip(batch, features, strict=True):
            kept = feature[:, :frames]
            row[:, : kept.shape[-1]] = kept
        return self._model.encode(batch)

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


def _found_alone(window: Window, result: _Result) -> _Result:
    piece = window.pieces[0]
    found = "heard alone" if result.words else "no words"
    note = f"channel {window.channel} {piece.start_ms}-{piece.end_ms} ms: lost in its window, {found}"
    return _Result(result.words, note, result.spoken)


def _spoken(windows: Sequence[Window], results: Sequence[_Result]) -> tuple[SpokenLanguage, ...]:
    """The likeliest languages of the call: the mean over its windows, weighted by their speech."""
    total_ms = sum(window.speech_ms for window in windows)
    shares: dict[str, float] = defaultdict(float)
    for window, result in zip(windows, results, strict=True):
        for language, probability in result.spoken.items():
            shares[language] += probability * window.speech_ms / max(total_ms, 1)
    likeliest = sorted(shares, key=lambda language: -shares[language])[:_TOLD_LANGUAGES]
    return tuple(
        SpokenLanguage(language=language, probability=round(shares[language], 3)) for language in likeliest
    )


def _of_channel(number: int, windows: Sequence[Window], results: Sequence[_Result]) -> HeardChannel:
    own = [result for window, result in zip(windows, results, strict=True) if window.channel == number]
    words = [word for result in own for word in result.words]
    return HeardChannel(
        words=tuple(sorted(words, key=lambda word: word.start_ms)),
        notes=tuple(result.note for result in own if result.note),
    )


def _words(window: Window, aligned: Sequence[dict[str, Any]]) -> list[HeardWord]:
    return [_word(window, word) for word in aligned if word["word"].strip()]


def _word(window: Window, word: dict[str, Any]) -> HeardWord:
    span = window.recording_span(float(word["start"]) * 1000, float(word["end"]) * 1000)
    return HeardWord(
        text=word["word"],
        start_ms=span.start_ms,
        end_ms=span.end_ms,
        probability=round(float(word["probability"]), 4),
    )
