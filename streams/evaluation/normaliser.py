"""The published normaliser: what counts as the same when heard text is compared with the truth.

Both sides go through it, in this order:

1. simplified characters, half-width, lower case (``processors.language.script.normalise``);
2. ``10%`` is 百分之十; in Chinese, one or two digits are read as a number (24 is 二十四), longer strings
   digit by digit (138 is 一三八);
3. 两, 幺 and 〇 are 二, 一 and 零, since a speaker and a transcriber choose freely between them;
4. everything that is neither a letter nor a digit is dropped.

CER counts what is left character by character. WER, for languages that write spaces, counts words.
"""

from __future__ import annotations

import re

from processors.language.numerals import spoken_digits
from processors.language.script import normalise

NORMALISER_VERSION = "1"
"""Rises with every change; error rates of different versions cannot be compared."""

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")
_DIGITS = re.compile(r"\d+")
_SAME = str.maketrans("两幺〇", "二一零")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def characters(text: str, *, han: bool = True) -> tuple[str, ...]:
    """The characters that CER compares; ``han`` reads digits aloud in Chinese."""
    folded = normalise(text).text
    if han:
        folded = _PERCENT.sub(lambda found: "百分之" + found[1].replace(".", "点"), folded)
        folded = _DIGITS.sub(lambda found: _read_aloud(found[0]), folded).translate(_SAME)
    return tuple(character for character in folded if character.isalnum())


def words(text: str) -> tuple[str, ...]:
    """The words that WER compares."""
    return tuple(word.replace("’", "'") for word in _WORD.findall(normalise(text).text))


def _read_aloud(digits: str) -> str:
    if len(digits) != 2 or digits[0] == "0":
        return spoken_digits(digits)
    tens = "" if digits[0] == "1" else spoken_digits(digits[0])
    units = "" if digits[1] == "0" else spoken_digits(digits[1])
    return f"{tens}十{units}"
