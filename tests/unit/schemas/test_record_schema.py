from __future__ import annotations

import copy

import pytest

from schemas.record_schema import RecordSchema, incompatibilities

PART = {"type": "record", "name": "Part", "namespace": "n", "fields": [{"name": "x", "type": "string"}]}
WHOLE = {
    "type": "record",
    "name": "Whole",
    "namespace": "n",
    "fields": [
        {"name": "first", "type": ["null", PART], "default": None},
        {"name": "second", "type": ["null", "Part"], "default": None},
        {"name": "kept", "type": "Part"},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"], "default": "B"}},
    ],
}
DATUM = {"first": {"x": "1"}, "second": None, "kept": {"x": "2"}, "kind": "A"}


def test_what_is_written_is_read_and_the_end_is_known():
    schema = RecordSchema(WHOLE)
    body = schema.write(DATUM)

    datum, end = schema.read(b"??" + body + b"rest", 2, schema)

    assert datum == DATUM
    assert end == 2 + len(body)


def test_writing_leaves_the_datum_as_it_was():
    datum = copy.deepcopy(DATUM)

    RecordSchema(WHOLE).write(datum)

    assert datum == DATUM


def test_the_fingerprint_is_the_little_endian_crc_64_of_the_specification():
    # The algorithm as the Avro specification gives it under "Schema Fingerprints".
    schema = RecordSchema({"type": "record", "name": "R", "fields": []})
    crc = 0xC15D213AA4D7A795
    text = b'{"name":"R","type":"record","fields":[]}'
    table = []
    for byte in range(256):
        entry = byte
        for _ in range(8):
            entry = (entry >> 1) ^ (0xC15D213AA4D7A795 & -(entry & 1))
        table.append(entry)
    for byte in text:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]

    assert schema.fingerprint == crc.to_bytes(8, "little")


def test_documentation_and_logical_types_do_not_change_the_fingerprint():
    plain = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "long"}]}
    told = {
        **plain,
        "doc": "d",
        "fields": [
            {"name": "a", "type": {"type": "long", "logicalType": "timestamp-millis"}, "privacy": "P1"}
        ],
    }

    assert RecordSchema(plain).fingerprint == RecordSchema(told).fingerprint


def test_a_whole_body_is_exact_and_a_negative_index_is_not():
    schema = RecordSchema(WHOLE)
    body = schema.write(DATUM)

    assert schema.is_exact(body, 0)
    with pytest.raises(Exception, match="enum index -1"):
        schema.is_exact(body[:-1] + b"\x01", 0)


def test_compatible_schemas_have_no_incompatibilities():
    grown = {**WHOLE, "fields": [*WHOLE["fields"], {"name": "new", "type": "int", "default": 0}]}

    assert incompatibilities(reader=grown, writer=WHOLE) == []
    assert incompatibilities(reader=WHOLE, writer=grown) == []


@pytest.mark.parametrize(
    "field",
    [
        {"name": "new", "type": "int"},
        {"name": "kind", "type": "string"},
        {"name": "kept", "type": ["null", "int"]},
    ],
)
def test_an_incompatible_reader_is_told_apart(field):
    kept = [old for old in WHOLE["fields"] if old["name"] != field["name"]]

    assert incompatibilities(reader={**WHOLE, "fields": [*kept, field]}, writer=WHOLE)
