"""Personal data that is more than a string of digits: addresses of e-mail, plates, passports, and numbers
in the writing of other countries. All patterns read text in matching form (half-width, lower case).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from processors.language.numerals import HAN_DIGITS
from processors.redaction.policy import PLACEHOLDERS
from schemas.records.terms import Entity

_TOP = r"com|cn|net|org|edu|gov|info|io|me|cc|vip|top|xyz|hk|tw|uk|us|eu|de|fr|jp"
_PROVIDERS = r"(?:gmail|g mail|yahoo|hotmail|outlook|icloud|qq|foxmail|126|163|sina)"
_AT = r"(?:艾特|爱特|圈a|@|at符号|小老鼠)"
_DOT = r"[ ,]*(?:点儿?|\.|dot)[ ,]*"
_EMAIL = re.compile(
    r"[a-z0-9][a-z0-9._%+\-]{0,63}@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,4}"
    # Said in Chinese, letters perhaps one by one: "z h a n g 三零五艾特一六三点com".
    rf"|(?:(?<![a-z])(?:[a-z] ){{1,20}}+|[a-z0-9{HAN_DIGITS}])[a-z0-9._\-{HAN_DIGITS}下划线杠点]{{0,63}}"
    rf"[ ,]*{_AT}[ ,]*"
    rf"[a-z0-9{HAN_DIGITS}\-]{{1,20}}(?:{_DOT}[a-z0-9]{{1,12}}){{0,2}}?{_DOT}(?:{_TOP}|抗姆|康姆|扣姆)"
    rf"(?:{_DOT}(?:cn|hk|tw|uk|jp))?(?![a-z])"
    # Said in English: "john dot smith at example dot com"; with a written dot only at the known providers,
    # since "looked at example.com" is no address.
    r"|[a-z0-9]{1,20}(?:(?: dot | underscore | dash |[._-])[a-z0-9]{1,20}){0,4} at "
    rf"(?:[a-z0-9]{{1,20}} dot|{_PROVIDERS} ?(?:dot|\.)) ?(?:{_TOP})(?![a-z])"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]\s?(?!app|vip|abc)[a-z]\s?[·•.-]?\s?"
    rf"(?=(?:\s?[a-z])*+\s?[0-9{HAN_DIGITS}])(?:\s?[a-z0-9{HAN_DIGITS}]){{4,5}}\s?[a-z0-9{HAN_DIGITS}挂学警港澳]"
    rf"(?![a-z0-9])"
)
_PASSPORT = re.compile(r"(?<![a-z0-9])(?:[eg]\d{8}|e[a-hj-np-z]\d{7})(?![a-z0-9])")
# Masked in part by whoever wrote it: 138xxxx5678 and 33012319960512xxxx still say much.
_HIDDEN = r"[x*×•]"
_MASKED_PHONE = re.compile(rf"(?<![0-9a-z])1[3-9]\d{_HIDDEN}{{4,8}}\d{{2,4}}(?![0-9a-z])")
_MASKED_ID = re.compile(
    rf"(?<![0-9a-z])(?=[1-8][0-9x*×•]{{16,17}}(?![0-9a-z]))(?!62\d\d)\d{{3,14}}{_HIDDEN}{{3,15}}\d{{0,4}}(?![0-9a-z])"
)
_MASKED_CARD = re.compile(
    rf"(?<![0-9a-z])(?=[0-9x*×•]{{12,19}}(?![0-9a-z]))\d{{3,}}{_HIDDEN}{{3,}}\d{{0,4}}(?![0-9a-z])"
)
_MASKED_IN_PART = re.compile(rf"(?<![0-9a-z])\d{{6,}}{_HIDDEN}{{3,}}\d{{0,4}}(?![0-9a-z])")
_WECHAT = re.compile(
    r"(?:(?<=微信号)|(?<=微信号是)|(?<=微信是)|(?<=微信号码是)|(?<=微信号:)|(?<=微信:))\s?[a-z][a-z0-9_-]{5,19}(?![a-z0-9])"
)
_SOCIAL_SECURITY = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")
_NORTH_AMERICAN_PHONE = re.compile(
    r"(?<![\d-])(?:\+?1[-. ])?(?:\((?![48]00)\d{3}\) ?|(?![48]00)\d{3}[-. ])\d{3}[-. ]\d{4}(?![\d-])"
    r"|\+\d{1,3}(?:[ -]?\d){8,12}(?!\d)"
)

_PATTERNS = (
    # What upstream masked in our writing is counted and stays.
    *(
        (re.compile(re.escape(mark[:-1]) + r"(?:\*[0-9x]{4})?\]"), entity)
        for entity, mark in PLACEHOLDERS.items()
    ),
    (_EMAIL, Entity.EMAIL),
    (_WECHAT, Entity.NUMBER),
    (_MASKED_PHONE, Entity.PHONE),
    (_MASKED_ID, Entity.ID_CARD),
    (_MASKED_CARD, Entity.BANK_CARD),
    (_MASKED_IN_PART, Entity.NUMBER),
    (_SOCIAL_SECURITY, Entity.ID_CARD),
    (_PASSPORT, Entity.PASSPORT),
    (_PLATE, Entity.PLATE),
    (_NORTH_AMERICAN_PHONE, Entity.PHONE),
)

_UNITS = (
    "年|月|日|天|次|个|块|元|角|分|毛|万|千|百|十|亿|秒|点|度|米|斤|位|岁|人|条|台|楼|层|栋|室|折|倍|兆|期|件|份|张|小时|周|星期|工作日|%"
    "|美元|人民币|[gmk]b?(?![a-z])|m?ah(?![a-z])|[km]?[wvm](?![a-z])|[mgk]?hz|像素|毫安|毫升|克|公里|赫兹|号楼|号院|弄|[x×*]\\s?\\d|(?:yuan|rmb|dollars?|usd|euros?|pounds?|minutes?|hours?|days?|times?|years?|percent|items?)"
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
