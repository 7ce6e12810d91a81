"""Where words count: whose turns, which part of the conversation, as whole words, with exceptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from processors.classification.expressions import Expression
from processors.classification.kleene import FALSE, Truth, Value, unknown
from processors.classification.matcher import Occurrence
from processors.classification.operators.around import Around, NotNear
from processors.classification.operators.within import Within
from processors.classification.view import View
from schemas.records.classified import Evidence
from schemas.records.terms import Doubt, Role


class Regard(StrEnum):
    """What becomes of words that are quoted (您说我骂您滚) or negated (我们不能保证收益)."""

    COUNTS = "counts"
    SKIP = "skip"
    DOUBT = "doubt"


class Hit(Struct, frozen=True):
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
    around: Around | None = None
    not_near: NotNear | None = None
    quoted: Regard = Regard.COUNTS
    negated: Regard = Regard.COUNTS
    barred: tuple[Expression, ...] = ()

    def turns(self, view: View) -> list[int]:
        """Turns that are searched."""
        return self.within.cut(view.turns_of(self.by, self.automatic))

    def searched(self, view: View) -> tuple[Evidence, ...]:
        """The turns in the part that was searched; nothing where all turns were."""
        if self.within.whole:
            return ()
        turns = view.conversation.turns
        return tuple(
            view.quote(f"{self.operator}.absent", turn, 0, len(view.conversation.matching_text(turn)))
            for turn in self.turns(view)
            if self.within.holds(view, turns[turn].start_ms)
        )

    def admit(self, view: View, phrase: int, occurrences: Iterable[Occurrence]) -> list[Hit]:
        """Hits among the occurrences of a phrase: inside the searched turns and under no exception."""
        searched = self._searched(view)
        return [
            hit
            for occurrence in occurrences
            if occurrence.turn in searched and self._stands(view, occurrence)
            for hit in self._hit(view, phrase, occurrence)
        ]

    def _searched(self, view: View) -> frozenset[int]:
        if self.within.by_number:
            return frozenset(self.turns(view))
        return view.turn_set(self.by, self.automatic)

    def _stands(self, view: View, at: Occurrence) -> bool:
        conversation = view.conversation
        if self.words and at.reading is None and not conversation.whole_words(at):
            return False
        if self.exceptions and self._excepted(conversation.occurrences, at):
            return False
        if self.not_near and self.not_near.excuses(view, at):
            return False
        if self.barred and self._barred(conversation.matching_text(at.turn), at):
            return False
        if Regard.SKIP is self._regard(view, at):
            return False
        found = conversation.occurrences
        return not self.unless or not any(
            other.turn == at.turn for phrase in self.unless for other in found.get(phrase, ())
        )

    def _excepted(self, found: Mapping[int, Sequence[Occurrence]], at: Occurrence) -> bool:
        return any(
            other.turn == at.turn and other.start < at.end and other.end > at.start
            for phrase in self.exceptions
            for other in found.get(phrase, ())
        )

    def _barred(self, text: str, at: Occurrence) -> bool:
        return any(
            start < at.end and end > at.start for words in self.barred for start, end in words.spans(text)
        )

    def _regard(self, view: View, at: Occurrence) -> Regard:
        if self.quoted is Regard.COUNTS and self.negated is Regard.COUNTS:
            return Regard.COUNTS
        conversation = view.conversation
        asked = ((self.quoted, conversation.quoted), (self.negated, conversation.negated))
        given = {regard for regard, holds in asked if regard is not Regard.COUNTS and holds(at)}
        return Regard.SKIP if Regard.SKIP in given else Regard.DOUBT if given else Regard.COUNTS

    def _hit(self, view: View, phrase: int, at: Occurrence) -> list[Hit]:
        evidence = view.quote(self.operator, at.turn, at.start, at.end, at.reading)
        if not self.within.holds(view, evidence.start_ms):
            return []
        anchored = self.around.doubt(view, evidence) if self.around else Doubt.NONE
        if anchored is None:
            return []
        doubt = self._doubt(view, at)
        return [Hit(phrase, at.turn, anchored if doubt is Doubt.NONE else doubt, evidence)]

    def _doubt(self, view: View, at: Occurrence) -> Doubt:
        if self.ambiguous or self._regard(view, at) is Regard.DOUBT:
            return Doubt.AMBIGUOUS
        if at.reading is not None:
            return Doubt.SOUND_ALIKE
        speaker = view.speaker_doubt(at.turn, self.by)
        if speaker is not Doubt.NONE:
            return speaker
        if view.unsure_of_words:
            probability = view.conversation.spoken(at.turn, at.start, at.end).probability
            if probability < view.thresholds.word_probability:
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


def _places(hits: Sequence[Hit]) -> tuple[Evidence, ...]:
    if len(hits) == 1:
        return (hits[0].evidence,)
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
