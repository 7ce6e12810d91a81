"""Operator ``self_service``: how the menu, bot or form part of the interaction went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import FALSE, Truth, Value, all_of
from processors.classification.source import Cursor
from processors.classification.view import Condition, View
from processors.language.script import normalise
from schemas.records.classified import Evidence
from schemas.records.completed import SelfService, Step
from schemas.records.terms import Channel, InputMode, Role, SelfServiceOutcome, StepResult

KEYS = ("outcome", "result", "times", "same_node", "attempts", "input", "node", "mentions")
FILTERS = ("result", "times", "same_node", "attempts", "input", "node")


@dataclass(frozen=True)
class StepFilter:
    """Steps that ended in one of ``results``, took at least ``attempts``, were answered by one of ``inputs``
    and whose node's id or name holds one of ``nodes``; whatever is empty is not asked."""

    results: tuple[StepResult, ...]
    attempts: int
    inputs: tuple[InputMode, ...]
    nodes: tuple[str, ...]

    def admits(self, step: Step) -> bool:
        """Whether the step passes."""
        name = normalise(f"{step.node_id} {step.node_name or ''}").text
        return (
            (not self.results or step.result in self.results)
            and step.attempts >= self.attempts
            and (not self.inputs or step.input_mode in self.inputs)
            and (not self.nodes or any(node in name for node in self.nodes))
        )


@dataclass(frozen=True)
class SelfServicePart(Condition):
    """Every stated part must hold; a part that is not stated is not asked.

    ``outcomes``: how the session ended. ``steps``: at least ``times`` steps pass the filter, all of them
    at one node where ``same_node`` says so. ``mentions``: the task, the flow or an intent holds a word.
    """

    outcomes: tuple[SelfServiceOutcome, ...]
    steps: StepFilter | None
    times: int
    same_node: bool
    mentions: tuple[str, ...]
    operator: str

    def evaluate(self, view: View) -> Value:
        """The deciding steps are evidence; false where the event has no self-service part."""
        session = view.conversation.header.self_service
        if session is None:
            return FALSE
        asked = (
            (bool(self.outcomes), self._outcome),
            (self.steps is not None, self._passed),
            (bool(self.mentions), self._mentioned),
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

    def _passed(self, view: View, session: SelfService) -> Value:
        assert self.steps is not None
        passed = [step for step in session.steps if self.steps.admits(step)]
        if self.same_node:
            visits = Counter(step.node_id for step in passed)
            passed = [step for step in passed if visits[step.node_id] >= self.times]
        if len(passed) < self.times:
            return FALSE
        return Value(Truth.TRUE, tuple(self._place(view, step) for step in passed))

    def _place(self, view: View, step: Step) -> Evidence:
        return Evidence(
            operator=f"{self.operator}.node={step.node_id}:{step.result.value}",
            start_ms=_offset(view, step.entered_at),
            end_ms=_end_ms(view, step),
            party=Role.CUSTOMER,
            value=float(step.attempts),
            unit="attempts",
        )

    def _mentioned(self, _: View, session: SelfService) -> Value:
        names = [session.task, session.flow_id, *(step.intent for step in session.steps)]
        written = [normalise(name).text for name in names if name]
        if any(word in name for word in self.mentions for name in written):
            return Value(Truth.TRUE, (Evidence(operator=f"{self.operator}.mentions", start_ms=0, end_ms=0),))
        return FALSE


def _offset(view: View, at: int | None) -> int:
    """Milliseconds on the transcript's clock: a recording begins with the answer, steps lie before it."""
    header = view.conversation.header
    answered = header.answered_at if header.channel is Channel.VOICE else None
    zero = answered if answered is not None else header.started_at
    return max(at - zero, 0) if at is not None else 0


def _end_ms(view: View, step: Step) -> int:
    return _offset(view, step.left_at if step.left_at is not None else step.entered_at)


def parse_self_service(cursor: Cursor, _: Grammar) -> Condition:
    """``self_service: {outcome: .., result: [..], times: 2, same_node: true, input: [..], node: [..]}``."""
    body = cursor.mapping(("self_service",)).child("self_service").mapping(KEYS)
    if not any(body.has(key) for key in KEYS):
        body.fail("say what to look for: outcome, result, attempts, input, node or mentions")

    def whole(key: str, default: int) -> int:
        found = body.get(key)
        return found.whole(1) if found else default

    outcome, result, inputs = body.get("outcome"), body.get("result"), body.get("input")
    same_node = body.get("same_node")
    steps = StepFilter(
        results=result.choices(StepResult) if result else (),
        attempts=whole("attempts", 0),
        inputs=inputs.choices(InputMode) if inputs else (),
        nodes=_words(body.get("node")),
    )
    return SelfServicePart(
        outcomes=outcome.choices(SelfServiceOutcome) if outcome else (),
        steps=steps if any(body.has(key) for key in FILTERS) else None,
        times=whole("times", 1),
        same_node=same_node.flag() if same_node else False,
        mentions=_words(body.get("mentions")),
        operator=f"{cursor.where}.self_service",
    )


def _words(cursor: Cursor | None) -> tuple[str, ...]:
    return tuple(normalise(word).text for word in cursor.texts()) if cursor else ()
