"""What no stage can read or believe, on the real worker: one dead letter each, and neighbours unharmed."""

import json
import random
import struct
import uuid
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import msgspec
import pytest
from kafka import KafkaProducer

from schemas.codec import Codec
from schemas.framing import single_object
from schemas.plain import from_plain
from schemas.records.completed import InteractionCompleted, Survey
from schemas.records.terms import DeadLetterReason, Stage
from schemas.topics import COMPLETED, dead_letter_topic
from streams.chaos.oracle_reading import KafkaRecord, TopicReader

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

CODEC = Codec()
RUN = uuid.uuid4().hex[:8]
PARTITIONS = 4
RANDOM = random.Random(20_261_124)
JUNK_HEADERS = [
    ("callqa-redrive-count", b"\xff\xfe"),
    ("callqa-src-offset", b"-1"),
    ("content-type", b""),
    ("x" * 1_000, b"\x00" * 10_000),
    *((f"h{n}", b"") for n in range(200)),
]


def chat(name: str, **changes: Any) -> InteractionCompleted:
    path = resources.files("schemas") / "examples" / "InteractionCompleted" / "chat.pass.json"
    example = from_plain(json.loads(path.read_text(encoding="utf-8")), InteractionCompleted)
    return msgspec.structs.replace(example, **{"interaction_id": f"{name}-{RUN}", **changes})


def encoded(name: str, **changes: Any) -> bytes:
    return CODEC.encode(chat(name, **changes))


@dataclass
class Poison:
    """A record as an upstream could write it, and why it must become a dead letter."""

    value: bytes | None
    reason: DeadLetterReason
    key: bytes | None = b"poison"
    headers: list[tuple[str, bytes]] = field(default_factory=list)


GOOD = encoded("never-read")
UNDECODABLE, INVALID = DeadLetterReason.UNDECODABLE, DeadLetterReason.INVALID
LONG = msgspec.structs.replace(chat("long").messages[0], text="字" * 700_000)

