"""How a record's bytes say which schema they were written with.

Avro single-object encoding: ``C3 01``, then the CRC-64-AVRO fingerprint of the writer's schema in eight
bytes, little endian (Avro specification, "Single-object encoding"). Confluent framing: ``00``, then the
registry's id of the schema in four bytes, big endian. Nothing else is read, JSON least of all.
"""

from __future__ import annotations

from msgspec import Struct

from schemas.records.terms import DeadLetterReason
from schemas.violation import SchemaViolation

SINGLE_OBJECT_MARKER = b"\xc3\x01"
CONFLUENT_MARKER = b"\x00"
FINGERPRINT_BYTES = 8
REGISTRY_ID_BYTES = 4


class Frame(Struct, frozen=True, kw_only=True):
    """Exactly one of ``fingerprint`` and ``registry_id`` is set; the Avro body begins at ``body``."""

    fingerprint: bytes | None = None
    registry_id: int | None = None
    body: int


def single_object(fingerprint: bytes) -> bytes:
    """Prefix of Avro single-object encoding; ``fingerprint`` is the eight bytes in wire order."""
    return SINGLE_OBJECT_MARKER + fingerprint


def confluent(registry_id: int) -> bytes:
    """Prefix of Confluent framing."""
    return CONFLUENT_MARKER + registry_id.to_bytes(REGISTRY_ID_BYTES, "big")


def frame_of(data: bytes | None) -> Frame:
    """The frame of a Kafka value. Raises ``SchemaViolation`` (UNDECODABLE) where there is none."""
    if not data:
        raise _undecodable("the value is empty: send one record per message, tombstones are not read here")
    if data.startswith(SINGLE_OBJECT_MARKER):
        body = len(SINGLE_OBJECT_MARKER) + FINGERPRINT_BYTES
        if len(data) < body:
            raise _undecodable(f"the value ends inside the schema fingerprint, after {len(data)} bytes")
        return Frame(fingerprint=data[len(SINGLE_OBJECT_MARKER) : body], body=body)
    if data.startswith(CONFLUENT_MARKER):
        body = len(CONFLUENT_MARKER) + REGISTRY_ID_BYTES
        if len(data) < body:
            raise _undecodable(f"the value ends inside the registry id, after {len(data)} bytes")
        return Frame(registry_id=int.from_bytes(data[len(CONFLUENT_MARKER) : body], "big"), body=body)
    raise _undecodable(
        "the value begins with neither C3 01 (Avro single-object encoding) nor 00 (Confluent framing)"
    )


def _undecodable(detail: str) -> SchemaViolation:
    return SchemaViolation(DeadLetterReason.UNDECODABLE, detail)
