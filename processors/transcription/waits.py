"""What an agent says before making the customer wait: the silence after it is no dead air (metrics 3.4).

The exception follows Huawei's silence scenario, which leaves the phrases to the centre; the 10 s within
which they excuse a silence are our own choice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from processors.language.script import normalise
from processors.transcription.turns import SpokenTurn
from schemas.records.terms import Role

ANNOUNCED_WITHIN_MS = 10_000
# The last word may run into the silence, since activity ends before the recogniser thinks a word does.
_OVERHANG_MS = 1_000
_CHINESE = (
    r"稍等|稍候|请您?稍后|请您?等|等一下|等一会|等我一下|等我看|我查一下|我看一下|[帮为给替]您(查|看|核实|确认|转接|登记)"
    r"|(查询|核实|确认|查看|处理)一下|(请|先|您)不要挂(机|断|电话)|别挂(机|断|电话)|保持(一下)?(通话|在线|线上)"
)
_ENGLISH = (
    r"\b(one|just a|a|bear with me a|give me a) (moment|second|minute|sec)\b|\bbear with me\b|\bhold on\b"
    r"|\bplease (hold|wait)\b|\bput you on (a )?(brief )?hold\b"
    r"|\blet me (just )?(check|see|look|pull|have a look)\b"
    r"|\bi('ll| will|'m| am) (just )?(check|look|pull)(ing)?\b|\bwhile i (check|look|pull)\b"
)
_WAIT = re.compile(f"{_CHINESE}|{_ENGLISH}")


def announcements_ms(turns: Sequence[SpokenTurn]) -> tuple[int, ...]:
    """When each request of an agent to wait ends, on the call's time line, in order."""
    return tuple(sorted(end_ms for turn in turns if turn.party is Role.AGENT for end_ms in _ends_ms(turn)))


def is_announced(silence_start_ms: int, announcements: Sequence[int]) -> bool:
    """Whether one of the announcements ends in the 10 s before a silence."""
    earliest, latest = silence_start_ms - ANNOUNCED_WITHIN_MS, silence_start_ms + _OVERHANG_MS
    return any(earliest <= end_ms <= latest for end_ms in announcements)


def _ends_ms(turn: SpokenTurn) -> list[int]:
    normalised = normalise(turn.text)
    ends = []
    for match in _WAIT.finditer(normalised.text):
        end = normalised.span(*match.span())[1]
        spoken = [word.end_ms for word in turn.words if word.start < end]
        ends.append(spoken[-1] if spoken else turn.end_ms)
    return ends
