"""Operator ``reply``: how long the customer waited for an answer (metrics 3.10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import Value, at_least
from processors.classification.operators.comparison import Comparison, parse_comparison
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from schemas.records.classified import Evidence
from schemas.records.terms import Role


@dataclass(frozen=True)
class Wait:
    """From the first unanswered message to the answer; ``answer`` is -1 where none came."""

    answer: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Reply(Condition):
    """The first wait, or any, compares as asked. Automatic messages answer nothing."""

    waited: Comparison
    first: bool
    operator: str

    @property
    def cost(self) -> Cost:
        """Looking at turns."""
        return Cost.TURNS

    def evaluate(self, view: View) -> Value:
        """Each such wait is evidence with its length in ms."""
        waits = list(_waits(view))[: 1 if self.first else None]
        return at_least(1, [self._judge(wait) for wait in waits]) if waits else at_least(1, ())

    def _judge(self, wait: Wait) -> Value:
        evidence = Evidence(
            operator=self.operator,
            turn=wait.answer,
            start_ms=wait.start_ms,
            end_ms=wait.end_ms,
            party=Role.AGENT,
            unit="ms",
        )
        return self.waited.judge(wait.end_ms - wait.start_ms, evidence)


def _waits(view: View) -> Iterator[Wait]:
    """Waits of the customer for this leg's agent; time before the agent joined is the queue's, not theirs."""
    header, turns = view.conversation.header, view.conversation.turns
    leg = view.leg if view.leg is not None else -1
    joined = header.agents[leg].joined_at if 0 <= leg < len(header.agents) else None
    entered_ms = max(joined - header.started_at, 0) if joined is not None else 0
    asked_ms: int | None = None
    answered = False
    for index, turn in enumerate(turns):
        if turn.automatic or turn.recalled:
            continue
        if turn.party is Role.CUSTOMER and (view.covers(index) or view.conversation.leg_of[index] < 0):
            asked_ms = max(turn.start_ms, entered_ms) if asked_ms is None else asked_ms
        elif turn.party is Role.AGENT and view.covers(index):
            answered = True
            if asked_ms is not None and turn.start_ms >= asked_ms:
                yield Wait(index, asked_ms, turn.start_ms)
            asked_ms = None
    if asked_ms is not None and not answered and 0 <= leg < len(header.agents):
        left = header.agents[leg].left_at
        ended_ms = (left if left is not None else header.ended_at) - header.started_at
        yield Wait(-1, asked_ms, max(ended_ms, asked_ms))


def parse_reply(cursor: Cursor, _: Grammar) -> Condition:
    """``reply: {above: 60000, which: first | any, band: 0.05}`` in ms."""
    body = cursor.mapping(("reply",)).child("reply")
    which = body.get("which")
    if which and which.value not in ("first", "any"):
        which.fail("write 'first' or 'any'")
    return Reply(
        waited=parse_comparison(body, ("which",), band=0.05),
        first=which is None or which.value == "first",
        operator=f"{cursor.where}.reply",
    )
