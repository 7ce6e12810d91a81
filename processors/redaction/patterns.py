"""Personal data that is more than a string of digits: addresses of e-mail, plates, passports, and numbers
in the writing of other countries. All patterns read text in matching form (half-width, lower case).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from processors.language.numerals import HAN_DIGITS
from schemas.records.terms import Entity

_TOP = r"com|cn|net|org|edu|gov|info|io|me|cc|vip|top|xyz|hk|tw|uk|us|eu|de|fr|jp"
_PROVIDERS = r"(?:gmail|g mail|yahoo|hotmail|outlook|icloud|qq|foxmail|126|163|sina)"
_EMAIL = re.compile(
    r"[a-z0-9][a-z0-9._%+\-]{0,63}@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,4}"
    rf"|[a-z0-9{HAN_DIGITS}][a-z0-9._\-{HAN_DIGITS}下划线杠]{{0,63}}[ ,]*(?:艾特|@|圈a)[ ,]*"
    rf"[a-z0-9{HAN_DIGITS}]{{1,20}}[ ,]*(?:点|\.)[ ,]*(?:{_TOP}|抗姆|康姆)"
    # Said in English: "john dot smith at example dot com"; with a written dot only at the known providers,
    # since "looked at example.com" is no address.
    rf"|[a-z0-9]{{1,20}}(?:(?: dot | underscore |[._-])[a-z0-9]{{1,20}}){{0,4}} at (?:[a-z0-9]{{1,20}} dot"
    rf"|{_PROVIDERS} ?(?:dot|\.)) ?(?:{_TOP})(?![a-z])"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]\s?(?!app|vip|abc)[a-z]\s?[·•.-]?\s?"
    rf"(?=(?:\s?[a-z])*+\s?[0-9{HAN_DIGITS}])(?:\s?[a-z0-9{HAN_DIGITS}]){{4,5}}\s?[a-z0-9{HAN_DIGITS}挂学警港澳]"
    rf"(?![a-z0-9])"
)
_PASSPORT = re.compile(r"(?<![a-z0-9])(?:[eg]\d{8}|e[a-hj-np-z]\d{7})(?![a-z0-9])")
_SOCIAL_SECURITY = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")
_NORTH_AMERICAN_PHONE = re.compile(
    r"(?<![\d-])(?:\+?1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\d-])"
    r"|\+\d{1,3}(?:[ -]?\d){8,12}(?!\d)"
)

PLACEHOLDERS = {
    Entity.ID_CARD: "[身份证]",
    Entity.BANK_CARD: "[银行卡]",
    Entity.PHONE: "[电话]",
    Entity.EMAIL: "[邮箱]",
    Entity.PLATE: "[车牌]",
    Entity.PASSPORT: "[护照]",
    Entity.CODE: "[验证码]",
    Entity.NUMBER: "[号码]",
}
"""What stands for each kind of data in a redacted text."""

_PATTERNS = (
    # What upstream masked in our writing is counted and stays.
    *((re.compile(re.escape(mark)), entity) for entity, mark in PLACEHOLDERS.items()),
    (_EMAIL, Entity.EMAIL),
    (_SOCIAL_SECURITY, Entity.ID_CARD),
    (_PASSPORT, Entity.PASSPORT),
    (_PLATE, Entity.PLATE),
    (_NORTH_AMERICAN_PHONE, Entity.PHONE),
)

_UNITS = (
    "年|月|日|天|次|个|块|元|角|分|毛|万|千|百|十|亿|秒|点|度|米|斤|位|岁|人|条|台|楼|层|栋|室|折|倍|兆|期|件|份|张|小时|周|星期|工作日|%"
    "|美元|人民币|[gmk]b?(?![a-z])|(?:yuan|rmb|dollars?|usd|euros?|pounds?|minutes?|hours?|days?|times?|years?|percent|items?)"
)
UNIT_AHEAD = re.compile(rf"\s?(?:{_UNITS})")
_NOT_PERSONAL = re.compile(
    # A date, with or without a time; not the birth date inside a dictated identity number.
    r"(?<!\d)(?<!\d[-/. ])(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}(?:[t ]\d{1,2}:\d\d(?::\d\d)?)?(?![-/. ]?\d)"
    r"|(?<!\d)\d{1,2}:\d\d(?::\d\d)?(?!\d)"
    rf"|[¥$]\s?\d[\d,]*+(?:\.\d+)?|(?<![\d,])\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?=\s?(?:{_UNITS}))"
)


def matches(text: str) -> list[tuple[int, int, Entity]]:
    """``(start, end, entity)`` in order, none overlapping another: the first pattern of the list wins."""
    found: list[tuple[int, int, Entity]] = []
    for pattern, entity in _PATTERNS:
        own = [(*match.span(), entity) for match in pattern.finditer(text)]
        if own:
            text = blanked(text, own)
            found.extend(own)
    return sorted(found)


def blanked(text: str, places: Iterable[tuple[int, int, Entity]]) -> str:
    """``text`` of the same length without what stands at ``places``, which are in order."""
    pieces = []
    last = 0
    for start, end, _ in places:
        pieces.append(text[last:start])
        pieces.append("\0" * (end - start))
        last = end
    return "".join([*pieces, text[last:]])


def without_amounts(text: str) -> str:
    """``text`` with dates, times and sums of money blanked, so that their digits join no number."""
    return _NOT_PERSONAL.sub(lambda match: "\0" * len(match.group()), text)
