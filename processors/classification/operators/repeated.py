"""Operator ``repeated``: a party says the same again, or nearly the same (metrics 3.9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from processors.classification.grammar import Grammar
from processors.classification.kleene import FALSE, Truth, Value
from processors.classification.similarity import likeness
from processors.classification.source import Cursor
from processors.classification.view import Condition, Cost, View
from schemas.records.classified import Evidence
from schemas.records.terms import Role, TurnKind

REPEATED_KEYS = ("times", "by", "least_characters", "similarity", "look_back", "except")


@dataclass(frozen=True)
class Repeated(Condition):
    """A party says the same thing ``times`` times, the first included.

    A turn repeats one of the ``look_back`` turns before it (None: any earlier one) whose text is at least
    ``similarity`` like it; 1 asks for the very same text. Menus, turns shorter than ``least_characters``
    and turns with one of the ``exceptions`` are skipped.
    """

    times: int
    least_characters: int
    similarity: float
    look_back: int | None
    exceptions: tuple[int, ...]
    by: tuple[Role, ...]
    operator: str

    @property
    def cost(self) -> Cost:
        """Comparing turns with turns."""
        return Cost.LIKENESS

    def evaluate(self, view: View) -> Value:
        """Every saying of what was repeated often enough is evidence."""
        places: list[Evidence] = []
        for chain in self._chains(view):
            if len(chain) >= self.times:
                places.extend(
                    view.quote(self.operator, turn, 0, len(view.conversation.matching_text(turn)))
                    for turn in chain
                )
        return Value(Truth.TRUE, tuple(places)) if places else FALSE

    def _chains(self, view: View) -> list[list[int]]:
        """Turns that say the same, in order; a repetition joins the chain of the latest turn it repeats."""
        chains: list[list[int]] = []
        chain_of: dict[int, list[int]] = {}
        seen: list[int] = []
        for turn in self._own(view):
            same = self._repeats(view, turn, seen[-self.look_back :] if self.look_back else seen)
            seen.append(turn)
            if same is None:
                chain_of[turn] = [turn]
                chains.append(chain_of[turn])
            else:
                chain_of[turn] = chain_of[same]
                chain_of[turn].append(turn)
        return chains

    def _own(self, view: View) -> Iterator[int]:
        excepted = {
            at.turn for phrase in self.exceptions for at in view.conversation.occurrences.get(phrase, ())
        }
        for turn in view.turns_of(self.by, automatic=True):
            written = view.conversation.turns[turn].kind in (TurnKind.SPEECH, TurnKind.MESSAGE)
            long_enough = len(view.conversation.matching_text(turn)) >= self.least_characters
            if written and long_enough and turn not in excepted:
                yield turn

    def _repeats(self, view: View, turn: int, before: Sequence[int]) -> int | None:
        """The latest of the turns before that says the same."""
        conversation = view.conversation
        said = conversation.matching_text(turn)
        if self.similarity >= 1:
            return next(
                (other for other in reversed(before) if conversation.matching_text(other) == said), None
            )
        own = conversation.pairs_of(turn)
        alike = (o for o in reversed(before) if likeness(conversation.pairs_of(o), own) >= self.similarity)
        return next(alike, None)


def parse_repeated(cursor: Cursor, grammar: Grammar) -> Condition:
    """``repeated: {times: 3, by: bot, similarity: 0.6, look_back: 2, least_characters: 4}``, ``except``."""
    body = cursor.mapping(("repeated",)).child("repeated").mapping(REPEATED_KEYS, ("times",))
    least, similarity, back = body.get("least_characters"), body.get("similarity"), body.get("look_back")
    alike = similarity.number() if similarity else 1.0
    if similarity and not 0.3 <= alike <= 1:
        similarity.fail("similarity lies between 0.3 (anything) and 1 (the same); 0.6 is usual")
    return Repeated(
        times=body.child("times").whole(2),
        least_characters=least.whole(1) if least else 4,
        similarity=alike,
        look_back=back.whole(1) if back else None,
        exceptions=grammar.phrases(body.get("except")),
        by=grammar.parties(body),
        operator=f"{cursor.where}.repeated",
    )
