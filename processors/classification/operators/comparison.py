"""Comparing a measured value with a threshold, with a band of doubt around it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from processors.classification.kleene import FALSE, Truth, Value, unknown
from processors.classification.source import Cursor
from schemas.records.classified import Evidence
from schemas.records.terms import Doubt

COMPARISONS = ("above", "below", "at_least", "at_most")


@dataclass(frozen=True)
class Comparison:
    """``value above threshold`` and its like. Within ``band`` (a share of the threshold) it is unknown."""

    relation: str
    threshold: float
    band: float = 0.0

    def judge(self, value: float, evidence: Evidence) -> Value:
        """Truth with the value and threshold written into the evidence."""
        receipt = replace_measure(evidence, value, self.threshold)
        margin = abs(self.threshold) * self.band
        if margin and abs(value - self.threshold) <= margin:
            return unknown(Doubt.NEAR_THRESHOLD, (receipt,))
        return Value(Truth.TRUE, (receipt,)) if self.holds(value) else FALSE

    def holds(self, value: float) -> bool:
        """Whether the plain comparison holds."""
        match self.relation:
            case "above":
                return value > self.threshold
            case "below":
                return value < self.threshold
            case "at_least":
                return value >= self.threshold
            case _:
                return value <= self.threshold

    def banded(self, band: float) -> Comparison:
        """The same with a band of doubt."""
        return replace(self, band=band)


def parse_comparison(cursor: Cursor, extra: tuple[str, ...] = (), band: float = 0.0) -> Comparison:
    """The one of ``above``, ``below``, ``at_least``, ``at_most`` that stands in a mapping, and ``band``."""
    cursor.mapping((*COMPARISONS, "band", *extra))
    given = [relation for relation in COMPARISONS if cursor.has(relation)]
    if len(given) != 1:
        cursor.fail(f"write one of {', '.join(COMPARISONS)} with a number")
    chosen = cursor.get("band")
    return Comparison(given[0], cursor.child(given[0]).number(), chosen.number() if chosen else band)


def replace_measure(evidence: Evidence, value: float, threshold: float) -> Evidence:
    """The evidence with what was compared."""
    return Evidence(
        operator=evidence.operator,
        turn=evidence.turn,
        start=evidence.start,
        end=evidence.end,
        start_ms=evidence.start_ms,
        end_ms=evidence.end_ms,
        party=evidence.party,
        words=evidence.words,
        reading=evidence.reading,
        value=round(value, 2),
        threshold=threshold,
        unit=evidence.unit,
    )
