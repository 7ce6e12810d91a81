"""One way of writing for everything that rules match on.

``normalise`` gives a copy in simplified characters (OpenCC t2s), half-width (Unicode NFKC), lower case,
with white space collapsed, and says for each character where it stood in the original. Placeholders of
redaction such as ``[身份证]`` pass unchanged.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Protocol

from processors.language.offsets import Normalised, unchanged

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"

# Characters that become another one of the same length, whatever stands beside them.
_ONE_TO_ONE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: 0xA5}
_ONE_TO_ONE |= {code: ord(chr(code - 0xFEE0).lower()) for code in range(0xFF21, 0xFF3B)}
_ONE_TO_ONE |= {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}

# What neither NFKC nor lower case nor the collapsing of white space can change.
_SETTLED = re.compile(
    "[\u4e00-\u9fff\u3400-\u4dbf\u3001-\u301c\u2013\u2014\u2018\u2019\u201c\u201d\u00b7!-~]*+"
    "(?: [!-~][\u4e00-\u9fff\u3400-\u4dbf\u3001-\u301c!-~]*+)*+"
)
_SPACES = re.compile(r"\s+")
_HAN_CHARACTER = re.compile(f"[{HAN}]")

# Unchanged when alone, changed inside some words (瞭解, 藉口, 反覆, 沈默): they too call for conversion.
_TRADITIONAL_IN_WORDS = "沈藉覆瞭甦衹哩"
# The dictionary takes these for another word's old spelling, also where the text is simplified already:
# 打坏 (broken) would become 打坯 (to mould).
_KEPT = frozenset("坏")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _to_simplified() -> _Converter:
    from opencc import OpenCC

    converter: _Converter = OpenCC("t2s")
    return converter


@cache
def _traditional_characters() -> frozenset[str]:
    candidates = [
        chr(code) for first, last in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF)) for code in range(first, last)
    ]
    converted = _to_simplified().convert("\n".join(candidates)).split("\n")
    changed = {old for old, new in zip(candidates, converted, strict=True) if old != new}
    return frozenset(changed | set(_TRADITIONAL_IN_WORDS))


def is_han(character: str) -> bool:
    """Whether one character is a Chinese ideograph."""
    return _HAN_CHARACTER.match(character) is not None


def simplified(text: str) -> str:
    """``text`` in simplified characters, of the same length.

    Text without a traditional character is returned as it is: the conversion dictionary also holds
    word pairs that are wrong for simplified text.
    """
    if text.isascii() or _traditional_characters().isdisjoint(text):
        return text
    converted = _to_simplified().convert(text)
    if len(converted) != len(text):
        converted = "".join(map(_same_length, text))
    if _KEPT.isdisjoint(text):
        return converted
    return "".join(old if old in _KEPT else new for old, new in zip(text, converted, strict=True))


def _same_length(character: str) -> str:
    converted = _to_simplified().convert(character)
    return converted if len(converted) == 1 else character


def in_place(text: str) -> str:
    """A copy in simplified characters, half-width and lower case, character for character.

    Weaker than ``normalise`` (nothing that changes the length), so offsets hold as they are.
    """
    return simplified(text.translate(_ONE_TO_ONE))


def normalise(text: str) -> Normalised:
    """The copy of ``text`` that rules match on, with the map back.

    White space at the ends and between two Chinese characters goes, elsewhere a run of it becomes one
    space.
    """
    copy = in_place(text)
    if _SETTLED.fullmatch(copy):
        return unchanged(copy)
    folded = _without_spaces(_folded(text))
    return Normalised(simplified(folded.text), folded.offsets)


def _folded(text: str) -> Normalised:
    """NFKC and lower case, one base character with its combining marks at a time."""
    pieces: list[str] = []
    offsets: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        piece = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text[start:end]).lower())
        pieces.append(piece)
        offsets.extend([start] * len(piece))
        start = end
    offsets.append(len(text))
    return Normalised("".join(pieces), tuple(offsets))


def _without_spaces(folded: Normalised) -> Normalised:
    text, offsets = folded.text, folded.offsets
    kept: list[int] = []
    last = 0
    for space in _SPACES.finditer(text):
        kept.extend(range(last, space.start()))
        inner = space.start() > 0 and space.end() < len(text)
        if inner and not (is_han(text[space.start() - 1]) and is_han(text[space.end()])):
            kept.append(space.start())
        last = space.end()
    kept.extend(range(last, len(text)))
    # A space may also have gone behind the last kept character, so its source ends at its own end.
    stop = folded.span(kept[-1], kept[-1] + 1)[1] if kept else 0
    characters = "".join(" " if text[index].isspace() else text[index] for index in kept)
    return Normalised(characters, (*(offsets[index] for index in kept), stop))
