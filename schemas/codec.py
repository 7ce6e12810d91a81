"""Records to Kafka values and back: strict, framed Avro.

A value is read only if the schema it was written with is known, its body is legal Avro for that schema and
ends where the value ends, and every field has the type that the record declares. Everything else is a
``SchemaViolation``: never a guess, and never another exception.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from schemas.avro_files import SchemaFiles
from schemas.framing import Frame, confluent, frame_of, single_object
from schemas.record_schema import RecordSchema, incompatibilities
from schemas.records.classified import InteractionClassified
from schemas.records.completed import InteractionCompleted
from schemas.records.feedback import ReviewRecorded, SurveyAnswered
from schemas.records.scored import AlertRaised, InteractionScored
from schemas.records.terms import DeadLetterReason
from schemas.records.transcribed import InteractionTranscribed
from schemas.violation import SchemaViolation

__all__ = ["RECORD_TYPES", "Codec", "RegisteredSchemas", "SchemaViolation"]

Record = TypeVar("Record", bound=Struct)

RECORD_TYPES: Mapping[str, type[Struct]] = {
    record.__name__: record
    for record in (
        InteractionCompleted,
        InteractionTranscribed,
        InteractionClassified,
        InteractionScored,
        AlertRaised,
        SurveyAnswered,
        ReviewRecorded,
    )
}
"""The records that travel on topics, by name."""

# Other people's encoders write these. The rest only this module writes, so that their bodies need no
# second look for what fastavro lets pass.
_WRITTEN_ELSEWHERE = frozenset({"InteractionCompleted", "SurveyAnswered", "ReviewRecorded"})


class RegisteredSchemas(Struct, frozen=True, kw_only=True):
    """Snapshot of a Confluent-compatible registry: schema JSON by id, and the id to write a record with.

    A record without an entry in ``write_ids`` is written in Avro single-object encoding.
    """

    by_id: dict[int, str] = {}
    write_ids: dict[str, int] = {}


class Codec:
    """Encodes and decodes every record of the contract.

    Raises ``ValueError`` where ``registry.write_ids`` names an id that is missing or whose schema is not
    the current one of its record.
    """

    def __init__(self, files: SchemaFiles | None = None, registry: RegisteredSchemas | None = None) -> None:
        self._files = files if files is not None else SchemaFiles()
        self._registry = registry if registry is not None else RegisteredSchemas()
        self._current: dict[str, RecordSchema] = {}
        self._writers: dict[str, dict[bytes, RecordSchema]] = {}
        self._registered: dict[tuple[int, str], RecordSchema] = {}
        self._prefixes = {
            name: self._confluent_prefix(name, schema_id)
            for name, schema_id in self._registry.write_ids.items()
        }

    def encode(self, record: Struct) -> bytes:
        """The framed value of ``record``. Raises ``SchemaViolation`` (INVALID) where a field does not fit."""
        name = type(record).__name__
        schema = self._schema(name)
        try:
            datum = msgspec.to_builtins(record)
            msgspec.convert(datum, type(record), strict=True)
            body = schema.write(datum)
        except msgspec.ValidationError as error:
            raise SchemaViolation(DeadLetterReason.INVALID, f"{name}: {field_error(error)}") from None
        except (ValueError, TypeError, OverflowError, KeyError, AttributeError) as error:
            detail = f"{name}: cannot be written ({type(error).__name__})"
            raise SchemaViolation(DeadLetterReason.INVALID, detail) from None
        return (self._prefixes.get(name) or single_object(schema.fingerprint)) + body

    def decode(self, data: bytes | None, record_type: type[Record]) -> Record:
        """The record in a Kafka value.

        Raises ``SchemaViolation``: UNDECODABLE for bytes that are no framed Avro, SCHEMA_UNKNOWN for a
        schema that is not at hand, INVALID for a record of another type or a field of the wrong type.
        """
        frame = frame_of(data)
        assert data is not None
        reader = self._schema(record_type.__name__)
        writer = self._writer(frame, reader.name)
        datum = _datum(data, frame.body, writer, reader)
        try:
            return msgspec.convert(datum, record_type, strict=True)
        except msgspec.ValidationError as error:
            detail = f"{reader.name}: {field_error(error)}"
            raise SchemaViolation(DeadLetterReason.INVALID, detail) from None

    def fingerprint(self, record_type: type[Struct]) -> bytes:
        """CRC-64-AVRO fingerprint of the schema that ``encode`` writes with, in wire order."""
        return self._schema(record_type.__name__).fingerprint

    def _schema(self, name: str) -> RecordSchema:
        if name not in self._current:
            self._current[name] = RecordSchema(self._files.compose(name))
        return self._current[name]

    def _writer(self, frame: Frame, record: str) -> RecordSchema:
        if frame.fingerprint is not None:
            return self._released(frame.fingerprint, record)
        assert frame.registry_id is not None
        return self._from_registry(frame.registry_id, record)

    def _released(self, fingerprint: bytes, record: str) -> RecordSchema:
        writer = self._known_writers(record).get(fingerprint)
        if writer is not None:
            return writer
        for other in RECORD_TYPES:
            if fingerprint in self._known_writers(other):
                detail = f"the value is a record {other}: send {record} on this topic"
                raise SchemaViolation(DeadLetterReason.INVALID, detail)
        raise SchemaViolation(
            DeadLetterReason.SCHEMA_UNKNOWN,
            f"no version of {record} has the fingerprint {fingerprint.hex()}: the current one, from"
            f" schemas/avro/{record}.avsc, is {self._schema(record).fingerprint.hex()}",
        )

    def _known_writers(self, record: str) -> dict[bytes, RecordSchema]:
        if record not in self._writers:
            versions = [RecordSchema(schema) for schema in self._files.released(record)]
            current = self._schema(record)
            known = {version.fingerprint: version for version in versions}
            # Schemas of one fingerprint write the same bytes, so that the current one needs no resolving.
            self._writers[record] = {**known, current.fingerprint: current}
        return self._writers[record]

    def _from_registry(self, schema_id: int, record: str) -> RecordSchema:
        if (schema_id, record) not in self._registered:
            text = self._registry.by_id.get(schema_id)
            if text is None:
                detail = f"the registry id {schema_id} is not known here"
                raise SchemaViolation(DeadLetterReason.SCHEMA_UNKNOWN, detail)
            self._registered[schema_id, record] = self._usable(schema_id, text, record)
        return self._registered[schema_id, record]

    def _usable(self, schema_id: int, text: str, record: str) -> RecordSchema:
        reader = self._schema(record)
        try:
            schema = msgspec.json.decode(text)
            writer = RecordSchema(schema)
            problems = incompatibilities(reader.wire, schema)
        except Exception as error:  # a registry may hold any text, and the parsers fail in many ways
            detail = f"the schema of registry id {schema_id} cannot be parsed ({type(error).__name__})"
            raise SchemaViolation(DeadLetterReason.SCHEMA_UNKNOWN, detail) from None
        if problems:
            detail = (
                f"the schema of registry id {schema_id} cannot be read as {record}: {'; '.join(problems)}"
            )
            raise SchemaViolation(DeadLetterReason.SCHEMA_UNKNOWN, detail)
        return reader if writer.fingerprint == reader.fingerprint else writer

    def _confluent_prefix(self, record: str, schema_id: int) -> bytes:
        text = self._registry.by_id.get(schema_id)
        if text is None:
            raise ValueError(f"registry id {schema_id} for {record} has no schema")
        registered = RecordSchema(msgspec.json.decode(text))
        if registered.fingerprint != self._schema(record).fingerprint:
            raise ValueError(f"registry id {schema_id} is not the current schema of {record}")
        return confluent(schema_id)


def field_error(error: msgspec.ValidationError) -> str:
    """What is wrong and at which field, without the value itself."""
    problem, _, path = str(error).partition(" - at `")
    problem = re.sub(r"enum value .*", "symbol of the enumeration", problem)
    return f"{path.rstrip('`').removeprefix('$.') or 'record'}: {problem}"


def _datum(data: bytes, start: int, writer: RecordSchema, reader: RecordSchema) -> dict[str, Any]:
    try:
        datum, end = writer.read(data, start, reader)
        exact = reader.name not in _WRITTEN_ELSEWHERE or writer.is_exact(data, start)
    except MemoryError:
        raise
    except Exception as error:  # what a library raises on broken bytes depends on where they break
        detail = (
            f"{writer.name}: the body of {len(data) - start} bytes cannot be read ({type(error).__name__})"
        )
        raise SchemaViolation(DeadLetterReason.UNDECODABLE, detail) from None
    if end != len(data):
        detail = f"{writer.name}: {len(data) - end} bytes are left over after the record"
        raise SchemaViolation(DeadLetterReason.UNDECODABLE, detail)
    if not exact:
        detail = f"{writer.name}: the body is not legal Avro for its schema"
        raise SchemaViolation(DeadLetterReason.UNDECODABLE, detail)
    return datum
