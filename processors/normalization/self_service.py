"""Steps of a self-service session as turns: what the menu offered, what the customer entered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from processors.redaction import PLACEHOLDERS, redact
from processors.transcript import DraftTurn
from schemas.records.completed import Step
from schemas.records.terms import Entity, InputMode, Role, TurnKind

_SPOKEN_OR_WRITTEN = (InputMode.SPEECH, InputMode.TEXT)
# Choices in a menu have one or two digits. Longer ones are numbers of a person or secrets.
_KEYED_NUMBER_DIGITS = 4


def step_turns(steps: Sequence[Step], zero_at: int) -> Iterator[DraftTurn]:
    """Per step a MENU turn of the machine, and an INPUT turn of the customer where something was entered.

    A dialogue in words is led by a BOT, a menu of keys by the SYSTEM. A step without times stands where
    the step before it ended.
    """
    last_at = zero_at
    for step in sorted(steps, key=lambda step: step.seq):
        entered_at = last_at if step.entered_at is None else step.entered_at
        left_at = max(entered_at, entered_at if step.left_at is None else step.left_at)
        last_at = left_at
        start_ms, end_ms = max(0, entered_at - zero_at), max(0, left_at - zero_at)
        menu = step.node_name or step.node_id
        yield DraftTurn(
            party=Role.BOT if step.input_mode in _SPOKEN_OR_WRITTEN else Role.SYSTEM,
            kind=TurnKind.MENU,
            start_ms=start_ms,
            end_ms=end_ms,
            text=menu,
        )
        entered = _entered(step, menu)
        if entered:
            confidence = 1.0 if step.intent_confidence is None else step.intent_confidence
            yield DraftTurn(
                party=Role.CUSTOMER,
                kind=TurnKind.INPUT,
                # Not before its menu, whose times may be one moment.
                start_ms=end_ms,
                end_ms=end_ms,
                text=entered,
                confidence=confidence if step.input_mode is InputMode.SPEECH else 1.0,
            )


def _entered(step: Step, menu: str) -> str:
    value = (step.input_value or "").strip()
    if sum(map(str.isdigit, value)) < _KEYED_NUMBER_DIGITS or step.input_mode in _SPOKEN_OR_WRITTEN:
        return value
    recognised = redact([menu, value])[1].spans
    return value if recognised else PLACEHOLDERS[Entity.NUMBER]
