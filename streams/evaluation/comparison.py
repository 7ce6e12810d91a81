"""One call held against its true turns: errors by party and turn, and by how much times differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from processors.language.units import counts_characters, spoken_units
from processors.transcription import Listened
from processors.transcription.activity import join_gaps
from processors.transcription.engine import Span
from processors.transcription.turns import PlacedWord, SpokenTurn
from schemas.records.terms import Role
from streams.evaluation.accuracy import Accuracy, accuracy_of
from streams.evaluation.alignment import Edit, Step, align
from streams.evaluation.manifest import ReferenceTurn
from streams.evaluation.normaliser import characters, words


class TurnAccuracy(Struct, frozen=True, kw_only=True):
    """Errors in one true turn; ``units_per_minute`` is how fast it was spoken, where its times are known."""

    role: Role
    characters: Accuracy
    units_per_minute: float | None


class PartyComparison(Struct, frozen=True, kw_only=True):
    """Errors of one party. ``words`` is None for a language that writes no spaces."""

    role: Role
    characters: Accuracy
    words: Accuracy | None
    turns: tuple[TurnAccuracy, ...]
    word_errors_ms: tuple[int, ...] = ()
    border_errors_ms: tuple[int, ...] = ()


def compare(truth: Sequence[ReferenceTurn], listened: Listened) -> tuple[PartyComparison, ...]:
    """Each party that should have been heard or was heard. Where parties are mixed, all of it together."""
    mixed = any(party.party is Role.MIXED for party in listened.parties)
    roles = {turn.role for turn in truth} | {turn.party for turn in listened.turns}
    groups = [(Role.MIXED, None)] if mixed else [(role, role) for role in sorted(roles)]
    return tuple(
        _compared(
            named,
            [turn for turn in truth if role is None or turn.role is role],
            [turn for turn in listened.turns if role is None or turn.party is role],
            listened,
        )
        for named, role in groups
    )


def _compared(
    role: Role, truth: Sequence[ReferenceTurn], heard: Sequence[SpokenTurn], listened: Listened
) -> PartyComparison:
    han = counts_characters(listened.language)
    said = [(n, unit) for n, turn in enumerate(truth) for unit in characters(turn.text, han=han)]
    found = [unit for turn in heard for unit in characters(turn.text, han=han)]
    steps = align([unit for _, unit in said], found)
    spaced = None
    if not han:
        spoken, written = ([word for turn in turns for word in words(turn.text)] for turns in (truth, heard))
        spaced = accuracy_of(step.edit for step in align(spoken, written))
    return PartyComparison(
        role=role,
        characters=accuracy_of(step.edit for step in steps),
        words=spaced,
        turns=tuple(_by_turn(truth, [n for n, _ in said], steps, listened.language)),
        word_errors_ms=tuple(_word_errors(truth, heard, han)),
        border_errors_ms=tuple(_border_errors(role, truth, listened)),
    )


def _by_turn(
    truth: Sequence[ReferenceTurn], turn_of: Sequence[int], steps: Sequence[Step], language: str
) -> Iterator[TurnAccuracy]:
    """What was inserted belongs to the turn before whose next unit it stands."""
    edits: list[list[Edit]] = [[] for _ in truth]
    for step in steps:
        if turn_of:
            edits[turn_of[min(step.truth, len(turn_of) - 1)]].append(step.edit)
    for turn, own in zip(truth, edits, strict=True):
        yield TurnAccuracy(
            role=turn.role, characters=accuracy_of(own), units_per_minute=_speed(turn, language)
        )


def _speed(turn: ReferenceTurn, language: str) -> float | None:
    length_ms = turn.length_ms
    return spoken_units(turn.text, language) * 60_000 / length_ms if length_ms else None


def _word_errors(truth: Sequence[ReferenceTurn], heard: Sequence[SpokenTurn], han: bool) -> Iterator[int]:
    """How far the first and last words of true turns lie from where the turns begin and end.

    Only words whose outer character was heard right count; no truth is known for words inside a turn.
    """
    said = [(turn, unit) for turn in truth for unit in characters(turn.text, han=han)]
    found = [(word, unit) for word, text in _words(heard) for unit in characters(text, han=han)]
    right = {
        step.truth: found[step.heard][0]
        for step in align([unit for _, unit in said], [unit for _, unit in found])
        if step.edit is Edit.SAME
    }
    for n, (turn, _) in enumerate(said):
        word = right.get(n)
        if word is None or turn.start_ms is None or turn.end_ms is None:
            continue
        if n == 0 or said[n - 1][0] is not turn:
            yield abs(word.start_ms - turn.start_ms)
        if n + 1 == len(said) or said[n + 1][0] is not turn:
            yield abs(word.end_ms - turn.end_ms)


def _words(heard: Sequence[SpokenTurn]) -> Iterator[tuple[PlacedWord, str]]:
    for turn in heard:
        for word in turn.words:
            yield word, turn.text[word.start : word.end]


def _border_errors(role: Role, truth: Sequence[ReferenceTurn], listened: Listened) -> Iterator[int]:
    """How far the borders of true speech lie from the nearest border that voice activity found."""
    found = [span for party in listened.parties if party.party is role for span in party.speech]
    spoken = join_gaps(
        sorted(
            Span(turn.start_ms, turn.end_ms)
            for turn in truth
            if turn.start_ms is not None and turn.end_ms is not None
        )
    )
    for span in spoken if found else ():
        yield min(abs(span.start_ms - other.start_ms) for other in found)
        yield min(abs(span.end_ms - other.end_ms) for other in found)
