"""Operator ``self_service``: how the menu, bot or form part of the interaction went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import FALSE, Truth, Value, all_of
from processors.classification.source import Cursor
from processors.classification.view import Condition, View
from processors.language.script import normalise
from schemas.records.classified import Evidence
from schemas.records.completed import SelfService, Step
from schemas.records.terms import Role, SelfServiceOutcome, StepResult

KEYS = ("outcome", "result", "times", "attempts", "visits", "mentions")


@dataclass(frozen=True)
class SelfServicePart:
    """Every stated part must hold; a part that is not stated is not asked.

    ``outcomes``: how the session ended. ``results``: at least ``times`` steps ended so. ``attempts``: a
    step took at least so many. ``visits``: one node was entered at least so often. ``mentions``: a task,
    node or intent name holds one of the words.
    """

    outcomes: tuple[SelfServiceOutcome, ...]
    results: tuple[StepResult, ...]
    times: int
    attempts: int
    visits: int
    mentions: tuple[str, ...]
    operator: str

    def evaluate(self, view: View) -> Value:
        """The deciding steps are evidence; false where the event has no self-service part."""
        session = view.conversation.header.self_service
        if session is None:
            return FALSE
        asked = (
            (bool(self.outcomes), self._outcome),
            (bool(self.results), self._results),
            (self.attempts > 0, self._attempts),
            (self.visits > 0, self._visits),
            (bool(self.mentions), self._mentions),
        )
        return all_of([judge(view, session) for stated, judge in asked if stated])

    def _outcome(self, view: View, session: SelfService) -> Value:
        if session.outcome not in self.outcomes:
            return FALSE
        end_ms = max((_end_ms(view, step) for step in session.steps), default=0)
        place = Evidence(
            operator=f"{self.operator}.outcome={session.outcome.value}", start_ms=end_ms, end_ms=end_ms
        )
        return Value(Truth.TRUE, (place,))

    def _results(self, view: View, session: SelfService) -> Value:
        failed = [step for step in session.steps if step.result in self.results]
        return _steps(view, self.operator, failed) if len(failed) >= self.times else FALSE

    def _attempts(self, view: View, session: SelfService) -> Value:
        tried = [step for step in session.steps if step.attempts >= self.attempts]
        return _steps(view, self.operator, tried, lambda step: step.attempts, self.attempts)

    def _visits(self, view: View, session: SelfService) -> Value:
        visits = Counter(step.node_id for step in session.steps)
        often = [step for step in session.steps if visits[step.node_id] >= self.visits]
        return _steps(view, self.operator, often, lambda step: visits[step.node_id], self.visits)

    def _mentions(self, view: View, session: SelfService) -> Value:
        names = [session.task, session.flow_id, *(s.node_name for s in session.steps)]
        names += [step.intent for step in session.steps]
        written = [normalise(name).text for name in names if name]
        if any(word in name for word in self.mentions for name in written):
            return Value(Truth.TRUE, (Evidence(operator=f"{self.operator}.mentions", start_ms=0, end_ms=0),))
        return FALSE


def _steps(
    view: View,
    operator: str,
    steps: list[Step],
    count: Callable[[Step], int] | None = None,
    threshold: int | None = None,
) -> Value:
    places = tuple(
        Evidence(
            operator=f"{operator}.node={step.node_id}:{step.result.value}",
            start_ms=_offset(view, step.entered_at),
            end_ms=_end_ms(view, step),
            party=Role.CUSTOMER,
            value=float(count(step)) if count else None,
            threshold=float(threshold) if threshold is not None else None,
            unit="count" if count else None,
        )
        for step in steps
    )
    return Value(Truth.TRUE, places) if places else FALSE


def _offset(view: View, at: int | None) -> int:
    return max(at - view.conversation.header.started_at, 0) if at is not None else 0


def _end_ms(view: View, step: Step) -> int:
    return _offset(view, step.left_at if step.left_at is not None else step.entered_at)


def parse_self_service(cursor: Cursor, _: Grammar) -> Condition:
    """``self_service: {outcome: .., result: [..], times: 2, attempts: 3, visits: 3, mentions: [..]}``."""
    body = cursor.mapping(("self_service",)).child("self_service").mapping(KEYS)
    if not any(body.has(key) for key in KEYS if key != "times"):
        body.fail("say what to look for: outcome, result, attempts, visits or mentions")

    def whole(key: str, default: int) -> int:
        found = body.get(key)
        return found.whole(1) if found else default

    outcome, result, mentions = body.get("outcome"), body.get("result"), body.get("mentions")
    return SelfServicePart(
        outcomes=outcome.choices(SelfServiceOutcome) if outcome else (),
        results=result.choices(StepResult) if result else (),
        times=whole("times", 1),
        attempts=whole("attempts", 0),
        visits=whole("visits", 0),
        mentions=tuple(normalise(word).text for word in mentions.texts()) if mentions else (),
        operator=f"{cursor.where}.self_service",
    )
