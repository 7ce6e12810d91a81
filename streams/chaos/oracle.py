"""Counts afterwards: every published interaction must have exactly the outcome that was known beforehand.

It shares no code with the pipeline, on purpose: it reads the journal as JSON, Kafka with kafka-python and
ClickHouse as JSON over plain HTTP, and imports nothing else of callqa. A test holds it to that.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streams.chaos.oracle_reading import KafkaRecord, Store, TopicReader
from streams.chaos.oracle_state import COMPLETED, LOST, UNEXPLAINED, Fault, StoredState, Unit

STAGES = ("transcription", "normalization", "classification", "scoring", "delivery")
DEAD_LETTERS = tuple(f"qa.dead_letter.{stage}.v1" for stage in STAGES)
OUTPUTS = (
    "qa.interaction.transcribed.v1",
    "qa.interaction.classified.v1",
    "qa.interaction.scored.v1",
    "qa.alert.raised.v1",
)


@dataclass
class Verdict:
    """What the oracle says. ``outcomes`` counts units by what went wrong meanwhile and by state;
    ``absorbed`` counts records that were written more than once, by topic, and did no harm."""

    units: int
    outcomes: dict[str, Counter[str]]
    faults: list[Fault]
    absorbed: dict[str, int]

    def count(self, kind: str) -> int:
        """How many faults of a kind."""
        return sum(fault.kind == kind for fault in self.faults)


def judge(journal: Path, bootstrap: str, store: Store) -> Verdict:
    """Compare the journal with Kafka and ClickHouse. Call it when the pipeline is at rest.

    Where the journal says what was there before it began, that is somebody else's, and so are keys that the
    journal does not hold. Raises OSError where the store does not answer and kafka-python's errors where the
    broker does not.
    """
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    begun = {
        (topic, part): end for line in lines if line["event"] == "begun" for topic, part, end in line["ends"]
    }
    keys = {line["key"].encode() for line in lines if line["event"] == "intent"}
    reader = TopicReader(bootstrap, begun)

    def read(topic: str) -> list[KafkaRecord]:
        return [record for record in reader.read(topic) if not begun or record.key in keys]

    completed = {(each.partition, each.offset): each for each in read(COMPLETED)}
    letters = [record for topic in DEAD_LETTERS for record in read(topic)]
    units, faults = _units(lines, completed)
    found = StoredState(store, letters)
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    for unit in units.values():
        state, unit_faults = found.compare(unit, completed)
        outcomes[unit.during][state] += 1
        faults += unit_faults
    faults += _unknown_letters(letters, units, completed)
    absorbed = {topic: _repeats(read(topic)) for topic in OUTPUTS}
    absorbed |= {topic: _repeats(each for each in letters if each.topic == topic) for topic in DEAD_LETTERS}
    reader.close()
    return Verdict(len(units), dict(outcomes), faults, absorbed)


def _units(
    lines: list[dict[str, Any]], completed: dict[tuple[int, int], KafkaRecord]
) -> tuple[dict[str, Unit], list[Fault]]:
    """What was published, by unit, and confirmed records that Kafka does not hold.

    An intent without confirmation counts as published where Kafka holds a record of its key.
    """
    confirmed = {line["number"]: line for line in lines if line["event"] == "confirmed"}
    by_key: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, record in completed.items():
        by_key[(record.key or b"").decode(errors="replace")].append(place)
    units: dict[str, Unit] = {}
    faults = []
    for line in lines:
        if line["event"] != "intent":
            continue
        at = confirmed.get(line["number"])
        if at is not None and (at["partition"], at["offset"]) not in completed:
            faults.append(Fault(LOST, line["key"], line["during"], "confirmed, and gone from Kafka"))
        places = sorted(by_key[line["key"]])
        if not places:
            continue
        # A record that cannot be decoded is a unit by its place; the producer may have written it twice.
        names = [f"{COMPLETED}:{p}:{o}" for p, o in places] if line["unit_by_place"] else [line["key"]]
        for name, own in zip(names, [[place] for place in places], strict=False):
            unit = Unit(name, line["kind"], line["during"], line["truth"])
            unit.places = own if line["unit_by_place"] else places
            units.setdefault(name, unit)
    return units, faults


def _unknown_letters(
    letters: list[KafkaRecord], units: dict[str, Unit], completed: dict[tuple[int, int], KafkaRecord]
) -> Iterator[Fault]:
    """Dead letters of interactions that have another outcome, and letters that come from nowhere."""
    by_place = {place: unit for unit in units.values() for place in unit.places}
    for letter in letters:
        said = f"{letter.topic} {letter.header('callqa-reason')}"
        place = letter.source()
        unit = by_place.get(place) if letter.source_topic == COMPLETED else None
        if unit is not None and unit.truth["state"] != "dead_lettered":
            yield Fault(UNEXPLAINED, unit.name, unit.during, said)
        elif letter.source_topic != COMPLETED or place not in completed:
            key = (letter.key or b"").decode(errors="replace")
            yield Fault(UNEXPLAINED, key, units[key].during if key in units else "", said)


def _repeats(records: Iterable[KafkaRecord]) -> int:
    """Records with the same key, value and source as one before: work done twice after a kill."""
    counted = Counter((record.key, record.value, record.source_topic, record.source()) for record in records)
    return sum(times - 1 for times in counted.values())
