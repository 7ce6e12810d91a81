"""Error rates, and how they add up over calls."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from streams.evaluation.alignment import Edit


class Accuracy(Struct, frozen=True, kw_only=True):
    """Errors against ``units`` true characters or words."""

    units: int = 0
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0

    @property
    def errors(self) -> int:
        """All three kinds together."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float | None:
        """CER or WER: errors for each true unit; may exceed 1. None where nothing was said."""
        return self.errors / self.units if self.units else None

    def __add__(self, other: Accuracy) -> Accuracy:
        """Of both together."""
        return Accuracy(
            units=self.units + other.units,
            substitutions=self.substitutions + other.substitutions,
            deletions=self.deletions + other.deletions,
            insertions=self.insertions + other.insertions,
        )


def accuracy_of(edits: Iterable[Edit]) -> Accuracy:
    """Count the edits of an alignment."""
    counts = [0, 0, 0, 0]
    for edit in edits:
        counts[edit] += 1
    same, substituted, deleted, inserted = counts
    return Accuracy(
        units=same + substituted + deleted,
        substitutions=substituted,
        deletions=deleted,
        insertions=inserted,
    )
