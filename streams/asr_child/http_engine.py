"""A recogniser behind HTTP: the transcription call that OpenAI defined and many vendors and servers answer.

Each piece of speech is posted as a WAV file (``file``, ``model``, ``language``, ``prompt``,
``response_format=verbose_json``, words with times); the answer's words become ours. It runs in the
recognition child like any engine. Which failures come to what:

* no connection, 401, 403, 404, 408, 425, 429, 502, 503, 504: nobody's audio is to blame, the call waits;
* 400, 413, 415, 422: this audio is refused for ever, a dead letter at once;
* everything else (500, no answer in time, an answer that makes no sense): a few attempts, then a dead letter.

Unredacted voices leave the machine for whoever answers: whether that may be is for its owner to decide.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import math
import wave
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
import numpy as np
from msgspec import Struct

from processors.transcription.engine import (
    SAMPLE_RATE_HZ,
    AudioRefused,
    ChannelSpeech,
    EngineInfo,
    EngineUnavailable,
    Heard,
    HeardChannel,
    HeardWord,
    Samples,
    Span,
)
from schemas.records.terms import DeadLetterReason

_WAIT = frozenset({401, 403, 404, 408, 425, 429, 502, 503, 504})
_TOO_LARGE = 413
_REFUSED = frozenset({400, 415, 422})
_OK = 200
_LONGEST_ANSWER = 16 << 20
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
# The answer names languages in English words.
_LANGUAGES = {"chinese": "zh", "mandarin": "zh", "cantonese": "yue", "english": "en"}


class HttpOptions(Struct, frozen=True, kw_only=True):
    """``CALLQA_ENGINE_OPTIONS`` of this engine, as JSON. ``url`` is the whole address of the call.

    ``revision`` is part of what identifies a hearing: raise it when the service changes its model under the
    same name. A service that takes no prompt gets none with ``hot_words`` false.
    """

    url: str
    model: str
    key: str = ""
    revision: str = "1"
    languages: tuple[str, ...] = ("zh", "en")
    timeout_seconds: float = 120.0
    piece_seconds: float = 300.0
    hot_words: bool = True


def checked_options(text: str, key: str) -> dict[str, Any]:
    """The options as plain data for the child. Raises ``ValueError``, whose text never holds the key."""
    try:
        options = msgspec.json.decode(text or "{}", type=HttpOptions)
    except msgspec.DecodeError as error:
        raise ValueError(f"CALLQA_ENGINE_OPTIONS: {error}") from None
    address = urlsplit(options.url)
    local = address.scheme == "http" and address.hostname in _LOOPBACK
    if address.scheme != "https" and not local:
        raise ValueError("CALLQA_ENGINE_OPTIONS: url must be https (http on this machine alone)")
    if address.username or address.password:
        raise ValueError("CALLQA_ENGINE_OPTIONS: the key belongs into CALLQA_ENGINE_KEY, not into the url")
    if min(options.timeout_seconds, options.piece_seconds) <= 0:
        raise ValueError("CALLQA_ENGINE_OPTIONS: timeout_seconds and piece_seconds must be above 0")
    plain: dict[str, Any] = msgspec.to_builtins(options)
    return {**plain, "key": key}


class _Word(Struct):
    word: str
    start: float
    end: float
    probability: float | None = None


class _Segment(Struct):
    start: float
    end: float
    avg_logprob: float | None = None


class _Answer(Struct):
    words: list[_Word]
    language: str = ""
    segments: list[_Segment] = []


class HttpEngine:
    """One service with one model."""

    def __init__(self, options: HttpOptions) -> None:
        self._options = options
        known = (options.piece_seconds, options.hot_words)
        self._info = EngineInfo(
            name="http",
            version=options.revision,
            model=options.model,
            # The weights are out of sight: the service and its model's name stand for them.
            model_sha256=hashlib.sha256(f"{options.url}\n{options.model}".encode()).hexdigest(),
            options=f"piece_seconds={known[0]:g} hot_words={known[1]}",
            languages=tuple(options.languages),
        )

    @property
    def info(self) -> EngineInfo:
        """Who is hearing."""
        return self._info

    def hear(self, channels: Sequence[ChannelSpeech], language: str | None, hot_words: str) -> Heard:
        """See ``Engine.hear``. Raises ``EngineUnavailable`` and ``AudioRefused``."""
        return asyncio.run(self._hear(channels, language, hot_words))

    async def _hear(self, channels: Sequence[ChannelSpeech], language: str | None, hot_words: str) -> Heard:
        timeout = aiohttp.ClientTimeout(total=self._options.timeout_seconds)
        headers = {"Authorization": f"Bearer {self._options.key}"} if self._options.key else {}
        heard: list[HeardChannel] = []
        async with aiohttp.ClientSession(timeout=timeout, headers=headers, trust_env=False) as session:
            for channel in channels:
                words: list[HeardWord] = []
                for piece in _pieces(channel.speech, round(self._options.piece_seconds * 1000)):
                    answer = await self._ask(session, _wav(channel.samples, piece), language, hot_words)
                    language = language or _LANGUAGES.get(answer.language.lower(), answer.language.lower())
                    words += _words(answer, piece)
                heard.append(HeardChannel(words=tuple(words)))
        return Heard(language=language or "und", channels=tuple(heard))

    async def _ask(
        self, session: aiohttp.ClientSession, audio: bytes, language: str | None, hot_words: str
    ) -> _Answer:
        form = aiohttp.FormData()
        form.add_field("file", audio, filename="speech.wav", content_type="audio/wav")
        form.add_field("model", self._options.model)
        form.add_field("response_format", "verbose_json")
        form.add_field("timestamp_granularities[]", "word")
        form.add_field("timestamp_granularities[]", "segment")
        form.add_field("temperature", "0")
        if language:
            form.add_field("language", language)
        if hot_words and self._options.hot_words:
            form.add_field("prompt", hot_words)
        try:
            async with session.post(self._options.url, data=form, allow_redirects=False) as response:
                _check(response.status)
                return msgspec.json.decode(await _body(response), type=_Answer)
        # A connection that breaks once it stands is another matter: the audio may be what breaks the service.
        except aiohttp.ClientConnectorError as error:
            raise EngineUnavailable(f"engine http: not reached ({type(error).__name__})") from None


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > _LONGEST_ANSWER:
            raise RuntimeError("the service's answer does not end")
    return bytes(body)


def _check(status: int) -> None:
    if status in _WAIT:
        raise EngineUnavailable(f"engine http: answers {status}")
    if status == _TOO_LARGE:
        raise AudioRefused(DeadLetterReason.RECORDING_TOO_LARGE, "refused by the engine (413)")
    if status in _REFUSED:
        raise AudioRefused(DeadLetterReason.RECORDING_CORRUPT, f"refused by the engine ({status})")
    if status != _OK:
        raise RuntimeError("the service failed")


def _pieces(speech: Sequence[Span], longest_ms: int) -> Iterator[Span]:
    """Stretches of at most ``longest_ms`` that begin and end with speech; longer speech is cut."""
    begin = end = -1
    for span in speech:
        if begin >= 0 and span.end_ms - begin > longest_ms:
            yield Span(begin, end)
            begin = -1
        if begin < 0:
            begin = span.start_ms
        while span.end_ms - begin > longest_ms:
            yield Span(begin, begin + longest_ms)
            begin += longest_ms
        end = span.end_ms
    if begin >= 0:
        yield Span(begin, end)


def _wav(samples: Samples, piece: Span) -> bytes:
    per_ms = SAMPLE_RATE_HZ // 1000
    cut = np.clip(samples[piece.start_ms * per_ms : piece.end_ms * per_ms], -1.0, 1.0)
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE_HZ)
        out.writeframes((cut * 32767).astype("<i2").tobytes())
    return target.getvalue()


def _words(answer: _Answer, piece: Span) -> Iterator[HeardWord]:
    """The answer's words on the recording's time line, in order and inside their piece."""
    for word in sorted(answer.words, key=lambda one: one.start):
        start = _clamped(piece.start_ms + round(word.start * 1000), piece)
        end = _clamped(piece.start_ms + round(word.end * 1000), piece)
        yield HeardWord(
            text=word.word,
            start_ms=start,
            end_ms=max(start, end),
            probability=_probability(word, answer.segments),
        )


def _clamped(at_ms: int, piece: Span) -> int:
    return min(max(at_ms, piece.start_ms), piece.end_ms)


def _probability(word: _Word, segments: Sequence[_Segment]) -> float:
    """The word's own, else its segment's, else 1: a service that is never in doubt."""
    if word.probability is not None:
        return min(max(word.probability, 0.0), 1.0)
    for segment in segments:
        if segment.avg_logprob is not None and segment.start <= word.start <= segment.end:
            return min(math.exp(segment.avg_logprob), 1.0)
    return 1.0
