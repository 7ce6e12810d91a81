"""Three-valued logic (Kleene's strong logic of indeterminacy) over conditions and their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from msgspec import Struct

from schemas.records.classified import Evidence
from schemas.records.terms import Doubt


class Truth(IntEnum):
    """Ordered so that *all* is the minimum and *any* is the maximum."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


class Value(Struct, frozen=True):
    """Truth of a condition, the places that decided it and, where unknown, why."""

    truth: Truth
    evidence: tuple[Evidence, ...] = ()
    doubt: Doubt = Doubt.NONE

    def doubted(self, doubt: Doubt) -> Value:
        """A hit weakened to unknown for ``doubt``; anything else unchanged."""
        return Value(Truth.UNKNOWN, self.evidence, doubt) if self.truth is Truth.TRUE else self


FALSE = Value(Truth.FALSE)
TRUE = Value(Truth.TRUE)


def unknown(doubt: Doubt, evidence: tuple[Evidence, ...] = ()) -> Value:
    """An undecided condition."""
    return Value(Truth.UNKNOWN, evidence, doubt)


def all_of(values: Sequence[Value]) -> Value:
    """True where every part is true, false where one is false."""
    return at_least(len(values), values)


def any_of(values: Sequence[Value]) -> Value:
    """True where one part is true, false where every part is false."""
    return at_least(1, values)


def at_least(count: int, values: Sequence[Value]) -> Value:
    """True where ``count`` parts are true, unknown where the undecided parts could make up the number."""
    true = [value for value in values if value.truth is Truth.TRUE]
    undecided = [value for value in values if value.truth is Truth.UNKNOWN]
    if len(true) >= count:
        return Value(Truth.TRUE, _evidence(true))
    if len(true) + len(undecided) >= count:
        return unknown(undecided[0].doubt, _evidence([*true, *undecided]))
    return FALSE


def not_(value: Value) -> Value:
    """The opposite; what was absent leaves no evidence behind."""
    if value.truth is Truth.UNKNOWN:
        return value
    return TRUE if value.truth is Truth.FALSE else FALSE


def _evidence(values: Sequence[Value]) -> tuple[Evidence, ...]:
    return tuple(evidence for value in values for evidence in value.evidence)
