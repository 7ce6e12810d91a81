"""Domain phrases that heard text sounds like where its own writing makes no sense.

A recogniser writes 营业听 for 营业厅 and 位您服务 for 为您服务. Such a place becomes a *reading* beside the
heard text: what was heard, what it may be, how sure that is and why. The text itself stays.

A reading needs all of this:

* the place sounds like a phrase of the lexicon, syllable by syllable without tones (``sound_distance``);
* what would change is no word of the dictionary, or the phrase has four syllables or more and all are alike;
* no character that would change belongs to a domain word that is written right, and where the phrase is
  shorter than three syllables it is alike throughout and some domain word stands beside it;
* the sentence becomes more probable by more than the differences of sound and the recogniser's own certainty
  speak against it: word frequencies of jieba's dictionary in nats, and two nats for each syllable alike.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from processors.language.lexicon import Lexicon
from processors.language.pinyin import fuzzy, readings, syllables
from processors.language.script import HAN, normalise
from processors.language.segmenter import PLACEHOLDER, Segmenter
from processors.language.sound_distance import Alignment, aligned, may_be_lost

READING_VERSION = "1"
"""Rises with every change that can add, drop or move a reading."""

# In nats, own choices: what a syllable alike speaks for a phrase, what the recogniser's certainty of the
# characters that would change speaks against it, and what must be left.
_ALIKE_GAIN = 2.0
_CERTAINTY_COST = 3.0
_LEAST_GAIN = 6.0
_LEAST_GAIN_OF_SHORT = 8.0
_NATS_OF_CONFIDENCE = 4.0
_SHORTEST = 2
# Shorter phrases must be alike throughout, with a domain word beside them.
_NEEDS_NO_COMPANY = 3
# Particles are heard right more often than they hide a noun.
_PARTICLES = frozenset("吗吧呢啊呀嘛着")
_RUN = re.compile(f"[{HAN}]{{2,}}")


class PlacedReading(Struct, frozen=True, kw_only=True):
    """``text[start:end]`` was heard as ``heard`` and may be ``phrase``.

    ``confidence`` rises from 0.5, where the reading only just stands, towards 1.
    """

    start: int
    end: int
    heard: str
    phrase: str
    confidence: float
    reason: str


class _Place(NamedTuple):
    """Where a phrase may stand in a run."""

    start: int
    end: int
    phrase: str
    alignment: Alignment


class _Run(Struct, frozen=True):
    """A stretch of Chinese characters that begins at ``first`` of the text.

    ``fixed`` are the characters of domain words written right, ``in_words`` those of words of any kind.
    """

    first: int
    heard: str
    certainty: Sequence[float]
    improbability: float
    fixed: frozenset[int]
    in_words: frozenset[int]
    company: bool

    def may_change(self, place: _Place) -> bool:
        """Whether the characters that ``place`` writes otherwise may be wrong at all."""
        changed = {place.start + at for at in place.alignment.changed}
        if not changed or not self.fixed.isdisjoint(changed):
            return False
        if self.is_short(place) and not (self.company and place.alignment.alike == place.alignment.size):
            return False
        if any(self.heard[at] in _PARTICLES for at in changed):
            return False
        return self.in_words.isdisjoint(changed) or place.alignment.long_and_alike

    def is_short(self, place: _Place) -> bool:
        """Whether the phrase is so short that names and slang sound like it by chance."""
        return place.alignment.size < _NEEDS_NO_COMPANY

    def certainty_of(self, place: _Place) -> float:
        """Mean probability of the characters that would change."""
        changed = place.alignment.changed
        return sum(self.certainty[place.start + at] for at in changed) / len(changed)

    def with_phrase(self, place: _Place) -> str:
        """The run as it reads with the phrase."""
        return self.heard[: place.start] + place.phrase + self.heard[place.end :]


class Reader:
    """Finds readings of one lexicon's phrases. Building it takes some milliseconds a hundred phrases."""

    def __init__(self, lexicon: Lexicon, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._sounds: dict[str, tuple[str, ...]] = {}
        self._seeds: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        for phrase in lexicon.readable:
            sound = syllables(phrase)
            if len(sound) != len(phrase) or len(sound) < _SHORTEST:
                continue
            self._sounds[phrase] = sound
            keys = [fuzzy(syllable) for syllable in sound]
            for at, pair in enumerate(zip(keys, keys[1:], strict=False)):
                self._seeds[pair].append((phrase, at))
        self._written = re.compile("|".join(sorted(map(re.escape, self._sounds), key=len, reverse=True)))

    def find(self, text: str, certainty: Sequence[float] | None = None) -> tuple[PlacedReading, ...]:
        """Readings of a normalised text in order, none overlapping another.

        ``certainty`` is the recogniser's probability of each character, 1 where it is not given.
        """
        company = self._written.search(text) is not None
        found: list[tuple[float, _Place]] = []
        for first, last in _runs(text):
            heard = text[first:last]
            places = set(self._places(heard))
            if places:
                run = self._run(first, heard, company, (certainty or [1.0] * len(text))[first:last])
                found += self._standing(run, places)
        kept: list[tuple[float, _Place]] = []
        for margin, place in sorted(found, key=lambda one: (-one[0], one[1][:3])):
            if all(place.end <= other.start or other.end <= place.start for _, other in kept):
                kept.append((margin, place))
        return tuple(_reading(text, *one) for one in sorted(kept, key=lambda one: one[1].start))

    def find_in(self, text: str, words: Iterable[tuple[int, int, float]]) -> tuple[PlacedReading, ...]:
        """Readings of a text as it was heard, in its own coordinates.

        ``words`` are begin, end and probability of the recognised words; ``heard`` is normalised.
        """
        certainty = [1.0] * len(text)
        for start, end, probability in words:
            certainty[start:end] = [probability] * (end - start)
        copy = normalise(text)
        placed = []
        for one in self.find(copy.text, [certainty[at] for at in copy.offsets[:-1]]):
            start, end = copy.span(one.start, one.end)
            placed.append(replace(one, start=start, end=end))
        return tuple(placed)

    def _run(self, first: int, heard: str, company: bool, certainty: Sequence[float]) -> _Run:
        tokens = self._segmenter.tokens(heard)
        written = self._written.finditer(heard)
        return _Run(
            first=first,
            heard=heard,
            certainty=certainty,
            improbability=self._segmenter.improbability(heard),
            fixed=frozenset(at for match in written for at in range(*match.span())),
            in_words=frozenset(
                at for word in tokens if len(word.text) > 1 for at in range(word.start, word.end)
            ),
            company=company,
        )

    def _standing(self, run: _Run, places: Iterable[_Place]) -> Iterator[tuple[float, _Place]]:
        """Places that stand, in the text's coordinates, with what is left of their gain."""
        for place in filter(run.may_change, places):
            margin = (
                run.improbability
                - self._segmenter.improbability(run.with_phrase(place))
                + _ALIKE_GAIN * place.alignment.alike
                - place.alignment.cost
                - _CERTAINTY_COST * run.certainty_of(place)
                - (_LEAST_GAIN_OF_SHORT if run.is_short(place) else _LEAST_GAIN)
            )
            if margin > 0:
                yield margin, place._replace(start=run.first + place.start, end=run.first + place.end)

    def _places(self, heard: str) -> Iterator[_Place]:
        options = [readings(character) for character in heard]
        classes = [tuple(dict.fromkeys(map(fuzzy, one))) for one in options]
        for at in range(len(heard) - 1):
            for head in classes[at]:
                for tail in classes[at + 1]:
                    for phrase, offset in self._seeds.get((head, tail), ()):
                        yield from self._aligned(heard, options, phrase, at - offset)

    def _aligned(
        self, heard: str, options: Sequence[tuple[str, ...]], phrase: str, start: int
    ) -> Iterator[_Place]:
        sound = self._sounds[phrase]
        for begin, end in _windows(start, len(sound), len(heard)):
            if heard[begin:end] == phrase:
                continue
            alignment = aligned(heard[begin:end], options[begin:end], phrase, sound)
            if alignment is not None:
                yield _Place(begin, end, phrase, alignment)


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of Chinese characters without a mark, a digit or a placeholder inside."""
    hidden = PLACEHOLDER.sub(lambda found: " " * len(found[0]), text)
    for match in _RUN.finditer(hidden):
        yield match.span()


def _windows(start: int, size: int, limit: int) -> Iterator[tuple[int, int]]:
    """Where a phrase may stand around its seed: of its own length, and for long ones in fewer characters."""
    lost = may_be_lost(size)
    for begin in range(start, start + lost + 1):
        for end in range(begin + size - lost, begin + size + 1):
            if 0 <= begin < end <= limit:
                yield begin, end


def _reading(text: str, margin: float, place: _Place) -> PlacedReading:
    return PlacedReading(
        start=place.start,
        end=place.end,
        heard=text[place.start : place.end],
        phrase=place.phrase,
        confidence=round(1 / (1 + math.exp(-margin / _NATS_OF_CONFIDENCE)), 3),
        reason=place.alignment.reason,
    )
