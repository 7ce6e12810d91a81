"""``expected.yaml``: what a careful person says of each demo interaction."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from schemas.records.terms import AlertKind, DeadLetterReason, ExclusionReason
from streams.demo.files import DemoFileError

MOST_KNOWN_MISSES = 3


class Certainty(StrEnum):
    """How sure the person is of a finding."""

    HIT = "HIT"
    UNCERTAIN = "UNCERTAIN"


class RuleOnLeg(Struct, frozen=True):
    """A rule, and the agent leg it must concern; ``leg`` None for any."""

    rule_id: str
    leg: int | None = None

    @classmethod
    def parse(cls, text: str) -> RuleOnLeg:
        """``rule`` or ``rule@leg``.

        Raises:
            ValueError: the leg is not a number.
        """
        rule_id, at, leg = text.partition("@")
        return cls(rule_id, int(leg) if at else None)

    def concerns(self, rule_id: str, leg: int) -> bool:
        """Whether a finding of ``rule_id`` on ``leg`` is meant."""
        return rule_id == self.rule_id and self.leg in (None, leg)


class KnownMiss(Struct, frozen=True, forbid_unknown_fields=True):
    """A must-rule that the recogniser lost for good, and what it heard instead."""

    rule: str
    heard: str


class Expectation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One interaction's entry; the fields are explained at the head of ``expected.yaml``."""

    note: str
    must: dict[str, Certainty] = {}
    may: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    score: dict[int, tuple[float, float]] = {}
    red_line: tuple[int, ...] = ()
    review: bool | None = None
    reasons: tuple[str, ...] = ()
    not_reasons: tuple[str, ...] = ()
    alerts: tuple[AlertKind, ...] = ()
    linked: tuple[str, ...] = ()
    exclusion: ExclusionReason | None = None
    dead_letter: DeadLetterReason | None = None
    measures: dict[str, tuple[float, float]] = {}
    masked: tuple[str, ...] = ()
    never_shown: tuple[str, ...] = ()
    known_miss: tuple[KnownMiss, ...] = ()


def load_expected(path: Path) -> dict[str, Expectation]:
    """Read ``expected.yaml``.

    Raises:
        DemoFileError: not readable, not as it should be, or more known misses than are tolerable.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        expected = msgspec.convert(content, dict[str, Expectation])
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise DemoFileError(f"{path}: {error}") from error
    for interaction_id, entry in expected.items():
        for miss in entry.known_miss:
            if miss.rule not in entry.must:
                raise DemoFileError(f"{path}: {interaction_id}: known miss {miss.rule} is not among its must")
    if sum(len(entry.known_miss) for entry in expected.values()) > MOST_KNOWN_MISSES:
        raise DemoFileError(f"{path}: more than {MOST_KNOWN_MISSES} known misses")
    return expected
