"""What a chaos run comes to: faults beside outcomes, and whether the promise held."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from streams.chaos.faults import family
from streams.chaos.injection import Injury
from streams.chaos.oracle import Verdict
from streams.chaos.oracle_state import DUPLICATED, LOST, UNEXPLAINED, WRONG, Fault
from streams.operations.audit import Audit

LABEL_SEPARATOR = " "
"""Joins the faults under way in the journal's ``during``."""


class Wrongs(Struct, frozen=True, kw_only=True):
    """What must be nothing."""

    lost: int
    duplicated: int
    wrong: int
    unexplained_dead_letters: int

    @property
    def none(self) -> bool:
        """Whether it is."""
        return not (self.lost or self.duplicated or self.wrong or self.unexplained_dead_letters)


class FaultOutcome(Struct, frozen=True, kw_only=True):
    """One kind of fault. ``missed`` could not be done. Times are seconds until every stage concerned had
    committed a record again; null where none was waited for. ``outcomes`` are the units published while
    such a fault was under way, by state: one that met several kinds counts at each.
    """

    fault: str
    done: int
    missed: int
    recovery_median: float | None
    recovery_longest: float | None
    outcomes: Mapping[str, int]
    wrongs: Wrongs


class ChaosReport(Struct, frozen=True, kw_only=True):
    """The result of a run. ``units`` are interactions and single records that cannot be decoded,
    ``records`` what was published for them, ``calls`` those of them that were heard, by model. ``kills``
    are processes that ``kill -9`` ended. ``absorbed`` counts records that were written again after a fault,
    by topic, and counted once. ``faults`` are what the oracle found wrong.
    """

    names: tuple[str, ...]
    seed: int
    seconds: float
    units: int
    records: int
    calls: Mapping[str, int]
    kills: int
    outcomes: tuple[FaultOutcome, ...]
    states: Mapping[str, int]
    wrongs: Wrongs
    faults: tuple[Fault, ...]
    missed: tuple[str, ...]
    absorbed: Mapping[str, int]
    audit_clean: bool
    audit_holes: tuple[str, ...]

    @property
    def absorbed_total(self) -> int:
        """Records written again on all topics."""
        return sum(self.absorbed.values())

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong, the audit agrees, and every fault of the plan was really done."""
        return self.wrongs.none and self.audit_clean and not self.missed


class RunFacts(Struct, frozen=True, kw_only=True):
    """What only the run knows."""

    names: tuple[str, ...]
    seed: int
    seconds: float
    kills: int
    records: int
    calls: Mapping[str, int]
    injuries: Sequence[Injury]


def report(facts: RunFacts, verdict: Verdict, audit: Audit) -> ChaosReport:
    """Put together what was done and what was found."""
    states: Counter[str] = Counter()
    for counted in verdict.outcomes.values():
        states.update(counted)
    return ChaosReport(
        names=facts.names,
        seed=facts.seed,
        seconds=round(facts.seconds, 1),
        units=verdict.units,
        records=facts.records,
        calls=facts.calls,
        kills=facts.kills,
        outcomes=tuple(_outcomes(facts.injuries, verdict)),
        states=dict(states),
        wrongs=_wrongs(verdict.faults),
        faults=tuple(verdict.faults),
        missed=tuple(f"{one.fault}: {one.missed}" for one in facts.injuries if one.missed),
        absorbed={topic: count for topic, count in verdict.absorbed.items() if count},
        audit_clean=audit.clean,
        audit_holes=tuple(f"{hole.kind.value} {hole.where}: {hole.detail}" for hole in audit.holes),
    )


def _outcomes(injuries: Sequence[Injury], verdict: Verdict) -> Iterable[FaultOutcome]:
    by_family: dict[str, list[Injury]] = {}
    for injury in injuries:
        by_family.setdefault(family(injury.fault), []).append(injury)
    for name, done in sorted(by_family.items()):
        times = [injury.recovered for injury in done if injury.recovered is not None]
        states: Counter[str] = Counter()
        for during, counted in verdict.outcomes.items():
            if name in during.split(LABEL_SEPARATOR):
                states.update(counted)
        yield FaultOutcome(
            fault=name,
            done=sum(injury.missed is None for injury in done),
            missed=sum(injury.missed is not None for injury in done),
            recovery_median=round(statistics.median(times), 1) if times else None,
            recovery_longest=round(max(times), 1) if times else None,
            outcomes=dict(states),
            wrongs=_wrongs(fault for fault in verdict.faults if name in fault.during.split(LABEL_SEPARATOR)),
        )


def _wrongs(faults: Iterable[Fault]) -> Wrongs:
    kinds = Counter(fault.kind for fault in faults)
    return Wrongs(
        lost=kinds[LOST],
        duplicated=kinds[DUPLICATED],
        wrong=kinds[WRONG],
        unexplained_dead_letters=kinds[UNEXPLAINED],
    )
