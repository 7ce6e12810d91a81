"""Factories of what hears, called by name inside the recognition child."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from processors.transcription import Hearer
from processors.transcription.activity import VoiceActivity
from processors.transcription.whisper import WhisperEngine, WhisperModelFiles, WhisperOptions


def whisper(*, name: str, folder: str, sha256: str, **options: Any) -> Hearer:
    """faster-whisper with the model in ``folder``; ``options`` are those of ``WhisperOptions``."""
    files = WhisperModelFiles(name=name, folder=Path(folder), sha256=sha256)
    return Hearer(engine=WhisperEngine(files, WhisperOptions(**options)), detector=VoiceActivity())
