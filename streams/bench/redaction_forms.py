"""Invented personal data in every form in which people write and say it, with its place marked.

Nothing here belongs to anybody: numbers are drawn at random and given valid check digits. ``⟦`` and ``⟧``
mark what has to be masked, so that a form is its own answer.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from msgspec import Struct

from processors.language.numerals import spoken_digits
from schemas.records.terms import Entity

OPEN, CLOSE = "⟦", "⟧"
AGENT, CUSTOMER = "agent", "customer"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ENGLISH_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Form(Struct, frozen=True, kw_only=True):
    """A conversation with one personal datum; ``way`` is how it is given."""

    entity: Entity
    way: str
    turns: tuple[tuple[str, str], ...]


class Invented:
    """Well-formed numbers of nobody, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - not a secret

    def digits(self, count: int) -> str:
        """So many digits."""
        return "".join(self._random.choices("0123456789", k=count))

    def resident_id(self, check: str = "") -> str:
        """A resident identity number (GB 11643); ``check`` asks for that check character."""
        while True:
            region = self._random.choice(("110101", "500107", "440305", "320102", "650102", "310117"))
            month, day = self._random.randint(1, 12), self._random.randint(1, 28)
            body = f"{region}{self._random.randint(1950, 2009)}{month:02}{day:02}{self.digits(3)}"
            total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
            found = "10X98765432"[total % 11]
            if check in ("", found):
                return body + found

    def bank_card(self, length: int) -> str:
        """A card of that length with its Luhn digit."""
        body = self._random.choice(("62", "4", "5")) if length == 16 else "62"  # noqa: PLR2004
        body += self.digits(length - 1 - len(body))
        total = 0
        for place, digit in enumerate(reversed(body)):
            value = int(digit) * (2 - place % 2)
            total += value - 9 if value > 9 else value
        return body + str(-total % 10)

    def mobile(self) -> str:
        """A mobile number of the Chinese plan."""
        return "1" + self._random.choice("3456789") + self.digits(9)

    def landline(self) -> str:
        """A landline with its area code."""
        return self._random.choice(("010", "021", "0571", "0755")) + "6" + self.digits(7)


def grouped(digits: str, between: str, size: int = 4) -> str:
    """Digits in groups."""
    return between.join(digits[start : start + size] for start in range(0, len(digits), size))


def english(digits: str) -> str:
    """Digits read aloud in English."""
    return " ".join(_ENGLISH_DIGITS[int(digit)] if digit.isdigit() else digit for digit in digits)


WAYS = {
    "written": lambda digits: digits,
    "full-width": lambda digits: "".join(chr(ord(character) + 0xFEE0) for character in digits),
    "in fours": lambda digits: grouped(digits, " "),
    "with hyphens": lambda digits: grouped(digits, "-", 3),
    "each apart": " ".join,
    "read aloud": spoken_digits,
    "read aloud, 幺": lambda digits: spoken_digits(digits, "幺"),
    "radio reading": lambda digits: (
        spoken_digits(digits, "幺").replace("零", "洞").replace("七", "拐").replace("九", "勾")
    ),
    "两 for 二": lambda digits: spoken_digits(digits).replace("二", "两"),
    "with 嗯": lambda digits: grouped(spoken_digits(digits), ",嗯,"),
    "with 那个": lambda digits: grouped(spoken_digits(digits), "那个", 3),
    "with 然后是": lambda digits: grouped(spoken_digits(digits), ",然后是", 6),
    "half written": lambda digits: digits[:6] + spoken_digits(digits[6:]),
    "traditional": lambda digits: spoken_digits(digits).replace("二", "貳").replace("六", "陸"),
    "in English": english,
}
"""Ways to give a string of digits in one turn."""

