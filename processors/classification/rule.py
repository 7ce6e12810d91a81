"""A rule ready to run: what it asks, of whom, and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from processors.classification.applies import Applies
from processors.classification.examples import Example
from processors.classification.view import Condition, RuleKind


class Grain(StrEnum):
    """Whether a rule is asked of each agent leg or once of the interaction."""

    LEG = "LEG"
    INTERACTION = "INTERACTION"


@dataclass(frozen=True)
class Reason:
    """A contact reason of the taxonomy with its names by language."""

    level1: str
    level2: str
    level1_name: Mapping[str, str]
    level2_name: Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """One rule. ``reason`` and ``priority`` serve rules of kind REASON only."""

    id: str
    version: str
    name: Mapping[str, str]
    kind: RuleKind
    grain: Grain
    applies: Applies
    when: Condition
    ambiguous: bool
    reason: Reason | None
    priority: int
    examples: tuple[Example, ...]

    @property
    def needed(self) -> frozenset[int] | None:
        """Phrases without which the rule's condition is false; None where it must always be asked."""
        return self.when.needed
