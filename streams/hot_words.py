"""Which domain words the recogniser is told to expect: the lexicon's, chosen by language and queue."""

from __future__ import annotations

from collections.abc import Mapping

from processors.language.lexicon import Lexicon
from processors.redaction import RedactionPolicy
from processors.transcription.hearing import HearingOptions

BUDGET_CHARACTERS = 180
"""Whisper's prompt holds 224 tokens; a Chinese character takes one to three."""


def hearing_options(
    lexicons: Mapping[str, Lexicon],
    language: str | None,
    queue: str | None,
    policy: RedactionPolicy = RedactionPolicy(),
) -> HearingOptions:
    """Hot words for one call, none for a language without a lexicon, and what of its words is masked."""
    lexicon = lexicons.get((language or "zh").split("-", maxsplit=1)[0].lower())
    if lexicon is None:
        return HearingOptions(redaction=policy)
    hot_words = lexicon.hot_words(queue, BUDGET_CHARACTERS)
    return HearingOptions(hot_words=hot_words, lexicon_hash=lexicon.hash, redaction=policy)
