"""Where somebody lives: the street with its house number, the estate with building, unit and room.

Town and district stay, thousands live there. A house number alone is masked only where the words before it
speak of somebody's address, since a shop's or an office's is no secret; building and room always are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from processors.language.numerals import HAN_DIGITS
from schemas.records.terms import Entity

_COUNT = rf"[0-9a-z{HAN_DIGITS}十百]{{1,5}}"
# A name begins behind what a larger area, a verb or a mark of punctuation ends with.
_NAME = r"(?:(?![省市区县镇乡州盟旗在是到去住往至址寄送来了的我您你他她于])[\u4e00-\u9fff]){1,6}"
_STREET = r"(?:大道|大街|胡同|路|街|巷|弄|里|道)"
_ESTATE = r"(?:小区|花园|家园|公寓|新村|社区|苑|园|庭|城|府|村|宿舍)"
_ROOM = (
    rf"(?:[,\s]?{_COUNT}(?:号楼|栋|幢|座|号院|期|区))*+(?:[,\s]?{_COUNT}单元)?(?:[,\s]?{_COUNT}(?:层|楼))?"
    rf"(?:[,\s]?{_COUNT}(?:室|房|户|号))?"
)
_CANDIDATE = re.compile(
    rf"(?:{_NAME}{_STREET}[,\s]?{_COUNT}号(?:院)?(?![码楼线])(?:{_NAME}{_ESTATE})?{_ROOM}"
    rf"|(?:{_NAME}{_ESTATE})?{_COUNT}(?:号楼|栋|幢|座){_ROOM}|(?:{_NAME}{_ESTATE}){_COUNT}单元{_ROOM})"
)
_DETAIL = re.compile(rf"{_COUNT}(?:室|房|单元)|{_COUNT}(?:号楼|栋|幢|座)[,\s]?{_COUNT}")
_PERSONAL = re.compile(r"地址|住址|住在|家住|我家|我住|您家|收货|收件|寄到|送到|送餐|上门|快递到|配送")
_PUBLIC = re.compile(
    r"公司|总部|门店|营业厅|网点|分店|店铺|餐厅|医院|银行|酒店|机构|单位|仓库|大厦|中心|销售点|法院|派出所|公安|大使馆|律所|学校"
)
_BEFORE = 24

_ENGLISH_NUMBER = (
    r"(?:\d{1,5}|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]{3,5}teen|[a-z]{3,5}ty)"
    r"(?:[ -](?:one|two|three|four|five|six|seven|eight|nine|[a-z]{3,5}ty|hundred)){0,3})"
)
_ENGLISH = re.compile(
    rf"(?<![a-z0-9]){_ENGLISH_NUMBER} (?:(?:north|south|east|west) )?[a-z]{{3,15}}(?: [a-z]{{3,15}})? "
    r"(?:street|st|avenue|ave|road|rd|drive|lane|boulevard|blvd|terrace)(?![a-z])"
    rf"(?:[, ]+(?:apt|apartment|unit|suite|flat)\.? {_ENGLISH_NUMBER})?"
)


def addresses(text: str) -> Iterator[tuple[int, int, Entity]]:
    """``(start, end, entity)`` of each address of a text in matching form."""
    for found in _CANDIDATE.finditer(text):
        if _of_a_person(text, found):
            yield (*found.span(), Entity.ADDRESS)
    for found in _ENGLISH.finditer(text):
        yield (*found.span(), Entity.ADDRESS)


def _of_a_person(text: str, found: re.Match[str]) -> bool:
    before = text[max(0, found.start() - _BEFORE) : found.start()]
    if _PUBLIC.search(before) or _PUBLIC.search(found.group()):
        return False
    return bool(_DETAIL.search(found.group()) or _PERSONAL.search(before))
