"""How alike two sentences are written: Dice's coefficient over pairs of neighbouring characters."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

# Windows of these shares of the example's length are compared: heard sentences lose and gain characters.
_STRETCHES = (1.0, 0.8, 1.25)


class Likeness(NamedTuple):
    """The stretch of a text that is most like an example, and how alike, 0 to 1."""

    value: float
    start: int
    end: int


def pairs(text: str) -> Counter[str]:
    """Pairs of neighbouring letters, digits and ideographs, with how often each stands there."""
    return _pairs([character for character in text if character.isalnum()])


def _pairs(letters: list[str]) -> Counter[str]:
    if len(letters) == 1:
        return Counter(letters)
    return Counter(map("".join, zip(letters, letters[1:], strict=False)))


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """2 x common pairs / all pairs (Dice 1945); 1 for equal texts, 0 for nothing in common."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def could_reach(example: Counter[str], text: Counter[str], least: float) -> bool:
    """Whether some stretch of a text with these pairs can be at least so alike; false is certain.

    A stretch with c common pairs has at least c pairs, so 2c / (e + c) bounds its likeness.
    """
    common = sum(min(count, text[pair]) for pair, count in example.items() if pair in text)
    return 2 * common >= least * (example.total() + common)


def most_alike(example: str, text: str) -> Likeness:
    """The stretch of ``text``, about as long as ``example``, that is most like it."""
    places = [index for index, character in enumerate(text) if character.isalnum()]
    letters = [text[index] for index in places]
    wanted = pairs(example)
    size = sum(map(str.isalnum, example))
    best = Likeness(0.0, 0, 0)
    for length in dict.fromkeys(min(max(round(size * stretch), 1), len(letters)) for stretch in _STRETCHES):
        for start in range(len(letters) - length + 1) if length else ():
            value = likeness(wanted, _pairs(letters[start : start + length]))
            if value > best.value:
                best = Likeness(value, places[start], places[start + length - 1] + 1)
    return best
