"""Which domain words the recogniser is told to expect: the lexicon's, chosen by language and queue."""

from __future__ import annotations

from collections.abc import Mapping

from processors.language.lexicon import Lexicon
from processors.transcription.hearing import HearingOptions

BUDGET_CHARACTERS = 160
"""Whisper's prompt holds 224 tokens; a Chinese character takes one to three."""


def hearing_options(
    lexicons: Mapping[str, Lexicon], language: str | None, queue: str | None
) -> HearingOptions:
    """Hot words for one call; none for a language without a lexicon."""
    lexicon = lexicons.get((language or "zh").split("-", maxsplit=1)[0].lower())
    if lexicon is None:
        return HearingOptions()
    return HearingOptions(hot_words=lexicon.hot_words(queue, BUDGET_CHARACTERS), lexicon_hash=lexicon.hash)