_FRAMES = {
    Entity.ID_CARD: ("我的身份证号是{}。", "好的,{},您记一下"),
    Entity.BANK_CARD: ("卡号{}没错", "嗯{}"),
    Entity.PHONE: ("您打{}找我", "我手机{}"),
}
_QUESTIONS = {
    Entity.ID_CARD: "麻烦您报一下身份证号码",
    Entity.BANK_CARD: "请您说一下银行卡号",
    Entity.PHONE: "请问您的手机号码是多少",
}


def forms(seed: int = 1) -> Iterator[Form]:
    """Every form once, with numbers of that seed."""
    invented = Invented(seed)
    numbers = [
        *((Entity.ID_CARD, invented.resident_id(check)) for check in ("", "X", "7")),
        *((Entity.BANK_CARD, invented.bank_card(length)) for length in (16, 17, 18, 19)),
        *((Entity.PHONE, number) for number in (invented.mobile(), invented.mobile(), invented.landline())),
    ]
    for entity, digits in numbers:
        yield from _in_one_turn(entity, digits)
        yield from _over_turns(entity, digits)
        yield from _misheard(entity, digits)
    yield from _others(invented)


def _in_one_turn(entity: Entity, digits: str) -> Iterator[Form]:
    for way, told in WAYS.items():
        said = told(digits)
        for frame in _FRAMES[entity]:
            text = frame.format(f"{OPEN}{said}{CLOSE}")
            yield Form(entity=entity, way=way, turns=((CUSTOMER, text),))
    if digits.endswith("X"):
        for check in ("x", "叉", "艾克斯"):
            said = f"{OPEN}{spoken_digits(digits[:-1])}{check}{CLOSE}"
            yield Form(entity=entity, way=f"ends with {check}", turns=((CUSTOMER, f"我身份证{said}"),))


def _over_turns(entity: Entity, digits: str) -> Iterator[Form]:
    for size in (3, 4, 6):
        for spoken in (True, False):
            told = spoken_digits(digits, "幺") if spoken else digits
            turns = [(AGENT, _QUESTIONS[entity])]
            for start in range(0, len(told), size):
                turns += [(CUSTOMER, f"{OPEN}{told[start : start + size]}{CLOSE}"), (AGENT, "嗯")]
            way = f"over turns of {size}, {'spoken' if spoken else 'written'}"
            yield Form(entity=entity, way=way, turns=tuple(turns))


def _misheard(entity: Entity, digits: str) -> Iterator[Form]:
    """A digit wrong or lost: no checksum holds, only the question says what it is."""
    for place in (2, 9, len(digits) - 2):
        wrong = digits[:place] + str((int(digits[place]) + 3) % 10) + digits[place + 1 :]
        for way, heard in (("a digit wrong", wrong), ("a digit lost", digits[:place] + digits[place + 1 :])):
            turns = ((AGENT, _QUESTIONS[entity]), (CUSTOMER, f"{OPEN}{spoken_digits(heard)}{CLOSE}"))
            yield Form(entity=entity, way=way, turns=turns)


