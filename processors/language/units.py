"""How much was spoken, in the units of talk speed (metrics 3.6).

Han characters in Chinese, words in spaced languages; in mixed Chinese text a Latin word counts as one. A
number counts as it is spoken: up to two digits as a number (24 is 二十四, three characters), longer ones
digit by digit, as call numbers, accounts and codes are read.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]|\d+|[^\W\d_]+(?:['’][^\W\d_]+)*")
_HAN_LANGUAGES = frozenset({"zh", "yue"})


def counts_characters(language: str) -> bool:
    """Whether speed in this language is characters, not words, per minute."""
    return language.split("-", maxsplit=1)[0] in _HAN_LANGUAGES


def spoken_units(text: str, language: str) -> int:
    """Units of one sentence; punctuation counts nothing."""
    han = counts_characters(language)
    return sum(_number(token) if han and token.isdecimal() else 1 for token in _TOKEN.findall(text))


def _number(digits: str) -> int:
    if len(digits) != 2 or digits[0] == "0":
        return len(digits)
    tens = 1 if digits[0] == "1" else 2
    return tens + (digits[1] != "0")
