"""Operator ``entity``: personal data that redaction replaced by placeholders."""

from __future__ import annotations

from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import FALSE, Truth, Value
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from schemas.records.classified import Evidence
from schemas.records.terms import Entity, Role


@dataclass(frozen=True)
class HasEntity(Condition):
    """The party said or wrote personal data of these kinds, now placeholders."""

    entities: tuple[Entity, ...]
    by: tuple[Role, ...]
    operator: str

    @property
    def cost(self) -> Cost:
        """Looking at placeholders."""
        return Cost.TURNS

    def evaluate(self, view: View) -> Value:
        """Each placeholder is evidence."""
        turns = frozenset(view.turns_of(self.by))
        places = []
        for found in view.conversation.transcript.redactions():
            if found.turn in turns and found.entity in self.entities:
                said = view.conversation.turns[found.turn]
                places.append(
                    Evidence(
                        operator=self.operator,
                        turn=found.turn,
                        start=found.start,
                        end=found.end,
                        start_ms=said.start_ms,
                        end_ms=said.end_ms,
                        party=said.party,
                        words=said.text[found.start : found.end],
                    )
                )
        return Value(Truth.TRUE, tuple(places)) if places else FALSE


def parse_entity(cursor: Cursor, grammar: Grammar) -> Condition:
    """``entity: [ID_CARD, PHONE]`` with ``by``."""
    cursor.mapping(("entity", "by"))
    return HasEntity(
        entities=cursor.child("entity").choices(Entity),
        by=grammar.parties(cursor),
        operator=f"{cursor.where}.entity",
    )
