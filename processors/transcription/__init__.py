"""Recordings become transcripts: who speaks when, what is heard, and the measures of talking."""

from processors.transcription.channels import Audio, offsets_ms
from processors.transcription.engine import Engine, EngineInfo, SpeechDetector
from processors.transcription.hearing import HearingOptions, hearing_key, language_code
from processors.transcription.transcribing import Hearer, excluded_unheard, transcribe

__all__ = [
    "Audio",
    "Engine",
    "EngineInfo",
    "Hearer",
    "HearingOptions",
    "SpeechDetector",
    "excluded_unheard",
    "hearing_key",
    "language_code",
    "offsets_ms",
    "transcribe",
]
