"""One automaton over the joined text of an interaction for every phrase of every rule."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from processors.language.script import normalise

_LATIN = re.compile(r"[a-z0-9]")
_IDLE_SPACE = re.compile(r"(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f])")
_IDLE_IN_SPEECH = re.compile(_IDLE_SPACE.pattern + r"|(?<=[\u3400-\u9fff])[,、] *(?=[\u3400-\u9fff])")


class Occurrence(NamedTuple):
    """A phrase at ``[start, end)`` of a turn's matching text; ``reading`` where it only sounds so."""

    turn: int
    start: int
    end: int
    reading: str | None = None


class Squeezed(NamedTuple):
    """A text without what no phrase depends on, and where each character came from."""

    text: str
    offsets: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """``[start, end)`` in the text before squeezing."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1 if end > start else self.offsets[start]


def squeeze(normalised: str, spoken: bool = True) -> Squeezed:
    """Drop spaces beside a Han character and, in speech, commas between two: the recogniser's guesses.

    What somebody typed keeps its commas. A typographic apostrophe becomes the plain one.
    """
    normalised = normalised.replace("\u2019", "'")
    idle = _IDLE_IN_SPEECH if spoken else _IDLE_SPACE
    gaps = list(idle.finditer(normalised))
    if not gaps:
        return Squeezed(normalised, None)
    kept: list[int] = []
    last = 0
    for gap in gaps:
        kept.extend(range(last, gap.start()))
        last = gap.end()
    kept.extend(range(last, len(normalised)))
    return Squeezed("".join(normalised[i] for i in kept), (*kept, len(normalised)))


class Vocabulary:
    """Phrases and literals gathered while a rule set is read. Equal ones share one id."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, bool], int] = {}

    def add(self, phrase: str) -> int:
        """Id of ``phrase``, which is matched in the form that turns are matched in."""
        text = squeeze(normalise(phrase).text.strip()).text
        return self._ids.setdefault((text, False), len(self._ids))

    def add_literal(self, text: str) -> int:
        """Id of a text that is found as it stands, also where it cuts a Latin word."""
        return self._ids.setdefault((text, True), len(self._ids))

    def phrases(self) -> tuple[str, ...]:
        """All texts, at their ids."""
        return tuple(text for text, _ in self._ids)

    def literals(self) -> frozenset[int]:
        """Ids of the literals among them."""
        return frozenset(number for (_, literal), number in self._ids.items() if literal)


class PhraseIndex:
    """The compiled automaton of a vocabulary."""

    def __init__(self, phrases: Sequence[str], literals: Collection[int] = ()) -> None:
        self.phrases = tuple(phrases)
        self._literals = frozenset(literals)
        self._automaton = (
            AhoCorasick(list(phrases), implementation=Implementation.ContiguousNFA) if phrases else None
        )

    def find(self, texts: Sequence[str]) -> Mapping[int, list[Occurrence]]:
        """Occurrences of every phrase in the turns' matching texts, overlapping ones included.

        A phrase that begins or ends with a Latin letter or digit must stand there as a whole word, a
        literal need not.
        """
        found: dict[int, list[Occurrence]] = {}
        if self._automaton is None:
            return found
        starts = [0]
        for text in texts:
            starts.append(starts[-1] + len(text) + 1)
        joined = "\n".join(texts)
        for phrase, start, end in self._automaton.find_matches_as_indexes(joined, overlapping=True):
            if phrase in self._literals or not _cuts_word(joined, start, end):
                turn = bisect_right(starts, start) - 1
                occurrence = Occurrence(turn, start - starts[turn], end - starts[turn])
                found.setdefault(phrase, []).append(occurrence)
        return found


def _cuts_word(text: str, start: int, end: int) -> bool:
    before = text[start - 1 : start + 1] if start else ""
    after = text[end - 1 : end + 1]
    return any(len(pair) == 2 and all(map(_LATIN.match, pair)) for pair in (before, after))
