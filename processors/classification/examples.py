"""Examples that a rule carries: small dialogues it must hit, must miss or must leave open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from processors.classification.source import Cursor
from schemas.records.terms import Role

_PARTIES = {
    "客服": Role.AGENT,
    "客户": Role.CUSTOMER,
    "机器人": Role.BOT,
    "系统": Role.SYSTEM,
    "agent": Role.AGENT,
    "customer": Role.CUSTOMER,
    "bot": Role.BOT,
    "system": Role.SYSTEM,
}
_LINE = re.compile(
    r"(?P<party>客服|客户|机器人|系统|agent|customer|bot|system)(?P<leg>\d?)(?:\((?P<notes>[^)]*)\))?[::]\s*(?P<text>.+)"
)
_PAUSE = re.compile(r"(?:停|gap )(\d+(?:\.\d+)?)(?:秒|s)")
_SPEED = re.compile(r"(\d+)(?:字/分|/min)")


class Expected(StrEnum):
    """What the rule must say of an example."""

    HIT = "hit"
    MISS = "miss"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class ExampleTurn:
    """A line of an example. ``pause_ms`` is the silence before it, ``overlaps``: it begins while the other
    party still speaks, ``raised``: in a raised voice, ``speed`` in units a minute, ``leg`` the agent's
    number from 0."""

    party: Role
    text: str
    leg: int = 0
    pause_ms: int = 500
    overlaps: bool = False
    speed: float = 240.0
    automatic: bool = False
    recalled: bool = False
    raised: bool = False


@dataclass(frozen=True)
class Example:
    """One dialogue with the facts of its contact and the verdict it proves."""

    expected: Expected
    turns: tuple[ExampleTurn, ...]
    contact: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0


def parse_examples(cursor: Cursor | None) -> tuple[Example, ...]:
    """``examples: {hit: [...], miss: [...], uncertain: [...]}``.

    A member is a dialogue, one turn a line (``客服(停6秒): 您好``; notes: 停N秒, N字/分, 插话, 高声, 自动,
    撤回, in English gap Ns, N/min, talks over, raised, automatic, recalled), or a mapping of ``dialogue``
    and ``contact``, the latter with fields of the interaction's header.
    """
    if cursor is None:
        return ()
    cursor.mapping([expected.value for expected in Expected])
    return tuple(
        _example(Expected(key), member) for key, group in cursor.entries() for member in group.items()
    )


def _example(expected: Expected, cursor: Cursor) -> Example:
    line = cursor.source.line(cursor.path)
    if isinstance(cursor.value, str):
        return Example(expected, tuple(_turns(cursor)), line=line)
    cursor.mapping(("dialogue", "contact"))
    dialogue, contact = cursor.get("dialogue"), cursor.get("contact")
    return Example(
        expected,
        tuple(_turns(dialogue)) if dialogue else (),
        dict(contact.value) if contact else {},
        line,
    )


def _turns(cursor: Cursor) -> Iterator[ExampleTurn]:
    for line in cursor.text().strip().splitlines():
        found = _LINE.fullmatch(line.strip())
        if found is None:
            cursor.fail(f"'{line.strip()}' is no turn; write '客服: ...' or '客户: ...'")
        notes = found["notes"] or ""
        pause, speed = _PAUSE.search(notes), _SPEED.search(notes)
        yield ExampleTurn(
            party=_PARTIES[found["party"]],
            text=found["text"],
            leg=int(found["leg"]) - 1 if found["leg"] else 0,
            pause_ms=int(float(pause[1]) * 1000) if pause else 500,
            overlaps="插话" in notes or "talks over" in notes,
            speed=float(speed[1]) if speed else 240.0,
            automatic="自动" in notes or "automatic" in notes,
            recalled="撤回" in notes or "recalled" in notes,
            raised="高声" in notes or "raised" in notes,
        )
