"""Numbers read digit by digit, and numbers of amount.

一三八零零一三八零零零 is a string of digits, 三十元 is an amount. In a string of digits 幺 is 1, 两 is 2,
洞 is 0, 拐 is 7, 勾 is 9 (radio reading), 三个八 is 888, and in English "oh" is 0 and "double five" is 55.
Fillers and separators may stand between the digits: "一三八,嗯,零零一三".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from processors.language.offsets import Normalised

_HAN_DIGITS = {
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", "0123456789", strict=True)),
    **dict(zip("幺两洞拐勾兩貳參陸", "120792236", strict=True)),
    "叄": "3",
    "○": "0",
    **dict(zip("⓪①②③④⑤⑥⑦⑧⑨", "0123456789", strict=True)),
}
_WORD_DIGITS = {
    **dict(
        zip(
            ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
            "0123456789",
            strict=True,
        )
    ),
    "oh": "0",
    "o": "0",
}
_REPEATS = {"两": 2, "兩": 2, "二": 2, "三": 3, "四": 4, "2": 2, "3": 3, "4": 4, "double": 2, "triple": 3}

# Only inside a string of digits; alone they are words (山洞, 打勾, "oh, I see").
_WEAK = frozenset({"洞", "拐", "勾", "oh", "o", "两", "兩"})

HAN_DIGITS = "".join(_HAN_DIGITS)
"""Every Chinese character that can stand for one digit."""

_WORDS = "|".join(sorted(_WORD_DIGITS, key=len, reverse=True))
_DIGIT = (
    rf"(?:[两兩二三四2-4]个(?=[\d{HAN_DIGITS}]))?[\d{HAN_DIGITS}]"
    rf"|(?<![a-zA-Z])(?:(?:double|triple)[ -]+)?(?:{_WORDS})(?![a-zA-Z])"
)
_FILLER = (
    r"[\s,.\uff0c\uff0e\u3002\u3001\-\u2010-\u2015\uff0d\u00b7_/\u2026;\uff1b()\uff08\uff09]"
    r"|再后面|再后边|再往后|那个|这个|不对|然后|就是|后面|后边|接着|再来|完了|嗯|恩|呃|额|啊|哦|噢|喔|唉|诶|呢|吧|嘛|哈|对|是|的"
    r"|(?<![a-zA-Z])(?:uh|um|er|erm|hmm|and|then|is|dash|hyphen|space)(?![a-zA-Z])"
)
_FILLERS_AT_ONCE = 8
_DIGIT_TOKEN = re.compile(_DIGIT, re.IGNORECASE)
_RUN = re.compile(rf"(?>{_DIGIT})(?:(?>(?:{_FILLER}){{0,{_FILLERS_AT_ONCE}}}+)(?>{_DIGIT}))*+", re.IGNORECASE)
_PLAIN_STRING = re.compile(rf"[{HAN_DIGITS}]{{3,}}")
_UNIT_AHEAD = "十百千万亿拾佰仟萬億点%\uff05\u2030"


class Digit(Struct, frozen=True):
    """One digit and the ``[start, end)`` of the text that said it; several where one word said several."""

    value: str
    start: int
    end: int
    weak: bool = False


class DigitRun(Struct, frozen=True):
    """Digits with nothing but fillers and separators between them, in the order of the text."""

    digits: tuple[Digit, ...]

    @property
    def start(self) -> int:
        """Where the first digit begins."""
        return self.digits[0].start

    @property
    def end(self) -> int:
        """Where the last digit ends."""
        return self.digits[-1].end

    @property
    def value(self) -> str:
        """The digits alone, as ASCII."""
        return "".join(digit.value for digit in self.digits)


def digit_runs(text: str, shortest: int = 1) -> list[DigitRun]:
    """Every run of at least ``shortest`` digits, written in any script or spoken, fillers skipped.

    ``text`` is any text, normalised or not. A number of amount also shows as short runs: 三十元 gives 三.
    """
    runs = (DigitRun(tuple(_digits(text, match))) for match in _RUN.finditer(text))
    return [run for run in runs if len(run.digits) >= shortest]


def _digits(text: str, run: re.Match[str]) -> Iterator[Digit]:
    for token in _DIGIT_TOKEN.finditer(text, run.start(), run.end()):
        yield from _values(token)


def _values(token: re.Match[str]) -> Iterator[Digit]:
    said = token.group().lower()
    times, last = 1, said
    if "个" in said:
        times, last = _REPEATS[said[0]] if said[0] in _REPEATS else int(said[0]), said[-1]
    elif said.startswith(("double", "triple")):
        times, last = _REPEATS[said[:6]], re.split(r"[ -]+", said)[-1]
    for _ in range(times):
        yield Digit(_value(last), token.start(), token.end(), weak=last in _WEAK)


def _value(said: str) -> str:
    if said in _HAN_DIGITS:
        return _HAN_DIGITS[said]
    return _WORD_DIGITS[said] if said in _WORD_DIGITS else str(unicodedata.digit(said))


def written_digits(text: str) -> Normalised:
    """A copy in which each string of three or more spoken Chinese digits is written: 一二三一五 is 12315.

    Numbers of amount stay as they are: 一百二十, 三五百, 百分之十. Length and offsets do not change.
    """
    pieces = []
    last = 0
    for found in _PLAIN_STRING.finditer(text):
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        if (after and after in _UNIT_AHEAD) or (before and before in _UNIT_AHEAD):
            continue
        pieces.append(text[last : found.start()])
        pieces.append("".join(_HAN_DIGITS[character] for character in found.group()))
        last = found.end()
    pieces.append(text[last:])
    return Normalised("".join(pieces), tuple(range(len(text) + 1)))


def spoken_digits(digits: str, one: str = "一") -> str:
    """How a string of ASCII digits is read aloud in Chinese; ``one`` is 一 or 幺. Other characters stay."""
    table = dict(zip("0123456789", f"零{one}二三四五六七八九", strict=True))
    return "".join(table.get(character, character) for character in digits)
