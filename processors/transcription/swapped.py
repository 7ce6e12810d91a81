"""Whether the channels of agent and customer were declared the wrong way round.

Each side is searched for phrases that belong to one role: an agent opens, offers, asks to wait, apologises
for the company and thanks for the call; a customer complains about the company and asks it for something. A
kind of phrase counts once a side. The score is the evidence on each side that speaks for the other role,
less the evidence for the declared one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from processors.language.script import normalise
from processors.transcription.turns import SpokenTurn
from schemas.records.terms import Role

SWAPPED_FROM = 2
"""Least score of a swap. Of 2,061 calls and dialogues declared rightly none exceeded 1 (demo calls as heard,
written service and fraud dialogues); declared wrongly, 11 of the 16 demo calls, 76 % of the service dialogues
and 59 % of the fraud dialogues reached 2."""

_AGENT = tuple(
    re.compile(pattern)
    for pattern in (
        r"为您服务|位您服务|我是您的(专属)?(客服|顾问|客户经理)|这里是.{0,10}(客服|客户服务|服务中心)",
        r"欢迎(致电|拨打|来电|使用)|感谢您?的?(来电|致电|接听)|客户服务中心",
        r"工号是?[\d零一二三四五六七八九幺]",
        r"请问有什么(可以|能)(帮|为)|有什么(可以|能)(帮到?|为)您|(还有|还需要)(其他|什么|别的).{0,8}(帮|吗)",
        r"请您?(稍等|稍候|提供|留意|放心|耐心等)|(帮|为|给|替)您(查|办|核实|登记|处理|申请|转接|升级|安排|添加|取消|预订|开通)",
        r"祝您|对我的服务.{0,4}评价|抱歉给您|给您带来不便|感谢您的(耐心|理解|支持|建议|配合)",
        r"(已经?|这边)(为|帮|给)您|您的(订单|套餐|包裹|预约|预订|意见|地址|账户).{0,12}(已|是|为|需要)|请问您的",
        r"\bhow (can|may) i (help|assist)\b|\bthank you for calling\b",
        r"\banything else i can (help|do)\b|\bhave a (nice|great|good) (day|one)\b|\bi apologi[sz]e for\b",
        r"\bmay i have your\b|\blet me (check|look|pull)\b|\bfor (security|verification) purposes\b",
    )
)
_CUSTOMER = tuple(
    re.compile(pattern)
    for pattern in (
        r"我要(投诉|退|找你们|换|销户|曝光|取消)|我?(想|要)(咨询|办理|查询|问一下|预订|预约|订|点|退|换|改)",
        r"你们(的|什么|怎么|为什么|公司|是不是|这|互相|到底|客服)",
        r"我的(话费|流量|账单|账号|快递|包裹|订单|宽带|手机|号码|卡|钱)|我家的?宽带|我(这个|上个)月",
        r"(能不能|可以|麻烦).{0,2}帮我|帮我(查|看|办|问|改|取消|点|订)|你帮我",
        r"(退|还)我的?钱|扣(了)?我|多扣|我没有(订|办|用)",
        r"\bi('d| would) like to (order|return|cancel|book|ask|know)\b|\bi('m| am) calling (about|because)\b",
        r"\bcan you (help|tell) me\b|\bmy (bill|account|order|card|phone)\b.{0,30}\b(not|n't|wrong|never)\b",
    )
)


def swap_score(turns: Sequence[SpokenTurn]) -> int:
    """How much speaks for a swap; below 0 the declared roles fit.

    0 where one of the two says nothing.
    """
    agent, customer = (_said(turns, role) for role in (Role.AGENT, Role.CUSTOMER))
    if not agent or not customer:
        return 0
    return _lean(customer) - _lean(agent)


def is_swapped(turns: Sequence[SpokenTurn]) -> bool:
    """Whether the channels are so likely swapped that nobody may be blamed for what was said on them.

    The customer's channel must hold a phrase of an agent: complaints alone are heard from anybody.
    """
    speaks_as_agent = _kinds(_AGENT, _said(turns, Role.CUSTOMER)) > 0
    return speaks_as_agent and swap_score(turns) >= SWAPPED_FROM


def _said(turns: Sequence[SpokenTurn], role: Role) -> str:
    return normalise("\n".join(turn.text for turn in turns if turn.party is role)).text


def _lean(text: str) -> int:
    """Kinds of an agent's phrases less kinds of a customer's."""
    return _kinds(_AGENT, text) - _kinds(_CUSTOMER, text)


def _kinds(patterns: Sequence[re.Pattern[str]], text: str) -> int:
    return sum(pattern.search(text) is not None for pattern in patterns)
