"""Where words count: whose turns, which part of the conversation, as whole words, with exceptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from processors.classification.kleene import FALSE, Truth, Value, unknown
from processors.classification.matcher import Occurrence
from processors.classification.source import Cursor
from processors.classification.view import View
from schemas.records.classified import Evidence
from schemas.records.terms import Doubt, Role

WITHIN_KEYS = ("first_turns", "last_turns", "first_ms", "last_ms")


@dataclass(frozen=True)
class Within:
    """Part of the conversation: first or last turns of the parties, or milliseconds by word times."""

    first_turns: int | None = None
    last_turns: int | None = None
    first_ms: int | None = None
    last_ms: int | None = None

    def cut(self, turns: list[int]) -> list[int]:
        """The turns that are inside by number."""
        if self.first_turns is not None:
            turns = turns[: self.first_turns]
        return turns[-self.last_turns :] if self.last_turns is not None else turns

    def holds(self, view: View, start_ms: int) -> bool:
        """Whether words said at ``start_ms`` are inside by time."""
        turns = view.conversation.turns
        begin = turns[0].start_ms if turns else 0
        if self.first_ms is not None and start_ms >= begin + self.first_ms:
            return False
        return self.last_ms is None or start_ms >= view.conversation.end_ms - self.last_ms


@dataclass(frozen=True)
class Hit:
    """A counted occurrence with its evidence, doubtful or not."""

    phrase: int
    turn: int
    doubt: Doubt
    evidence: Evidence


@dataclass(frozen=True)
class Scope:
    """The options that every operator on words takes."""

    operator: str
    by: tuple[Role, ...] = ()
    within: Within = Within()
    words: bool = False
    automatic: bool = False
    ambiguous: bool = False
    exceptions: tuple[int, ...] = ()
    unless: tuple[int, ...] = ()

    def turns(self, view: View) -> list[int]:
        """Turns that are searched."""
        return self.within.cut(view.turns_of(self.by, self.automatic))

    def searched(self, view: View) -> tuple[Evidence, ...]:
        """The first or last turns that were searched; nothing where all turns were."""
        if self.within.first_turns is None and self.within.last_turns is None:
            return ()
        return tuple(
            view.quote(f"{self.operator}.absent", turn, 0, len(view.conversation.matching_text(turn)))
            for turn in self.turns(view)
        )

    def admit(self, view: View, phrase: int, occurrences: Iterable[Occurrence]) -> list[Hit]:
        """Hits among the occurrences of a phrase: inside the searched turns and under no exception."""
        searched = frozenset(self.turns(view))
        return [
            hit
            for occurrence in occurrences
            if occurrence.turn in searched and self._stands(view, occurrence)
            for hit in self._hit(view, phrase, occurrence)
        ]

    def _stands(self, view: View, at: Occurrence) -> bool:
        conversation = view.conversation
        if self.words and at.reading is None and not conversation.whole_words(at):
            return False
        found = conversation.occurrences
        excepted = any(
            other.turn == at.turn and other.start < at.end and other.end > at.start
            for phrase in self.exceptions
            for other in found.get(phrase, ())
        )
        return not excepted and not any(
            other.turn == at.turn for phrase in self.unless for other in found.get(phrase, ())
        )

    def _hit(self, view: View, phrase: int, at: Occurrence) -> list[Hit]:
        evidence = view.quote(self.operator, at.turn, at.start, at.end, at.reading)
        if not self.within.holds(view, evidence.start_ms):
            return []
        return [Hit(phrase, at.turn, self._doubt(view, at), evidence)]

    def _doubt(self, view: View, at: Occurrence) -> Doubt:
        if self.ambiguous:
            return Doubt.AMBIGUOUS
        if at.reading is not None:
            return Doubt.SOUND_ALIKE
        speaker = view.speaker_doubt(at.turn, self.by)
        if speaker is not Doubt.NONE:
            return speaker
        probability = view.conversation.spoken(at.turn, at.start, at.end).probability
        if view.unsure_of_words and probability < view.thresholds.word_probability:
            return Doubt.LOW_CONFIDENCE
        return Doubt.NONE

    def decide(self, view: View, hits: Sequence[Hit], enough: Callable[[Sequence[Hit]], bool]) -> Value:
        """Truth of *enough hits*: doubtful ones leave it open, or suffice where doubt counts as said."""
        sure = [hit for hit in hits if hit.doubt is Doubt.NONE]
        if enough(sure):
            return Value(Truth.TRUE, _places(sure))
        if enough(hits):
            if view.lenient:
                return Value(Truth.TRUE, _places(hits))
            doubtful = next(hit.doubt for hit in hits if hit.doubt is not Doubt.NONE)
            return unknown(doubtful, _places(hits))
        return unknown(Doubt.UNHEARD) if view.lenient and self._unheard(view) else FALSE

    def _unheard(self, view: View) -> bool:
        threshold = view.thresholds.turn_confidence
        parties = self.by or (Role.AGENT, Role.CUSTOMER)
        return any(view.conversation.unheard(party, view.leg, threshold) for party in parties)


def parse_within(cursor: Cursor | None) -> Within:
    """``within: {first_turns: 3}`` and its like."""
    if cursor is None:
        return Within()
    cursor.mapping(WITHIN_KEYS)
    return Within(**{key: value.whole(1) for key, value in cursor.entries()})


def _places(hits: Sequence[Hit]) -> tuple[Evidence, ...]:
    ordered = sorted(hits, key=lambda hit: (hit.turn, hit.evidence.start, hit.evidence.end))
    kept: list[Evidence] = []
    for hit in ordered:
        # Of overlapping hits the reader needs one place, the longest.
        last = kept[-1] if kept else None
        if last is None or last.turn != hit.turn or last.end <= hit.evidence.start:
            kept.append(hit.evidence)
        elif hit.evidence.end - hit.evidence.start > last.end - last.start:
            kept[-1] = hit.evidence
    return tuple(kept)
