"""The trained model of contact reasons that this machine is told to ask beside the rules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from processors.classification.learned import LearnedReasons, ReasonModelError, read_reason_model
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter

MODEL_FILE = "reasons.npz"
REPORT_FILE = "report.json"


def learned_reasons(path: Path | None) -> Mapping[str, LearnedReasons]:
    """The model in a file, or in the folder that training wrote, by its language; nothing without a path.

    Raises ``ReasonModelError`` with the file's name, ``OSError``.
    """
    if path is None:
        return {}
    file = path / MODEL_FILE if path.is_dir() else path
    try:
        model = read_reason_model(file.read_bytes())
    except ReasonModelError as error:
        raise ReasonModelError(f"{file}: {error}") from error
    language = model.info.language
    return {language: LearnedReasons(model, Segmenter(load_lexicon(language)))}
