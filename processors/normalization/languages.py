"""Which language an interaction is in, and whether its words can be judged."""

from __future__ import annotations

import re
from collections.abc import Iterable

from processors.language.script import is_han
from schemas.records.completed import InteractionCompleted

_JUDGED = frozenset({"zh", "cmn", "en"})
_DEFAULT = "zh-CN"
_OTHER_DEFAULT = "en"
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def language_of(completed: InteractionCompleted, texts: Iterable[str]) -> str:
    """BCP 47 tag: of the transcript, else of the event, else by the script that most words are in."""
    if completed.transcript is not None and completed.transcript.language:
        return completed.transcript.language
    if completed.language:
        return completed.language
    han = latin = 0
    for text in texts:
        han += sum(map(is_han, text))
        latin += len(_LATIN_WORD.findall(text))
    return _OTHER_DEFAULT if latin > han else _DEFAULT


def is_judged(language: str) -> bool:
    """Whether there are words and rules for ``language``."""
    return language.lower().replace("_", "-").split("-", maxsplit=1)[0] in _JUDGED