POISONS: dict[str, Poison] = {
    "random bytes": Poison(RANDOM.randbytes(3_000), UNDECODABLE),
    "truncated avro": Poison(GOOD[: len(GOOD) // 2], UNDECODABLE),
    "one byte short": Poison(GOOD[:-1], UNDECODABLE),
    "trailing bytes": Poison(GOOD + b"\x00", UNDECODABLE),
    "wrong magic": Poison(b"\xc3\x02" + GOOD[2:], UNDECODABLE),
    "marker alone": Poison(GOOD[:2], UNDECODABLE),
    "frame alone": Poison(GOOD[:10], UNDECODABLE),
    "json": Poison(b'{"interaction_id": "1"}', UNDECODABLE),
    "unknown fingerprint": Poison(single_object(b"\x01" * 8) + GOOD[10:], DeadLetterReason.SCHEMA_UNKNOWN),
    "unknown registry id": Poison(
        b"\x00" + struct.pack(">I", 77) + GOOD[10:], DeadLetterReason.SCHEMA_UNKNOWN
    ),
    "tombstone": Poison(None, UNDECODABLE),
    "empty value": Poison(b"", UNDECODABLE),
    "key that is no utf-8": Poison(b"\xff", UNDECODABLE, key=b"\xff\xfe\x80"),
    "no key": Poison(b"\xff", UNDECODABLE, key=None),
    "endless number": Poison(GOOD[:10] + b"\xff" * 100_000, UNDECODABLE),
    "two megabytes": Poison(encoded("long", messages=(LONG,)), INVALID),
    "too many attributes": Poison(encoded("many", attributes={str(n): "v" for n in range(65)}), INVALID),
    "not a number": Poison(encoded("nan", survey=Survey(via="sms", score=float("nan"))), INVALID),
    "far future": Poison(encoded("future", ended_at=99_999_999_999_999), INVALID),
    "before the epoch": Poison(encoded("past", started_at=-1), INVALID),
    "largest number": Poison(encoded("largest", ended_at=2**63 - 1), INVALID),
    "ended before it started": Poison(
        encoded("backwards", ended_at=chat("backwards").started_at - 1), INVALID
    ),
    "id with a space": Poison(encoded("space", interaction_id="a b"), INVALID),
    "junk in the headers": Poison(b"\xff" * 20, UNDECODABLE, headers=JUNK_HEADERS),
}


@dataclass
class Odd:
    """A legal event in a strange envelope, or with strange but legal content."""

    slug: str
    key: bytes | None = b"odd"
    headers: list[tuple[str, bytes]] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)


ODD: dict[str, Odd] = {
    "a key that is no utf-8": Odd("odd-key", key=b"\xff\xfe\x80"),
    "a key of somebody else": Odd("other-key", key=b"somebody-else"),
    "no key": Odd("no-key", key=None),
    "junk in its headers": Odd("odd-headers", headers=JUNK_HEADERS),
    "a deeply nested attribute": Odd("nested", changes={"attributes": {"a": "[" * 100_000 + "]" * 100_000}}),
    "a null character in an attribute": Odd("null", changes={"attributes": {"\x00": "\x00\u202e\ufeff"}}),
}
"""Events that are judged like any other."""


@dataclass
class Served:
    """Where each poison and its neighbours were written, and what the dead-letter topic held afterwards."""

    pipeline: Any
    places: dict[str, tuple[int, int]]
    letters: dict[tuple[int, int], list[KafkaRecord]]
    states: list[tuple[str, str]]

    def letters_of(self, name: str) -> list[KafkaRecord]:
        return self.letters.get(self.places[name], [])

    def states_of(self, interaction_id: str) -> list[str]:
        return [state for name, state in self.states if name == interaction_id]


def neighbours(name: str) -> tuple[str, str]:
    slug = name.replace(" ", "-")
    return f"before-{slug}", f"after-{slug}"


@pytest.fixture(scope="module")
def served(pipeline: Any) -> Served:
    """Every poison between two good events of its partition, all written before the pipeline is at rest."""
    places: dict[str, tuple[int, int]] = {}
    producer = KafkaProducer(
        bootstrap_servers=pipeline.bootstrap, acks="all", max_request_size=8 << 20, linger_ms=20
    )

    def write(partition: int, key: bytes | None, value: bytes | None, headers: Any = ()) -> Any:
        return producer.send(COMPLETED, value=value, key=key, partition=partition, headers=list(headers))

    for number, (name, poison) in enumerate(POISONS.items()):
        partition = number % PARTITIONS
        before, after = (f"{each}-{RUN}" for each in neighbours(name))
        write(partition, before.encode(), encoded(before, interaction_id=before))
        written = write(partition, poison.key, poison.value, poison.headers)
        write(partition, after.encode(), encoded(after, interaction_id=after))
        places[name] = (partition, written.get(60).offset)
    for number, odd in enumerate(ODD.values()):
        write(number % PARTITIONS, odd.key, encoded(odd.slug, **odd.changes), odd.headers)
    for text in ("first", "second", "third"):
        message = msgspec.structs.replace(chat("twice").messages[0], text=text)
        write(0, f"twice-{RUN}".encode(), encoded("twice", messages=(message,)))
    producer.flush(60)
    producer.close()
    pipeline.rest()
    letters: dict[tuple[int, int], list[KafkaRecord]] = {}
    reader = TopicReader(pipeline.bootstrap)
    for record in reader.read(dead_letter_topic(Stage.NORMALIZATION)):
        letters.setdefault(record.source(), []).append(record)
    sql = "SELECT interaction_id, state FROM qa_bi.v_coverage WHERE endsWith(interaction_id, {run:String})"
    return Served(pipeline, places, letters, pipeline.query(sql, run=RUN))


@pytest.mark.parametrize("name", POISONS)
def test_a_poisoned_record_is_one_dead_letter_with_its_bytes_and_key_untouched(served: Served, name: str):
    poison = POISONS[name]

    (letter,) = served.letters_of(name)

    assert letter.header("callqa-reason") == poison.reason
    assert (letter.key, letter.value) == (poison.key, poison.value or b"")
    assert letter.source_topic == COMPLETED


@pytest.mark.parametrize("name", POISONS)
def test_the_neighbours_of_a_poisoned_record_are_scored(served: Served, name: str):
    for neighbour in neighbours(name):
        assert served.states_of(f"{neighbour}-{RUN}") == ["scored"]


@pytest.mark.parametrize("name", ODD)
def test_an_event_in_order_is_judged_whatever_its_envelope(served: Served, name: str):
    assert served.states_of(f"{ODD[name].slug}-{RUN}") == ["scored"]


def test_one_id_with_three_contents_counts_once(served: Served):
    assert served.states_of(f"twice-{RUN}") == ["scored"]


def test_the_worker_was_not_stopped_by_any_of_it(served: Served):
    log = served.pipeline.log_of(Stage.NORMALIZATION)

    assert "stage.failed" not in log
    assert "worker.exit" not in log


def test_the_index_of_dead_letters_in_the_store_agrees_with_kafka(served: Served):
    columns = "source_partition, source_offset, reason"
    sql = f"SELECT {columns} FROM qa.dead_letter FINAL WHERE stage = {{stage:String}}"
    rows = served.pipeline.query(sql, stage=Stage.NORMALIZATION.value)
    known = {(partition, offset): reason for partition, offset, reason in rows}

    for name, poison in POISONS.items():
        assert known[served.places[name]] == poison.reason


def test_the_audit_finds_no_hole(served: Served):
    audit = served.pipeline.audit()

    assert audit.holes == ()
    assert audit.counts.in_flight == 0
