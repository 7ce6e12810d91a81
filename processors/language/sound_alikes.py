"""Places that sound like a phrase but are written otherwise: evidence of the weaker kind.

A place must have as many Chinese characters as the phrase has syllables, with nothing between them.
Phrases of two syllables may differ in one fuzzy class, phrases of three in any, and from four on one
syllable may be merely near. One syllable alone proves nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from processors.language.pinyin import fuzzy, near, readings, syllables
from processors.language.script import is_han

_SHORTEST = 2
_ONE_MAY_BE_NEAR_FROM = 4

Pair = tuple[str, str]


class SoundAlike(NamedTuple):
    """``text[start:end]`` sounds like ``phrase``."""

    start: int
    end: int
    phrase: str


def sounds_like(heard: str, phrase: str) -> bool:
    """Whether ``heard`` could be ``phrase`` misheard. Equal writing counts as well."""
    expected = syllables(phrase)
    if len(expected) != len(phrase) or len(heard) != len(phrase) or not all(map(is_han, heard)):
        return False
    return heard == phrase or _alike(heard, expected)


@lru_cache(maxsize=8192)
def _classes(character: str) -> tuple[str, ...]:
    """The classes of a character's readings."""
    return tuple(dict.fromkeys(map(fuzzy, readings(character))))


def _alike(heard: str, expected: tuple[str, ...]) -> bool:
    size = len(expected)
    if size < _SHORTEST:
        return False
    exact = fuzzy_only = near_only = 0
    for character, syllable in zip(heard, expected, strict=True):
        options = readings(character)
        if syllable in options:
            exact += 1
        elif any(fuzzy(option) == fuzzy(syllable) for option in options):
            fuzzy_only += 1
        elif any(near(option, syllable) for option in options):
            near_only += 1
    if exact + fuzzy_only == size:
        return size > _SHORTEST or fuzzy_only <= 1
    return size >= _ONE_MAY_BE_NEAR_FROM and near_only == 1 and exact + fuzzy_only == size - 1


class SoundAlikes:
    """A set of phrases to look for by sound; phrases with anything but Chinese in them are left out."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._expected: dict[str, tuple[str, ...]] = {}
        self._by_head: dict[Pair, list[str]] = defaultdict(list)
        self._by_tail: dict[Pair, list[str]] = defaultdict(list)
        # The same pairs of characters come again and again, and so do their likenesses.
        self._around = lru_cache(maxsize=65536)(self._at)
        self._sounds = lru_cache(maxsize=65536)(self._alike_to)
        for phrase in sorted(set(phrases)):
            sound = syllables(phrase)
            if len(sound) != len(phrase) or len(sound) < _SHORTEST:
                continue
            self._expected[phrase] = sound
            keys = tuple(map(fuzzy, sound))
            self._by_head[keys[0], keys[1]].append(phrase)
            # At most one syllable may be merely near, so either the first two or the last two are not.
            if len(sound) >= _ONE_MAY_BE_NEAR_FROM:
                self._by_tail[keys[-2], keys[-1]].append(phrase)

    def find(self, text: str) -> list[SoundAlike]:
        """Every place of a normalised ``text`` that sounds like a phrase and is not written so."""
        found = set(self._candidates(text))
        return sorted(place for place in found if self._holds(text, place))

    def _candidates(self, text: str) -> Iterator[SoundAlike]:
        for index in range(len(text) - 1):
            for before, phrase in self._around(text[index : index + 2]):
                start = index - before
                yield SoundAlike(start, start + len(phrase), phrase)

    def _at(self, pair: str) -> tuple[tuple[int, str], ...]:
        """Phrases that two characters may belong to, each with how many characters stand before the two."""
        found: dict[tuple[int, str], None] = {}
        for key in product(_classes(pair[0]), _classes(pair[1])):
            found |= dict.fromkeys((0, phrase) for phrase in self._by_head.get(key, ()))
            found |= dict.fromkeys((len(phrase) - 2, phrase) for phrase in self._by_tail.get(key, ()))
        return tuple(found)

    def _holds(self, text: str, place: SoundAlike) -> bool:
        heard = text[max(place.start, 0) : place.end]
        if len(heard) != len(place.phrase) or heard == place.phrase or not all(map(is_han, heard)):
            return False
        return place.start >= 0 and self._sounds(heard, place.phrase)

    def _alike_to(self, heard: str, phrase: str) -> bool:
        return _alike(heard, self._expected[phrase])


@lru_cache(maxsize=64)
def _finder(phrases: tuple[str, ...]) -> SoundAlikes:
    return SoundAlikes(phrases)


def find_sound_alikes(text: str, phrases: Iterable[str]) -> list[SoundAlike]:
    """``SoundAlikes(phrases).find(text)``, with the phrases' index kept for the next call."""
    return _finder(tuple(phrases)).find(text)
