"""How far heard characters lie from a phrase by sound: syllable by syllable, without tones, in nats.

A syllable is alike, or of one fuzzy class, or merely near (``pinyin.near``). From four syllables on, one in
four may be merely near. From nine on, one in nine may be lost, though not at an end. A rare reading of a
character counts as a fuzzy one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from processors.language.pinyin import fuzzy, near

_FUZZY = 1.5
_NEAR = 4.0
_LOST = 5.0
_NEAR_IN = 4
_LOST_IN = 9
_FAR = 1e9
_WORDS_MAY_DIFFER_FROM = 4


class Alignment(Struct, frozen=True):
    """How heard characters became a phrase of ``size`` syllables.

    ``changed`` are the places of the heard characters that the phrase writes otherwise. ``alike``, ``loose``
    and ``nearly`` count syllables, ``lost`` those that were not heard.
    """

    size: int
    changed: tuple[int, ...]
    alike: int
    loose: int
    nearly: int
    lost: int

    @property
    def cost(self) -> float:
        """What the differences speak against the phrase."""
        return _FUZZY * self.loose + _NEAR * self.nearly + _LOST * self.lost

    @property
    def long_and_alike(self) -> bool:
        """Whether the sound alone is strong evidence."""
        return self.size >= _WORDS_MAY_DIFFER_FROM and self.alike == self.size and not self.lost

    @property
    def reason(self) -> str:
        """In words."""
        counts = ((self.loose, "fuzzy"), (self.nearly, "near"), (self.lost, "lost"))
        told = ", ".join(f"{count} {kind}" for count, kind in counts if count)
        return f"{self.size} syllables, {told or 'all alike'}"


def may_be_lost(size: int) -> int:
    """By how many syllables the heard form of a phrase of ``size`` may be shorter."""
    return size // _LOST_IN


def aligned(
    heard: str, options: Sequence[tuple[str, ...]], phrase: str, sound: Sequence[str]
) -> Alignment | None:
    """How ``heard`` becomes ``phrase``, None where they do not sound alike.

    ``options`` are the readings of each heard character, ``sound`` the syllables of the phrase.
    """
    if not 0 <= len(sound) - len(heard) <= may_be_lost(len(sound)):
        return None
    even = len(heard) == len(sound)
    pairs = [(at, at) for at in range(len(heard))] if even else _pairs(options, sound)
    if not even and (not pairs or pairs[0] != (0, 0) or pairs[-1] != (len(heard) - 1, len(sound) - 1)):
        return None
    costs = [0.0 if heard[i] == phrase[j] else _syllable(options[i], sound[j]) for i, j in pairs]
    nearly = costs.count(_NEAR)
    lost = len(sound) + len(heard) - 2 * len(pairs)
    if max(costs) >= _FAR or nearly > len(sound) // _NEAR_IN or lost > may_be_lost(len(sound)):
        return None
    kept = {i for i, j in pairs if heard[i] == phrase[j]}
    return Alignment(
        size=len(sound),
        changed=tuple(i for i in range(len(heard)) if i not in kept),
        alike=costs.count(0.0),
        loose=costs.count(_FUZZY),
        nearly=nearly,
        lost=lost,
    )


def _pairs(options: Sequence[tuple[str, ...]], sound: Sequence[str]) -> list[tuple[int, int]]:
    """Which heard character is which syllable on the cheapest way (Levenshtein's, by sound)."""
    row: list[tuple[float, tuple[tuple[int, int], ...]]] = [(_LOST * j, ()) for j in range(len(sound) + 1)]
    for i, own in enumerate(options):
        before, row = row, [(_LOST * (i + 1), ())]
        for j, other in enumerate(sound):
            row.append(
                min(
                    (before[j][0] + _syllable(own, other), (*before[j][1], (i, j))),
                    (before[j + 1][0] + _LOST, before[j + 1][1]),
                    (row[j][0] + _LOST, row[j][1]),
                )
            )
    return list(row[-1][1])


@lru_cache(maxsize=65536)
def _syllable(options: tuple[str, ...], expected: str) -> float:
    if options[:1] == (expected,):
        return 0.0
    if any(fuzzy(option) == fuzzy(expected) for option in options):
        return _FUZZY
    if any(near(option, expected) for option in options):
        return _NEAR
    return _FAR
