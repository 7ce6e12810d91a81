"""One Avro schema made ready for fastavro, with Apache ``avro`` as the reference behind it."""

from __future__ import annotations

import io
import json
from typing import Any

import avro.compatibility
import avro.io
import avro.schema
import fastavro

from schemas.avro_files import Schema, wire_form

NullableRecords = dict[str, tuple[str | None, "NullableRecords"]]
"""Record fields by name: the full name to mark a nullable one with, and the same for its own fields."""


class RecordSchema:
    """A record's schema in wire form: writes and reads bodies without a frame.

    ``fingerprint`` is the CRC-64-AVRO fingerprint in wire order (little endian). Logical types are
    gone, so that times and days stay plain integers.
    """

    def __init__(self, schema: Schema) -> None:
        self.wire = wire_form(schema)
        self.name: str = self.wire["name"]
        canonical = fastavro.schema.to_parsing_canonical_form(self.wire)
        self.fingerprint = bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))
        self._parsed = fastavro.parse_schema(self.wire)
        self._nullable = _nullable_records(self.wire, {})

    def write(self, datum: dict[str, Any]) -> bytes:
        """The Avro body of ``datum``. Raises whatever fastavro raises where it does not fit."""
        out = io.BytesIO()
        fastavro.schemaless_writer(out, self._parsed, _marked(datum, self._nullable))
        return out.getvalue()

    def read(self, data: bytes, start: int, reader: RecordSchema) -> tuple[dict[str, Any], int]:
        """The datum whose body begins at ``start``, as ``reader`` sees it, and where the body ends."""
        source = io.BytesIO(data)
        source.seek(start)
        resolved = None if reader is self else reader._parsed
        datum: dict[str, Any] = fastavro.schemaless_reader(source, self._parsed, resolved)
        return datum, source.tell()

    def is_exact(self, data: bytes, start: int) -> bool:
        """Whether the body is legal Avro to the letter.

        fastavro takes negative indexes of enums and unions and overlong integers. A body that writes
        back to the same bytes has none; for one that does not (arrays in several blocks are legal),
        Apache ``avro`` has the last word.
        """
        datum, _ = self.read(data, start, self)
        return self.write(datum) == data[start:] or self._reference_read(data, start) == datum

    def _reference_read(self, data: bytes, start: int) -> object:
        schema = avro.schema.parse(json.dumps(self.wire))
        source = io.BytesIO(data)
        source.seek(start)
        return avro.io.DatumReader(schema, schema).read(avro.io.BinaryDecoder(source))


def incompatibilities(reader: Schema, writer: Schema) -> list[str]:
    """Why what ``writer`` writes cannot be read with ``reader``, by Apache ``avro``; empty: it can."""
    checker = avro.compatibility.ReaderWriterCompatibilityChecker()
    result = checker.get_compatibility(
        avro.schema.parse(json.dumps(wire_form(reader))),
        avro.schema.parse(json.dumps(wire_form(writer))),
    )
    if result.compatibility is avro.compatibility.SchemaCompatibilityType.compatible:
        return []
    return [*sorted(result.messages), *sorted(result.locations)]


def _nullable_records(schema: Schema, known: dict[str, Schema]) -> NullableRecords:
    """The record fields of a schema, arrays left out.

    To choose the branch of a union, fastavro validates the whole value against each; a value that
    names its branch is written at once, which halves the cost of a long transcript.
    """
    found: NullableRecords = {}
    for field in schema["fields"]:
        kind = field["type"]
        nullable = isinstance(kind, list)
        record = next((branch for branch in kind if branch != "null"), None) if nullable else kind
        record = known.get(record, record) if isinstance(record, str) else record
        if isinstance(record, dict) and record.get("type") == "record":
            known[record["name"]] = record
            full_name = f"{record['namespace']}.{record['name']}"
            found[field["name"]] = (full_name if nullable else None, _nullable_records(record, known))
    return {name: kept for name, kept in found.items() if kept[0] or kept[1]}


def _marked(datum: dict[str, Any], nullable: NullableRecords) -> dict[str, Any]:
    if not nullable:
        return datum
    marked = dict(datum)
    for name, (full_name, members) in nullable.items():
        value = marked.get(name)
        if isinstance(value, dict):
            inner = _marked(value, members)
            marked[name] = (full_name, inner) if full_name else inner
    return marked
