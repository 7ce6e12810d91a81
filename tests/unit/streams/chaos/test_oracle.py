"""The oracle must find every kind of fault in what it is shown, and may not lean on the pipeline."""

import ast
from pathlib import Path
from typing import Any

import pytest

from streams.chaos import oracle, oracle_reading, oracle_state
from streams.chaos.oracle_reading import KafkaRecord, Store
from streams.chaos.oracle_state import (
    COMPLETED,
    DUPLICATED,
    LOST,
    UNEXPLAINED,
    WRONG,
    StoredState,
    Unit,
)

SCORED = {
    "state": "scored",
    "reason": None,
    "stage": None,
    "version": 1,
    "must": ["rude"],
    "must_not": ["insult"],
}
DEAD = {**SCORED, "state": "dead_lettered", "reason": "INVALID", "stage": "normalization", "must": []}


class Tables(Store):
    """A store that answers from lists, by the table a question is about."""

    def __init__(self, **tables: list[dict[str, Any]]) -> None:
        super().__init__("")
        object.__setattr__(self, "tables", tables)

    def rows(self, question: str) -> list[dict[str, Any]]:
        if "AS times" in question:
            return self.tables.get("shown", []) if "v_interaction" in question else []
        known = {"intake", "result_assignment", "finding", "v_coverage", "dead_letter"}
        named = next((name for name in known if f".{name}" in question), "result")
        return self.tables.get(named, [])


def intake(unit: str = "i1") -> dict[str, Any]:
    return {
        "source_topic": COMPLETED,
        "source_partition": 0,
        "source_offset": "7",
        "unit_id": unit,
    }


def stored(**changes: list[dict[str, Any]]) -> Tables:
    """A store in which i1 is scored as it should be, except for ``changes``."""
    counted = {
        "interaction_id": "i1",
        "record_version": "1",
        "activation_seq": "1",
        "result_id": "r1",
    }
    tables = {
        "intake": [intake()],
        "result_assignment": [counted],
        "result": [{"result_id": "r1", "status": "SCORED", "exclusion": None}],
        "finding": [{"result_id": "r1", "rule_id": "rude"}],
        "v_coverage": [{"unit_id": "i1", "state": "scored"}],
        **changes,
    }
    return Tables(**tables)


def letter_row(reason: str = "INVALID") -> dict[str, Any]:
    return {**intake(), "stage": "normalization", "reason": reason}


def record(value: bytes = b"v", topic: str = COMPLETED, **headers: str) -> KafkaRecord:
    pairs = tuple((f"callqa-{name.replace('_', '-')}", text.encode()) for name, text in headers.items())
    return KafkaRecord(topic, 0, 7, b"i1", value, pairs)


def letter(value: bytes = b"v", offset: str = "7") -> KafkaRecord:
    return record(
        value,
        "qa.dead_letter.normalization.v1",
        reason="INVALID",
        src_topic=COMPLETED,
        src_partition="0",
        src_offset=offset,
    )


def kinds(
    store: Tables, truth: dict[str, Any] = SCORED, letters: list[KafkaRecord] | None = None
) -> list[str]:
    unit = Unit("i1", "chat", "kill", truth, [(0, 7)])
    _, faults = StoredState(store, letters or []).compare(unit, {(0, 7): record()})
    return [fault.kind for fault in faults]


def dead(**changes: list[dict[str, Any]]) -> Tables:
    empty: dict[str, list[dict[str, Any]]] = {"result_assignment": [], "result": [], "finding": []}
    shown = [{"unit_id": "i1", "state": "dead_lettered"}]
    return stored(**{**empty, "dead_letter": [letter_row()], "v_coverage": shown, **changes})


def test_the_right_outcome_is_no_fault():
    assert kinds(stored()) == []
    assert kinds(dead(), DEAD, [letter()]) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"intake": []}, [LOST]),
        ({"result_assignment": [], "v_coverage": []}, [LOST]),
        ({"finding": []}, [WRONG]),
        ({"finding": [{"result_id": "r1", "rule_id": r} for r in ("rude", "insult")]}, [WRONG]),
        ({"result": [{"result_id": "r1", "status": "EXCLUDED", "exclusion": "TOO_SHORT"}]}, [WRONG] * 2),
        ({"v_coverage": [{"unit_id": "i1", "state": "in_flight"}]}, [WRONG]),
        ({"shown": [{"id": "i1", "times": "2"}]}, [DUPLICATED]),
    ],
)
def test_each_kind_of_fault_in_the_store_is_found(changes: dict[str, Any], expected: list[str]):
    assert kinds(stored(**changes)) == expected


def test_two_results_that_count_at_once_are_a_duplicate():
    two = [
        {"interaction_id": "i1", "record_version": "1", "activation_seq": "1", "result_id": f"r{n}"}
        for n in (0, 1)
    ]

    assert kinds(stored(result_assignment=two)) == [DUPLICATED]


def test_an_older_version_that_counts_is_wrong():
    assert kinds(stored(), {**SCORED, "version": 2}) == [WRONG]


def test_a_dead_letter_for_another_reason_is_unexplained():
    assert kinds(dead(dead_letter=[letter_row("ASR_CRASH")]), DEAD) == [UNEXPLAINED]


def test_a_dead_letter_with_other_bytes_is_wrong():
    assert kinds(dead(), DEAD, [letter(b"other")]) == [WRONG]


def test_an_unknown_letter_is_unexplained():
    unit = Unit("i1", "chat", "kill", SCORED, [(0, 7)])

    of_a_scored_one = list(oracle._unknown_letters([letter()], {"i1": unit}, {(0, 7): record()}))
    from_nowhere = list(oracle._unknown_letters([letter(offset="99")], {"i1": unit}, {(0, 7): record()}))

    assert [fault.kind for fault in (*of_a_scored_one, *from_nowhere)] == [UNEXPLAINED] * 2


def test_a_confirmed_record_that_kafka_lost_is_found():
    lines = [
        {
            "event": "intent",
            "number": n,
            "key": f"i{n}",
            "kind": "chat",
            "during": "kill",
            "unit_by_place": False,
            "truth": SCORED,
        }
        for n in (1, 2, 3)
    ]
    lines += [
        {"event": "confirmed", "number": n, "topic": COMPLETED, "partition": 0, "offset": 6 + n}
        for n in (1, 2)
    ]

    units, faults = oracle._units(lines, {(0, 7): record()})

    assert list(units) == ["i1"]
    assert [(fault.kind, fault.unit) for fault in faults] == [(LOST, "i2")]


def test_records_written_twice_are_counted_as_absorbed():
    assert oracle._repeats([record(), record(), record(b"w"), letter(), letter(offset="8")]) == 1


@pytest.mark.parametrize("module", [oracle, oracle_reading, oracle_state])
def test_the_oracle_imports_nothing_of_the_pipeline(module: Any):
    tree = ast.parse(Path(module.__file__).read_text())
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    ours = {name for name in imported if name.split(".")[0] in {"schemas", "processors", "sinks", "streams"}}

    assert ours <= {"streams.chaos.oracle_reading", "streams.chaos.oracle_state"}
