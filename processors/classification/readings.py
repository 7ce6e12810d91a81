"""Phrases that stand in a conversation only if misheard words are read as the record says they may be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from processors.classification.matcher import Occurrence, PhraseIndex
from schemas.records.transcribed import Reading


class _Piece(NamedTuple):
    """``[start, end)`` of the text as read stands for ``[heard_start, heard_end)`` of the text as heard."""

    start: int
    end: int
    heard_start: int
    heard_end: int


def by_reading(
    index: PhraseIndex, wanted: Collection[int], texts: Sequence[str], readings: Iterable[Reading]
) -> Mapping[int, list[Occurrence]]:
    """Where a wanted phrase touches a reading, in the coordinates of the matching texts ``texts``."""
    of_turn: dict[int, list[Reading]] = defaultdict(list)
    for reading in readings:
        of_turn[reading.turn].append(reading)
    found: dict[int, list[Occurrence]] = defaultdict(list)
    for turn, own in of_turn.items():
        text, pieces = _read(texts[turn], own)
        for phrase, places in index.find([text]).items() if pieces else ():
            if phrase in wanted:
                found[phrase] += _as_heard(turn, places, pieces, index.phrases[phrase])
    return found


def _read(heard: str, readings: Iterable[Reading]) -> tuple[str, list[_Piece]]:
    read, pieces, last = "", [], 0
    for reading in readings:
        at = heard.find(reading.heard, last)
        if at < 0:
            continue
        read += heard[last:at]
        last = at + len(reading.heard)
        pieces.append(_Piece(len(read), len(read) + len(reading.phrase), at, last))
        read += reading.phrase
    return read + heard[last:], pieces


def _as_heard(
    turn: int, places: Iterable[Occurrence], pieces: Sequence[_Piece], phrase: str
) -> Iterator[Occurrence]:
    for place in places:
        touched = [piece for piece in pieces if piece.start < place.end and place.start < piece.end]
        if touched:
            start = _origin(place.start, pieces, after=False)
            yield Occurrence(turn, start, _origin(place.end, pieces, after=True), phrase)


def _origin(at: int, pieces: Sequence[_Piece], *, after: bool) -> int:
    """Where a border of the text as read lies in the text as heard; inside a piece, at the piece's border."""
    shift = 0
    for piece in pieces:
        inside = piece.start < at < piece.end
        if inside:
            return piece.heard_end if after else piece.heard_start
        if piece.end <= at:
            shift = piece.heard_end - piece.end
    return at + shift
