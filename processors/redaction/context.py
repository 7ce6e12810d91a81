"""What the words around a number say it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from schemas.records.terms import Entity

_BEFORE = 40
_AFTER = 10
_TURNS_BACK = 3
_TURN_TAIL = 60


class Subject(Enum):
    """What is being talked about where a number stands."""

    ID_CARD = Entity.ID_CARD
    BANK_CARD = Entity.BANK_CARD
    PHONE = Entity.PHONE
    PASSPORT = Entity.PASSPORT
    CODE = Entity.CODE
    SECRET = "SECRET"  # noqa: S105 - a password or the last digits of a number, not one of ours
    NUMBER = Entity.NUMBER
    HARMLESS = "HARMLESS"

    @property
    def entity(self) -> Entity:
        """The kind of data that a number under this subject is masked as."""
        return self.value if isinstance(self.value, Entity) else Entity.NUMBER


_NO = r"(?:的)?(?:号码|编号|号|码)?"
WORDS = {
    Subject.HARMLESS: rf"(?:工号|订单|单号|运单|快递单|物流单|工单|流水|受理|取件码|取餐码|预约){_NO}"
    r"|(?:商品|货)(?:编号|号)|编号|邮编|邮政编码|(?:股票|基金|产品)代码|型号|批号"
    r"|(?:zip|post(?:al)?|area|country|error|promo|discount|product|voucher) ?code"
    r"|(?:开奖|中奖|彩票|特别|幸运|大乐透|双色球)号码|(?:车次|航班|座位|房间|排队)号"
    # A number of the centre's own. One that is a mobile or a landline by itself is masked all the same.
    r"|(?:客服|官方|投诉|咨询|招聘|总部的?)(?:客服)?(?:电话|热线)(?:号码?)?"
    # The number right behind is who serves: 客服3014为您服务.
    r"|(?:客服|坐席|座席|专员|话务员|接线员)[\s,:]?\Z"
    r"|(?:order|tracking|reference|ticket|invoice|extension|employee)(?: (?:number|no|id|code))?"
    r"|(?:case|agent|confirmation) (?:number|no|id|code)",
    Subject.SECRET: r"(?:后|末|尾)[四五六八4568]位|尾号|安全码"
    r"|(?<!修改)(?<!重置)(?<!忘记)(?<!忘了)密码(?!忘|错|不对|重置|找回)"
    r"|cvv2?|password|\bpin\b|last (?:four|4|six|6)|ending (?:in|with)",
    Subject.CODE: r"验证码|校验码|动态码|口令|短信码|确认码"
    r"|verification|passcode|\botp\b|one[- ]time|\bcode\b",
    Subject.ID_CARD: rf"(?:身份证|身分证|身份正|身份账|身份帐|证件|公民身份|居民身份|社保|医保){_NO}"
    r"|identity(?: card)?(?: number)?|\bid (?:card|number|no)|national id"
    r"|social security(?: number)?|\bsocial\b|\bssn\b",
    Subject.BANK_CARD: rf"(?:银行卡|信用卡|储蓄卡|借记卡|银行账户|银行账号|银行帐号|我的卡|张卡){_NO}"
    r"|卡(?:的)?号码?"
    r"|(?:credit|debit|bank|payment|my) card(?: number)?|card number|account number",
    Subject.PASSPORT: rf"(?:护照|通行证){_NO}|passport(?: number)?",
    Subject.PHONE: rf"(?:手机|电话|联系方式|座机|固话|热线|微信){_NO}"
    r"|(?:phone|mobile|telephone|cell|contact)(?: number)?|call (?:me|you|her|him)|reach (?:me|you)",
    Subject.NUMBER: r"号码|\bqq(?:号码?)?(?!邮箱|音乐)|账号|帐号|账户|帐户|户号|保单号|会员号|客户号"
    r"|(?:my|your|the) number|account",
}
"""What each subject is called, as regular expressions for text in matching form."""

_SUBJECTS = re.compile("|".join(f"(?P<{subject.name}>{words})" for subject, words in WORDS.items()))


def _subjects(text: str) -> list[Subject]:
    return [Subject[found.lastgroup] for found in _SUBJECTS.finditer(text) if found.lastgroup]


def subject_of(turns: Sequence[str], turn: int, start: int, end: int) -> Subject | None:
    """The subject of the number at ``[start, end)`` of ``turns[turn]``; ``turns`` in matching form.

    The nearest word decides: before the number in its turn, else after it, else at the end of the last
    turns, whoever spoke them. "Number" alone gives way to a more exact word further away.
    """
    vague: Subject | None = None
    before = _subjects(turns[turn][max(0, start - _BEFORE) : start])
    after = _subjects(turns[turn][end : end + _AFTER])
    earlier = [_subjects(text[-_TURN_TAIL:]) for text in turns[max(0, turn - _TURNS_BACK) : turn]]
    for nearest_first in (before[::-1], after, *(found[::-1] for found in reversed(earlier))):
        for subject in nearest_first:
            if subject is not Subject.NUMBER and not (vague and subject is Subject.HARMLESS):
                return subject
            vague = vague or Subject.NUMBER
    return vague
