"""Personal numbers in what one party said or wrote, turn after turn.

First everything that is an identity number, a bank card or a telephone by itself; then what remains of
long strings of digits, by what was being talked about; then long strings that were read aloud digit by
digit, since amounts are not read so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from processors.language.numerals import HAN_DIGITS, Digit, digit_runs
from processors.redaction.checks import (
    has_id_checksum,
    is_issued_card,
    is_landline,
    is_mobile,
    is_service_number,
    kind_of,
)
from processors.redaction.context import Subject, subject_of
from processors.redaction.patterns import UNIT_AHEAD
from schemas.records.terms import Entity

_LONG = 7
_SHORTEST_EXACT = 9
_LONGEST_EXACT = 19
_CODE_LENGTHS = range(4, 9)
_SECRET_SHORTEST = 3
# Under one of these subjects a long number may be given in pieces with other words between.
_IN_PIECES = {Subject.ID_CARD, Subject.BANK_CARD, Subject.PASSPORT, Subject.PHONE}
_PIECE_SHORTEST = 4
_NEVER_PUBLIC = {Subject.ID_CARD, Subject.BANK_CARD, Subject.PASSPORT}
_SHORTEST_READ = 3
_CHECK_CHARACTER = re.compile(
    r"[\s,是杠-]{0,3}(?:(?:最后|末尾|末位|尾数|后面)(?:一位|一个)?(?:是|为)?)?(?:个|大写的?|字母)?\s?(x|×|叉|艾克斯|埃克斯|ex)(?![a-z])"
)
_CHECK_CHARACTER_AFTER = 13
_DECIMAL_POINT = re.compile(rf"[0-9{HAN_DIGITS}十百千万]点\Z")
# 010-66554433转8001: the extension is the desk of one person.
_EXTENSION = re.compile(
    rf"[\s,]{{0,2}}(?:转分机|分机号?|转|ext\.?|extension)[\s:是]{{0,2}}[0-9{HAN_DIGITS}]{{2,6}}(?![0-9{HAN_DIGITS}号])"
)
_LETTERS_AHEAD = re.compile(r"(?<![a-z])[a-z]{1,2}[\s,-]?\Z")


class PlacedDigit(Struct, frozen=True):
    """A digit and the turn it stands in; its offsets count in that turn."""

    turn: int
    digit: Digit


class Find(Struct, frozen=True):
    """A personal number, as ``(turn, start, end)`` for each turn that holds a part of it."""

    entity: Entity
    parts: tuple[tuple[int, int, int], ...]
    value: str


class _Piece(Struct, frozen=True):
    """Consecutive digits of a run, not yet known to be personal."""

    placed: tuple[PlacedDigit, ...]

    @property
    def value(self) -> str:
        return "".join(one.digit.value for one in self.placed)

    def segments(self) -> Iterator[_Piece]:
        """Stretches without filler or separator inside."""
        borders = [index for index in range(1, len(self.placed)) if _apart(self.placed, index)]
        for start, end in zip([0, *borders], [*borders, len(self.placed)], strict=True):
            yield _Piece(self.placed[start:end])

    def find(self, entity: Entity, ahead: int = 0) -> Find:
        parts = []
        for turn, group in groupby(self.placed, key=lambda one: one.turn):
            digits = [one.digit for one in group]
            parts.append((turn, digits[0].start, digits[-1].end))
        first_turn, start, end = parts[0]
        return Find(entity, ((first_turn, start - ahead, end), *parts[1:]), self.value)


def find_numbers(turns: Sequence[str], own: Sequence[int], conversation: Sequence[str]) -> list[Find]:
    """Personal numbers of one party.

    ``turns``: matching form of every turn, with what is already masked blanked. ``own``: indexes of the
    party's turns in order, so that a number split over them is one. ``conversation``: matching form of
    every turn with nothing blanked, for the words around a number.
    """
    finds: list[Find] = []
    rest: list[_Piece] = []
    for run in _runs(turns, own):
        exact, pieces = _by_itself(run)
        finds.extend(_with_extension(find, turns) for find in exact if not _harmless(find, conversation))
        rest.extend(pieces)
    rest = [piece for piece in rest if not _inside(piece, finds)]
    digits_in_turn: dict[int, int] = {}
    for piece in rest:
        turn = piece.placed[0].turn
        digits_in_turn[turn] = digits_in_turn.get(turn, 0) + len(piece.placed)
    for piece in rest:
        find = _by_subject(piece, conversation, digits_in_turn[piece.placed[0].turn])
        if find is not None:
            finds.append(find)
    return finds


def _with_extension(find: Find, turns: Sequence[str]) -> Find:
    turn, start, end = find.parts[-1]
    found = (
        _EXTENSION.match(turns[turn], end)
        if find.entity is Entity.PHONE and is_landline(find.value)
        else None
    )
    return Find(find.entity, (*find.parts[:-1], (turn, start, found.end())), find.value) if found else find


def _harmless(find: Find, conversation: Sequence[str]) -> bool:
    """Whether a number that is called an order or a parcel is a card or a landline by mere chance.

    One order number of ten has the check digit of a card.
    """
    if find.entity is Entity.ID_CARD or is_issued_card(find.value) or is_mobile(find.value):
        return False
    turn, start, end = find.parts[0]
    return subject_of(conversation, turn, start, end) is Subject.HARMLESS


def _inside(piece: _Piece, finds: Sequence[Find]) -> bool:
    first = piece.placed[0]
    return any(
        turn == first.turn and start <= first.digit.start < end
        for find in finds
        for turn, start, end in find.parts
    )


def _runs(turns: Sequence[str], own: Sequence[int]) -> Iterator[tuple[PlacedDigit, ...]]:
    joined = "\n".join(turns[index] for index in own)
    begins = []
    position = 0
    for index in own:
        begins.append((position, index))
        position += len(turns[index]) + 1
    which = 0
    for run in digit_runs(joined, shortest=_SHORTEST_READ):
        placed = []
        for digit in _with_check_character(joined, run.digits):
            while which + 1 < len(begins) and begins[which + 1][0] <= digit.start:
                which += 1
            begin, turn = begins[which]
            local = Digit(digit.value, digit.start - begin, digit.end - begin, digit.weak)
            placed.append(PlacedDigit(turn, local))
        yield tuple(placed)


def _with_check_character(text: str, digits: tuple[Digit, ...]) -> tuple[Digit, ...]:
    if len(digits) < _CHECK_CHARACTER_AFTER:
        return digits
    found = _CHECK_CHARACTER.match(text, digits[-1].end)
    return (*digits, Digit("X", found.start(1), found.end(1))) if found else digits


def _apart(placed: Sequence[PlacedDigit], index: int) -> bool:
    before, after = placed[index - 1], placed[index]
    return before.turn != after.turn or before.digit.end < after.digit.start


def _by_itself(run: tuple[PlacedDigit, ...]) -> tuple[list[Find], list[_Piece]]:
    """Exact numbers of a run from left to right, the highest kind first, and what is left between them."""
    value = "".join(one.digit.value for one in run)
    starts, ends = _starts(run), _ends(run)
    finds: list[Find] = []
    pieces: list[_Piece] = []
    last = start = 0
    while start < len(run):
        stop, entity = _best_at(value, start, ends) if starts[start] else (start, None)
        if entity is None:
            start += 1
            continue
        if start > last:
            pieces.append(_Piece(run[last:start]))
        finds.append(_Piece(run[start:stop]).find(entity))
        last = start = stop
    if last < len(run):
        pieces.append(_Piece(run[last:]))
    return finds, pieces


def _starts(run: Sequence[PlacedDigit]) -> list[bool]:
    """Where a number may begin: not behind another digit, unless that was a weak one at a beginning."""
    allowed = [True]
    for index in range(1, len(run)):
        allowed.append(_apart(run, index) or (run[index - 1].digit.weak and allowed[-1]))
    return allowed


def _ends(run: Sequence[PlacedDigit]) -> list[bool]:
    """Where a number may end, exclusive, by the same rule from behind."""
    allowed = [True]
    for index in range(len(run) - 1, -1, -1):
        allowed.append(index > 0 and (_apart(run, index) or (run[index].digit.weak and allowed[-1])))
    return allowed[::-1]


def _best_at(value: str, start: int, ends: Sequence[bool]) -> tuple[int, Entity | None]:
    """The exact number that begins at ``start``: a checked identity before the longest other one.

    A stretch of a bank card may resemble an old identity number, so length decides between those two;
    a telephone comes last.
    """
    best: tuple[int, int, int] | None = None
    kind: Entity | None = None
    for stop in range(start + _SHORTEST_EXACT, min(len(value), start + _LONGEST_EXACT) + 1):
        digits = value[start:stop]
        entity = kind_of(digits) if ends[stop] else None
        if entity is None:
            continue
        rank = 0 if has_id_checksum(digits) else 2 if entity is Entity.PHONE else 1
        if best is None or (rank, -stop) < best[:2]:
            best, kind = (rank, -stop, stop), entity
    return (best[2], kind) if best else (start, None)


def _by_subject(piece: _Piece, conversation: Sequence[str], digits_in_turn: int) -> Find | None:
    trimmed = _without_quantity(piece, conversation)
    if trimmed is None or all(is_service_number(part.value) for part in trimmed.segments()):
        return None
    first, last = trimmed.placed[0], trimmed.placed[-1]
    end = last.digit.end if first.turn == last.turn else len(conversation[first.turn])
    subject = subject_of(conversation, first.turn, first.digit.start, end)
    if is_service_number(trimmed.value) and subject not in _NEVER_PUBLIC:
        return None
    if subject is None:
        return trimmed.find(Entity.NUMBER) if _read_aloud(trimmed, conversation) else None
    if subject is Subject.HARMLESS or not _long_enough(len(trimmed.placed), subject, digits_in_turn):
        return None
    ahead = 0
    if subject is Subject.PASSPORT:
        ahead_of_number = conversation[first.turn][max(0, first.digit.start - 4) : first.digit.start]
        letters = _LETTERS_AHEAD.search(ahead_of_number)
        ahead = len(letters.group()) if letters else 0
    too_long_for_code = subject is Subject.CODE and len(trimmed.placed) not in _CODE_LENGTHS
    return trimmed.find(Entity.NUMBER if too_long_for_code else subject.entity, ahead)


def _long_enough(count: int, subject: Subject, digits_in_turn: int) -> bool:
    if subject is Subject.CODE:
        return count >= _CODE_LENGTHS.start
    if subject is Subject.SECRET:
        return count >= _SECRET_SHORTEST
    if subject in _IN_PIECES and digits_in_turn >= _LONG:
        return count >= _PIECE_SHORTEST
    return count >= _LONG


def _without_quantity(piece: _Piece, conversation: Sequence[str]) -> _Piece | None:
    """The piece without a last stretch that counts something: in "12345678, 30元" the 30."""
    last = piece.placed[-1]
    if not UNIT_AHEAD.match(conversation[last.turn], last.digit.end):
        return piece
    kept = [one for part in list(piece.segments())[:-1] for one in part.placed]
    return _Piece(tuple(kept)) if kept else None


def _read_aloud(piece: _Piece, conversation: Sequence[str]) -> bool:
    first, last = piece.placed[0], piece.placed[-1]
    if len(piece.placed) < _LONG or first.turn != last.turn:
        return False
    text = conversation[first.turn]
    if _DECIMAL_POINT.search(text, max(0, first.digit.start - 2), first.digit.start):
        return False
    said = text[first.digit.start : last.digit.end]
    return not any(character.isascii() and character.isdigit() for character in said)
