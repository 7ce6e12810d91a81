"""Numbers given right after the word for them, some of whose digits were said, or written by the recogniser,
as amounts or dates: "身份证号码是三十七零一零二一九六三年四月十五日", "电话是五千五百五五零一零一".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from processors.language.numerals import HAN_DIGITS
from processors.redaction.context import WORDS, Subject
from schemas.records.terms import Entity

_FIGURE = rf"[0-9{HAN_DIGITS}十百千万]"
_NAMED = "|".join(
    f"(?P<{subject.name}>{WORDS[subject]})"
    for subject in (Subject.ID_CARD, Subject.BANK_CARD, Subject.PHONE, Subject.NUMBER)
)
_DICTATED = re.compile(
    rf"(?:{_NAMED})(?:[\s,.:。、…\-]|是|为|就是|嗯|呃|那个){{0,6}}+"
    rf"(?P<number>{_FIGURE}(?:(?:[\s,、年月日-]|嗯|呃|那个){{0,3}}{_FIGURE})*+[年月日]?)"
)
_HARMLESS = re.compile(rf"(?:{WORDS[Subject.HARMLESS]})\Z")
_LONGEST_NAME = 10
_FIGURES = re.compile(_FIGURE)
_DATE_MARK = re.compile("[年月日]")
_AMOUNT_MARK = re.compile("[十百千万]")
# Amounts and dates hold no three plain digits in a row, but for the year, which a date has four of.
_READ_OUT = re.compile(rf"[0-9{HAN_DIGITS}]{{3}}")
_SHORTEST = 7
_LONGER_THAN_A_DATE = 10


def dictated_numbers(text: str) -> Iterator[tuple[int, int, Entity]]:
    """``(start, end, entity)`` of each such number of a text in matching form."""
    for found in _DICTATED.finditer(text):
        number = found["number"]
        dated = _DATE_MARK.search(number) is not None
        if not dated and not _AMOUNT_MARK.search(number):
            continue
        shortest = _LONGER_THAN_A_DATE if dated else _SHORTEST
        if len(_FIGURES.findall(number)) < shortest or not _READ_OUT.search(number):
            continue
        subject = next(name for name, group in found.groupdict().items() if group and name != "number")
        named = found.end(subject)
        if _HARMLESS.search(text, max(0, named - _LONGEST_NAME), named):
            continue
        yield found.start("number"), found.end("number"), Subject[subject].entity