_TYPED = {
    Entity.EMAIL: (
        "邮箱⟦{name}@example.com⟧谢谢",
        "发到⟦{name}.wang@mail.example.com.cn⟧",
        "⟦{name}艾特163点com⟧",
        "我的邮箱是⟦{name}三零五艾特qq点com⟧",
        "邮箱是⟦一三五七九艾特qq点com⟧",
        "邮箱⟦{name}下划线01艾特126点康姆⟧",
        "邮箱⟦z h a n g 艾特 163 点 com⟧",
        "please write to ⟦{name} dot smith at example dot com⟧ today",
        "my e-mail is ⟦{name}@example.co.uk⟧",
        "it is ⟦{name} at gmail.com⟧",
    ),
    Entity.PLATE: (
        "车牌⟦京A{five}⟧",
        "车牌号是⟦沪AD{five}⟧",
        "我的车是⟦粤B·{five}⟧停在楼下",
        "⟦鄂a7l六二u⟧是我的车",
        "⟦浙F{spoken}⟧",
        "新能源⟦苏ED{five}⟧",
        "⟦粤Z1234港⟧",
        "车牌⟦川A 8B{three}⟧",
    ),
    Entity.PASSPORT: (
        "护照号⟦E{eight}⟧",
        "护照⟦EB{seven}⟧",
        "护照号码是⟦g{spoken_eight}⟧",
        "passport number ⟦K{seven}⟧",
        "港澳通行证号码⟦C{eight}⟧",
        "我的护照是⟦ed{seven}⟧",
    ),
    Entity.CODE: (
        "验证码是⟦{six}⟧",
        "验证码⟦{four}⟧收到了",
        "短信验证码⟦{spoken_six}⟧",
        "⟦{six}⟧是您的验证码",
        "the verification code is ⟦{six}⟧",
        "动态码⟦{spaced_six}⟧",
    ),
    Entity.NUMBER: (
        "我的账号是⟦{nine}⟧",
        "卡号后四位⟦{four}⟧",
        "交易密码是⟦{six}⟧",
        "户号⟦{ten}⟧",
        "尾号⟦{spoken_four}⟧的卡",
    ),
    Entity.PHONE: (
        "座机⟦010-{eight_6}⟧",
        "打⟦0571-{eight_6}转8{three}⟧",
        "座机⟦零二一{spoken_eight_6}转分机幺零二⟧",
        "家里电话⟦{eight_6}⟧",
        "⟦+86 138 {four} {four}⟧",
        "⟦0086138{eight}⟧",
        "call me at ⟦(415) 555-{four}⟧",
        "⟦415-555-{four}⟧ is my cell",
        "手机⟦138xxxx{four}⟧",
        "电话是⟦138****{four}⟧",
    ),
    Entity.ADDRESS: (
        "送餐地址是朝阳区⟦幸福路12号⟧",
        "我住在⟦阳光花园小区三栋二单元501室⟧",
        "寄到海淀区⟦中关村大街27号院5号楼1201室⟧",
        "地址⟦和平路123号⟧",
        "地址是⟦幸福小区12号楼3单元102室⟧,谢谢",
        "我家在⟦翠苑新村6幢402室⟧",
        "上门地址⟦建国路八十八号⟧",
        "i live at ⟦42 north oak street⟧",
        "send it to ⟦1200 maple avenue, apt 5⟧ please",
    ),
    Entity.ID_CARD: (
        "my ssn is ⟦123-45-6789⟧",
        "social security number ⟦{spoken_ssn}⟧",
        "身份证号是⟦三十七零一零二一九六三年四月十五日⟧出生",
        "身份证⟦110101{six}{three}⟧",
        "身份证号是⟦33012319960512⟧",
    ),
    Entity.BANK_CARD: (
        "my card number is ⟦{visa}⟧",
        "card ⟦{visa_spoken}⟧ thanks",
        "收款账号⟦6222 0808 {four} 5678⟧",
        "卡号⟦62284804025{four}⟧",
    ),
}


def _others(invented: Invented) -> Iterator[Form]:
    for _ in range(2):
        for entity, patterns in _TYPED.items():
            for pattern in patterns:
                text = pattern.format(**fillings(invented))
                yield Form(entity=entity, way="as typed or said", turns=((CUSTOMER, text),))


def fillings(invented: Invented) -> dict[str, str]:
    """What the patterns' names stand for, anew with every call."""
    counts = {"three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
    filled = {name: invented.digits(count) for name, count in counts.items()}
    spoken = {
        f"spoken_{name}": spoken_digits(invented.digits(counts[name])) for name in ("four", "six", "eight")
    }
    visa = invented.bank_card(16)
    return {
        **filled,
        **spoken,
        "name": "zhangsan",
        "spoken": spoken_digits(invented.digits(5)),
        "spaced_six": " ".join(filled["six"]),
        "eight_6": "6" + filled["seven"],
        "spoken_eight_6": spoken_digits("6" + filled["seven"], "幺"),
        "spoken_ssn": english(invented.digits(9)),
        "visa": grouped(visa, " "),
        "visa_spoken": english(visa),
    }
