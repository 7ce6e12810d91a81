"""A declared stand-in for speech recognition: hears the same words in every recording, and fails on demand.

For load tests whose subject is everything around recognition. What it transcribes is marked as heard by
``scripted``. A recording whose first channel is held at full scale makes it crash as a segmentation fault
does, one held at the negative end makes it hang.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence

from processors.transcription import EngineInfo, Hearer
from processors.transcription.engine import ChannelSpeech, Heard, HeardChannel, HeardWord, Samples, Span

_SAID = (
    "您好请问有什么可以帮您",
    "我想查一下这个月的账单",
    "好的请您稍等",
    "感谢您的咨询祝您生活愉快再见",
)
_CHARACTER_MS = 150
_PROBABILITY = 0.9
_FULL_SCALE = 0.9


class EverythingIsSpeech:
    """Takes each channel for speech from end to end."""

    def intervals(self, samples: Samples) -> tuple[Span, ...]:
        """One stretch; none where there are no samples."""
        return (Span(0, samples.size // 16),) if samples.size else ()


class ScriptedEngine:
    """Sentences alternate between the channels of a recording, one after the other."""

    info = EngineInfo(
        name="scripted", version="1", model="none", model_sha256="0" * 64, options="", languages=("zh", "en")
    )

    def hear(self, channels: Sequence[ChannelSpeech], language: str | None, hot_words: str) -> Heard:
        """See ``Engine.hear``."""
        level = float(channels[0].samples.mean()) if channels and channels[0].samples.size else 0.0
        if level > _FULL_SCALE:
            os.kill(os.getpid(), signal.SIGSEGV)
        if level < -_FULL_SCALE:
            time.sleep(24 * 3600)
        words: list[list[HeardWord]] = [[] for _ in channels]
        at = 0
        for number, sentence in enumerate(_SAID):
            for character in sentence:
                word = HeardWord(
                    text=character, start_ms=at, end_ms=at + _CHARACTER_MS, probability=_PROBABILITY
                )
                words[number % len(words)].append(word)
                at += _CHARACTER_MS
            at += 700
        heard = tuple(
            HeardChannel(words=tuple(each) if channel.speech else ())
            for channel, each in zip(channels, words, strict=True)
        )
        return Heard(language=language or "zh", channels=heard)


def scripted() -> Hearer:
    """Factory for the recognition child."""
    return Hearer(engine=ScriptedEngine(), detector=EverythingIsSpeech())
