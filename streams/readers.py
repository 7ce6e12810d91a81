"""Who finds what misheard words may have been, by language: the languages whose sounds callqa knows."""

from __future__ import annotations

from processors.language.lexicon import load_lexicon
from processors.language.readings import Reader
from processors.language.segmenter import Segmenter

_LANGUAGES = ("zh",)


def readers() -> dict[str, Reader]:
    """Readers over the lexicons that ship. Takes about a second: each reads a dictionary."""
    lexicons = {language: load_lexicon(language) for language in _LANGUAGES}
    return {language: Reader(lexicon, Segmenter(lexicon)) for language, lexicon in lexicons.items()}
