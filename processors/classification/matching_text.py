"""The form of a turn's text that phrases and patterns are matched on, and where each character came from."""

from __future__ import annotations

import re
from collections.abc import Sequence

# A run of spaces beside a character that is not ASCII; in speech also a comma between two Han characters.
# Every branch begins behind its first character, so that the search can jump from one to the next.
_IDLE_SPACE = re.compile(r" (?:(?<=[^\x00-\x7f] ) *| *(?=[^\x00-\x7f]))")
_IDLE_IN_SPEECH = re.compile(
    r"[ ,、](?:(?<=[^\x00-\x7f] ) *|(?<= ) *(?=[^\x00-\x7f])|(?<=[\u3400-\u9fff][,、]) *(?=[\u3400-\u9fff]))"
)


class Squeezed:
    """A text without what no phrase depends on. Where its characters came from is looked up when asked."""

    __slots__ = ("_idle", "_source", "text")

    def __init__(self, source: str, text: str, idle: re.Pattern[str]) -> None:
        self.text = text
        self._source = source
        self._idle = idle

    def span(self, start: int, end: int) -> tuple[int, int]:
        """``[start, end)`` in the text before squeezing."""
        if len(self.text) == len(self._source):
            return start, end
        first = self._origin(start)
        return first, self._origin(end - 1) + 1 if end > start else first

    def _origin(self, index: int) -> int:
        """Where the character at ``index`` stood."""
        for gap in self._idle.finditer(self._source):
            if gap.start() > index:
                break
            index += gap.end() - gap.start()
        return index


def squeeze(normalised: str, spoken: bool = True) -> Squeezed:
    """Drop spaces beside a Han character and, in speech, commas between two: the recogniser's guesses.

    What somebody typed keeps its commas. A typographic apostrophe becomes the plain one.
    """
    plain = normalised.replace("\u2019", "'")
    idle = _IDLE_IN_SPEECH if spoken else _IDLE_SPACE
    return Squeezed(plain, idle.sub("", plain), idle)


def squeeze_turns(texts: Sequence[str], spoken: bool) -> list[Squeezed]:
    """``squeeze`` of every turn in one pass. ``spoken``: all of them are speech, or none is."""
    joined = "\n".join(texts)
    if joined.count("\n") >= len(texts):
        # A message of several lines cannot be told from two turns.
        return [squeeze(text, spoken) for text in texts]
    plain = joined.replace("\u2019", "'")
    idle = _IDLE_IN_SPEECH if spoken else _IDLE_SPACE
    squeezed = idle.sub("", plain)
    return [
        Squeezed(source, text, idle)
        for source, text in zip(plain.split("\n"), squeezed.split("\n"), strict=True)
    ]
