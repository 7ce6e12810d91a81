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
        last = first + end - start
        # What is dropped is never equal to what follows it, so equal texts have no gap inside.
        if self._source[first:last] == self.text[start:end]:
            return first, last
        return first, self._origin(end - 1) + 1

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
    plain, idle = _plain(normalised), _idle(spoken)
    return Squeezed(plain, idle.sub("", plain), idle)


class SqueezedTurns:
    """Turns squeezed in one pass: ``texts`` of all; one of them by its number, made when it is asked for."""

    __slots__ = ("_idle", "_sources", "texts")

    def __init__(self, sources: Sequence[str], texts: Sequence[str], idle: Sequence[re.Pattern[str]]) -> None:
        self.texts = tuple(texts)
        self._sources = sources
        self._idle = idle

    def __getitem__(self, turn: int) -> Squeezed:
        return Squeezed(self._sources[turn], self.texts[turn], self._idle[turn])


def squeeze_turns(texts: Sequence[str], spoken: Sequence[bool]) -> SqueezedTurns:
    """``squeeze`` of every turn, of which ``spoken`` says whether it is speech."""
    joined = "\n".join(texts)
    alike = len(set(spoken)) == 1
    if not alike or joined.count("\n") >= len(texts):
        # A message of several lines cannot be told from two turns.
        return _each_alone(texts, spoken)
    plain, idle = _plain(joined), _idle(spoken[0])
    sources, squeezed = plain.split("\n"), idle.sub("", plain).split("\n")
    return SqueezedTurns(sources, squeezed, [idle] * len(texts))


def _each_alone(texts: Sequence[str], spoken: Sequence[bool]) -> SqueezedTurns:
    sources = [_plain(text) for text in texts]
    idle = [_idle(each) for each in spoken]
    return SqueezedTurns(
        sources, [each.sub("", source) for each, source in zip(idle, sources, strict=True)], idle
    )


def _plain(text: str) -> str:
    return text.replace("\u2019", "'")


def _idle(spoken: bool) -> re.Pattern[str]:
    return _IDLE_IN_SPEECH if spoken else _IDLE_SPACE
