"""What the stores hold of each unit, and how that differs from its truth. Part of the oracle."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from streams.chaos.oracle_reading import KafkaRecord, Store

COMPLETED = "qa.interaction.completed.v1"
LOST, DUPLICATED, WRONG, UNEXPLAINED = "lost", "duplicated", "wrong", "unexplained dead letter"

Place = tuple[int, int]
"""Partition and offset on the completed topic."""
Problem = tuple[str, str]
"""Kind of fault, and what was found."""


@dataclass
class Unit:
    """One interaction, or one record that cannot be decoded, with its truth and where it lies."""

    name: str
    kind: str
    during: str
    truth: dict[str, Any]
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True)
class Fault:
    """Something that must not be. ``kind`` is LOST, DUPLICATED, WRONG or UNEXPLAINED."""

    kind: str
    unit: str
    during: str
    detail: str


_INTAKE = "SELECT source_topic, source_partition, source_offset, unit_id FROM qa.intake FINAL"
_ASSIGNMENTS = (
    "SELECT interaction_id, record_version, activation_seq, result_id"
    " FROM qa.result_assignment FINAL WHERE leg = -1"
)
_RESULTS = "SELECT result_id, status, exclusion FROM qa.result FINAL"
_HITS = "SELECT result_id, rule_id FROM qa.finding FINAL WHERE verdict = 'HIT'"
_COVERAGE = "SELECT unit_id, state FROM qa_bi.v_coverage"
_LETTERS = "SELECT source_topic, source_partition, source_offset, stage, reason FROM qa.dead_letter FINAL"
_SHOWN = {
    "qa_bi.v_coverage": "SELECT unit_id AS id, count() AS times FROM qa_bi.v_coverage GROUP BY id",
    "qa_bi.v_interaction": "SELECT interaction_id AS id, count() AS times FROM qa_bi.v_interaction"
    " GROUP BY id",
    "qa_bi.v_score": "SELECT interaction_id AS id, max(times) AS times FROM (SELECT interaction_id, leg,"
    " count() AS times FROM qa_bi.v_score GROUP BY interaction_id, leg) GROUP BY id",
}


class StoredState:
    """Everything that ClickHouse and the dead-letter topics hold, by unit. Raises OSError."""

    def __init__(self, store: Store, letters: list[KafkaRecord]) -> None:
        self._intake = {_place(row): row["unit_id"] for row in store.rows(_INTAKE) if _is_completed(row)}
        self._counted: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for row in store.rows(_ASSIGNMENTS):
            order = (int(row["record_version"]), int(row["activation_seq"]), row["result_id"])
            self._counted[row["interaction_id"]].append(order)
        self._results = {
            row["result_id"]: (row["status"].lower(), row["exclusion"]) for row in store.rows(_RESULTS)
        }
        self._hits: dict[str, set[str]] = defaultdict(set)
        for row in store.rows(_HITS):
            self._hits[row["result_id"]].add(row["rule_id"])
        self._shown = {
            view: Counter({row["id"]: int(row["times"]) for row in store.rows(question)})
            for view, question in _SHOWN.items()
        }
        self._states = {row["unit_id"]: row["state"] for row in store.rows(_COVERAGE)}
        self._index: dict[Place, list[tuple[str, str]]] = defaultdict(list)
        for row in store.rows(_LETTERS):
            if _is_completed(row):
                self._index[_place(row)].append((row["stage"], row["reason"]))
        self._letters: dict[Place, list[KafkaRecord]] = defaultdict(list)
        for letter in letters:
            if letter.source_topic == COMPLETED:
                self._letters[letter.source()].append(letter)

    def compare(self, unit: Unit, completed: Mapping[Place, KafkaRecord]) -> tuple[str, list[Fault]]:
        """The unit's outcome as it counts now, and everything wrong with it."""
        problems = [*self._ledger(unit), *self._shown_more_than_once(unit)]
        results = sorted(self._counted.get(unit.name, []))
        if results:
            state, found = self._result(unit, results)
            problems += found
        elif any(place in self._index for place in unit.places):
            state = "dead_lettered"
            problems += self._reasons(unit)
            problems += self._fidelity(unit, completed)
        else:
            state = "none"
            problems.append((LOST, "no outcome"))
        shown = self._states.get(unit.name, "none")
        if state != shown:
            problems.append((WRONG, f"{state}, and qa_bi.v_coverage says {shown}"))
        return state, [Fault(kind, unit.name, unit.during, said) for kind, said in problems]

    def _ledger(self, unit: Unit) -> Iterator[Problem]:
        for place in unit.places:
            if self._intake.get(place) != unit.name:
                yield LOST, f"no intake row for partition {place[0]} offset {place[1]}"

    def _shown_more_than_once(self, unit: Unit) -> Iterator[Problem]:
        for view, times in self._shown.items():
            if times[unit.name] > 1:
                yield DUPLICATED, f"{times[unit.name]} times in {view}"

    def _result(self, unit: Unit, results: list[tuple[int, int, str]]) -> tuple[str, list[Problem]]:
        version, seq, result_id = results[-1]
        state, reason = self._results.get(result_id, ("none", None))
        truth, hits = unit.truth, self._hits[result_id]
        problems: list[Problem] = []
        if sum(other[:2] == (version, seq) for other in results) > 1:
            problems.append((DUPLICATED, f"two results count for version {version}"))
        if (state, reason) != (truth["state"], truth["reason"]):
            problems.append((WRONG, f"{state} {reason or ''}, not {truth['state']} {truth['reason'] or ''}"))
        if version != truth["version"]:
            problems.append((WRONG, f"version {version} counts, not {truth['version']}"))
        problems += [(WRONG, f"{rule} was not found") for rule in truth["must"] if rule not in hits]
        problems += [(WRONG, f"{rule} was found") for rule in truth["must_not"] if rule in hits]
        return state, problems

    def _reasons(self, unit: Unit) -> Iterator[Problem]:
        wanted = (unit.truth["stage"], unit.truth["reason"])
        for place in unit.places:
            letters = self._index.get(place, [])
            if not letters:
                yield LOST, f"no dead letter for partition {place[0]} offset {place[1]}"
            for letter in letters:
                if letter != wanted:
                    yield UNEXPLAINED, " ".join(letter)

    def _fidelity(self, unit: Unit, completed: Mapping[Place, KafkaRecord]) -> Iterator[Problem]:
        for place in unit.places:
            original = completed[place]
            for letter in self._letters.get(place, []):
                if (letter.key, letter.value) != (original.key, original.value):
                    yield WRONG, f"{letter.where()} does not hold the original key and bytes"


def _place(row: Mapping[str, Any]) -> Place:
    return int(row["source_partition"]), int(row["source_offset"])


def _is_completed(row: Mapping[str, Any]) -> bool:
    return bool(row["source_topic"] == COMPLETED)
