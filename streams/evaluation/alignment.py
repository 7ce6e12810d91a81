"""The cheapest way to turn the true units into the heard ones (Levenshtein 1966)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from enum import IntEnum

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray


class Edit(IntEnum):
    """What became of a unit."""

    SAME = 0
    SUBSTITUTED = 1
    DELETED = 2
    INSERTED = 3


class Step(Struct, frozen=True):
    """One step of an alignment: index in the truth and in what was heard.

    For an insertion ``truth`` is the unit before which it stands, for a deletion ``heard`` likewise.
    """

    edit: Edit
    truth: int
    heard: int


def align(truth: Sequence[Hashable], heard: Sequence[Hashable]) -> list[Step]:
    """Steps in order, of least total cost. Takes a byte of memory for each pair of units."""
    numbers: dict[Hashable, int] = {}
    one = np.array([numbers.setdefault(unit, len(numbers)) for unit in truth], dtype=np.int64)
    other = np.array([numbers.setdefault(unit, len(numbers)) for unit in heard], dtype=np.int64)
    return _traced(_directions(one, other), one, other)


def _directions(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.uint8]:
    """For each pair of prefixes the last step of the cheapest way; a whole row at a time."""
    places = np.arange(other.size + 1)
    directions = np.full((one.size + 1, other.size + 1), Edit.INSERTED, dtype=np.uint8)
    before = places.copy()
    for row in range(1, one.size + 1):
        diagonal = before[:-1] + (other != one[row - 1])
        deleted = before + 1
        without_insertion = deleted.copy()
        np.minimum(without_insertion[1:], diagonal, out=without_insertion[1:])
        # An insertion costs one more than the cell to the left: the least of all cells to the left.
        row_costs = np.minimum.accumulate(without_insertion - places) + places
        directions[row][row_costs == deleted] = Edit.DELETED
        directions[row, 1:][row_costs[1:] == diagonal] = Edit.SUBSTITUTED
        before = row_costs
    return directions


def _traced(directions: NDArray[np.uint8], one: NDArray[np.int64], other: NDArray[np.int64]) -> list[Step]:
    steps: list[Step] = []
    i, j = one.size, other.size
    while i or j:
        edit = Edit(int(directions[i, j]))
        if edit is Edit.SUBSTITUTED:
            i, j = i - 1, j - 1
            steps.append(Step(Edit.SAME if one[i] == other[j] else edit, i, j))
        elif edit is Edit.DELETED:
            i -= 1
            steps.append(Step(edit, i, j))
        else:
            j -= 1
            steps.append(Step(edit, i, j))
    return steps[::-1]
