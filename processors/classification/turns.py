"""The turns of a transcript as objects, each made when it is first looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from schemas.records.transcribed import Transcript, Turn

_FIELDS = Turn.__struct_fields__
_COLUMNS = tuple(f"turn_{name}" for name in _FIELDS)


class Turns(Sequence[Turn]):
    """Turns in time order. Most conversations show a rule a few of them only."""

    def __init__(self, transcript: Transcript) -> None:
        self._columns = [getattr(transcript, column) for column in _COLUMNS]
        self._made: list[Turn | None] = [None] * len(transcript.turn_party)

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, index: int) -> Turn: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Turn]: ...

    def __getitem__(self, index: int | slice) -> Turn | Sequence[Turn]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        turn = self._made[index]
        if turn is None:
            values = [column[index] for column in self._columns]
            turn = self._made[index] = Turn(**dict(zip(_FIELDS, values, strict=True)))
        return turn
