"""What a string of digits is by itself: resident identity number, bank card, telephone.

Pure arithmetic, no context. Sources: GB 11643 (identity number, ISO 7064 MOD 11-2), ISO/IEC 7812 (Luhn),
the Chinese numbering plan.
"""

from __future__ import annotations

import re

from schemas.records.terms import Entity

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK_CHARACTERS = "10X98765432"
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_FULL_DATE = re.compile(r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_SHORT_DATE = re.compile(r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")

# UnionPay, Visa, Mastercard, JCB, American Express and Diners.
_ISSUED = re.compile(r"(?:62\d{14,17}|4\d{15}|(?:5[1-5]|2[2-7]|35)\d{14}|3[47]\d{13}|3[068]\d{12})\Z")

_MOBILE = re.compile(r"(?:(?:00)?86)?0?1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:86)?0(?:10|2\d|[3-9]\d\d)[1-9]\d{6,7}")
# 10086, 12315, 95588, 96315 and the like belong to institutions, as do all numbers that begin with 400 or
# 800; 1008611 asks for the balance.
_SERVICE_NUMBER = re.compile(r"100\d\d(?:11)?|12\d{3}|9[56]\d{3}|11[0249]|12[0-2]|[48]00\d{7}")


def has_id_checksum(digits: str) -> bool:
    """Whether 18 characters are a resident identity number with birth date and check character in order."""
    if len(digits) != 18 or not _FULL_DATE.fullmatch(digits, 6, 14) or "X" in digits[:17]:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, digits[:17], strict=True))
    return _ID_CHECK_CHARACTERS[total % 11] == digits[17]


def resembles_id(digits: str) -> bool:
    """Whether digits look like an identity number, though the checksum fails or a digit was lost.

    True for 18 or 17 digits with a province and a birth date in their places, and for the 15 digits of
    the numbers issued before 1999.
    """
    if "X" in digits[:-1] or not _PROVINCE.match(digits):
        return False
    if len(digits) == 18:
        return _FULL_DATE.fullmatch(digits, 6, 14) is not None
    if len(digits) == 17:
        return any(_FULL_DATE.fullmatch(digits, start, start + 8) for start in (5, 6))
    return len(digits) == 15 and _SHORT_DATE.fullmatch(digits, 6, 12) is not None


def passes_luhn(digits: str) -> bool:
    """Whether 13 to 19 digits carry the check digit of a payment card."""
    if not 13 <= len(digits) <= 19 or not digits.isdigit() or not digits.strip("0"):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_bank_card(digits: str) -> bool:
    """Whether digits are a payment card by checksum, or by the prefix of UnionPay and its length."""
    return passes_luhn(digits) or (16 <= len(digits) <= 19 and digits.startswith("62") and digits.isdigit())


def is_issued_card(digits: str) -> bool:
    """Whether digits begin and end as cards of the common networks do, and are as long (ISO/IEC 7812)."""
    return _ISSUED.match(digits) is not None and is_bank_card(digits)


def is_mobile(digits: str) -> bool:
    """Whether digits are a mobile number."""
    return _MOBILE.fullmatch(digits) is not None


def is_telephone(digits: str) -> bool:
    """Whether digits are a mobile number or a landline with its area code."""
    return bool(_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits))


def is_landline(digits: str) -> bool:
    """Whether digits are a landline with its area code, which may have extensions."""
    return _LANDLINE.fullmatch(digits) is not None


def is_service_number(digits: str) -> bool:
    """Whether digits are the number of a hotline that anybody may know."""
    return _SERVICE_NUMBER.fullmatch(digits) is not None


def kind_of(digits: str) -> Entity | None:
    """What ``digits`` (the last may be X) are by themselves; identity goes before card before telephone."""
    if has_id_checksum(digits) or resembles_id(digits):
        return Entity.ID_CARD
    if is_bank_card(digits):
        return Entity.BANK_CARD
    return Entity.PHONE if is_telephone(digits) else None
