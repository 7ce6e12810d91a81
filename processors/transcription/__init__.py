"""Recordings become transcripts: who speaks when, what is heard, and the measures of talking."""

from processors.transcription.channels import Audio, offsets_ms
from processors.transcription.engine import Engine, EngineInfo, SpeechDetector
from processors.transcription.exclusions import excluded_unheard
from processors.transcription.hearing import HearingOptions, hearing_key, language_code
from processors.transcription.listening import CallAudio, Listened
from processors.transcription.transcribing import (
    HeardBy,
    Hearer,
    conclude,
    listen,
    transcribe,
    transcribe_together,
)

__all__ = [
    "Audio",
    "CallAudio",
    "Engine",
    "EngineInfo",
    "HeardBy",
    "Hearer",
    "HearingOptions",
    "Listened",
    "SpeechDetector",
    "conclude",
    "excluded_unheard",
    "hearing_key",
    "language_code",
    "listen",
    "offsets_ms",
    "transcribe",
    "transcribe_together",
]
