"""The Avro files and the records say the same, field by field; every field is documented."""

from __future__ import annotations

import enum
import inspect
import json
import types
import typing

import avro.schema
import fastavro
import msgspec
import pytest

from schemas.avro_files import NAMESPACE, SchemaFiles, wire_form
from schemas.codec import RECORD_TYPES, Codec
from schemas.records import classified, completed, feedback, scored, terms, transcribed

FILES = SchemaFiles()
OUTSIDE_AVRO = {"Stage", "DeadLetterReason"}  # they travel in headers
ROWS = {
    "Turn",
    "Word",
    "SpeechInterval",
    "Redaction",
    "Interruption",
    "Silence",
    "SystemStretch",
    "RaisedVoice",
    "Loudness",
}  # travel as columns
BASES = {"InteractionFacts"}  # its fields stand in both records that share them
STRUCTS = {
    name: kind
    for module in (completed, transcribed, classified, scored, feedback)
    for name, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, msgspec.Struct) and kind.__module__ == module.__name__ and name not in ROWS | BASES
}
ENUMS = {
    name: kind
    for name, kind in inspect.getmembers(terms, inspect.isclass)
    if issubclass(kind, enum.StrEnum) and kind is not enum.StrEnum and name not in OUTSIDE_AVRO
}
LONG_INTEGERS = {"record_version", "activation_seq", "source_offset", "source_timestamp"}
PRIVACY_CLASSES = ["P1", "P2", "P3", "P4"]
WORDS = {"text", "words", "comment", "turn_text", "turn_normalised", "input_value", "uri", "content_uri"}
STAFF = {"agent_id", "sender_id", "turn_speaker_id", "reviewer_id", "team_id"}


def avro_type(annotation: object, field: str) -> object:
    """The Avro type that a record's annotation stands for."""
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if origin in (types.UnionType, typing.Union):
        kept = next(argument for argument in arguments if argument is not type(None))
        return ["null", avro_type(kept, field)]
    if origin is tuple:
        return {"type": "array", "items": avro_type(arguments[0], field)}
    if origin is dict:
        return {"type": "map", "values": "string"}
    if annotation is int:
        return integer_type(field)
    plain = {str: "string", bool: "boolean", float: "double"}
    return plain.get(annotation) or annotation.__name__


def integer_type(field: str) -> object:
    if field == "retain_until":
        return {"type": "int", "logicalType": "date"}
    if field.endswith("_at") or field == "source_timestamp":
        return {"type": "long", "logicalType": "timestamp-millis"}
    return "long" if field.endswith("_ms") or field in LONG_INTEGERS else "int"


def default_of(field: msgspec.structs.FieldInfo) -> object:
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    return list(value) if isinstance(value, tuple) else value


def named_types(schema: object) -> set[str]:
    if isinstance(schema, str):
        return {schema} if schema[0].isupper() else set()
    if isinstance(schema, list):
        return set().union(*(named_types(branch) for branch in schema))
    inside = {key: named_types(schema[key]) for key in ("items", "values") if key in schema}
    fields = [named_types(field["type"]) for field in schema.get("fields", [])]
    return set().union(*inside.values(), *fields)


def test_every_record_and_enumeration_has_a_file_and_every_file_has_one():
    assert FILES.names() == set(STRUCTS) | set(ENUMS)


@pytest.mark.parametrize("name", STRUCTS)
def test_a_record_has_the_fields_of_its_file_in_order(name):
    hints = typing.get_type_hints(STRUCTS[name])
    expected = [
        (
            field.name,
            avro_type(hints[field.name], field.name),
            "required" if field.required else default_of(field),
        )
        for field in msgspec.structs.fields(STRUCTS[name])
    ]

    declared = [
        (field["name"], field["type"], field.get("default", "required"))
        for field in FILES.read(name)["fields"]
    ]

    assert declared == expected


@pytest.mark.parametrize("name", ENUMS)
def test_an_enumeration_has_the_symbols_of_its_file_in_order(name):
    schema = FILES.read(name)

    assert schema["symbols"] == [member.value for member in ENUMS[name]]
    assert schema.get("default") == ("UNKNOWN" if "UNKNOWN" in schema["symbols"] else None)


@pytest.mark.parametrize("name", sorted(set(STRUCTS) | set(ENUMS)))
def test_a_type_says_what_it_is(name):
    schema = FILES.read(name)

    assert schema["namespace"] == NAMESPACE
    assert len(schema["doc"]) >= 15


@pytest.mark.parametrize("name", STRUCTS)
def test_every_field_has_a_meaning_a_privacy_class_and_a_unit_where_it_is_a_quantity(name):
    for field in FILES.read(name)["fields"]:
        assert field["doc"].strip(), field["name"]
        assert field["privacy"] in PRIVACY_CLASSES, field["name"]
        if field["name"].endswith("_ms"):
            assert field["unit"] == "ms", field["name"]
        if field["name"].endswith("_at"):
            assert field["unit"] == "epoch ms UTC", field["name"]
        if field["name"].endswith("_count"):
            assert field["unit"] == "count", field["name"]


def test_what_names_people_or_repeats_their_words_is_classified_so():
    for field in (field for name in STRUCTS for field in FILES.read(name)["fields"]):
        if field["name"] in WORDS:
            assert field["privacy"] == "P4", field["name"]
        if field["name"] in STAFF:
            assert field["privacy"] == "P2", field["name"]
        if field["name"].startswith("customer_") and field["type"] == ["null", "string"]:
            assert field["privacy"] == "P3", field["name"]


def strictest(name: str) -> str:
    """The strictest class of the fields of a record, those of records inside it included."""
    classes = [field["privacy"] for field in FILES.read(name)["fields"]]
    inner = [
        strictest(kind)
        for field in FILES.read(name)["fields"]
        for kind in named_types(field["type"])
        if kind in STRUCTS
    ]
    return max(classes + inner)


@pytest.mark.parametrize("name", STRUCTS)
def test_a_field_is_at_least_as_restricted_as_what_it_holds(name):
    for field in FILES.read(name)["fields"]:
        for kind in named_types(field["type"]):
            if kind in STRUCTS:
                assert field["privacy"] >= strictest(kind), f"{name}.{field['name']}"


def test_every_type_is_used_by_a_record_that_travels():
    reached = set(RECORD_TYPES)
    waiting = list(RECORD_TYPES)
    while waiting:
        for kind in named_types(FILES.read(waiting.pop())) - reached:
            reached.add(kind)
            waiting.append(kind)

    assert reached == FILES.names()


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_a_whole_schema_parses_in_both_libraries_with_one_fingerprint(name):
    whole = FILES.compose(name)
    assert avro.schema.parse(json.dumps(whole)).name == name

    canonical = fastavro.schema.to_parsing_canonical_form(whole)
    fast = bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))

    # Apache avro for Python forgets to reduce {"type": "long", "logicalType": ...} to "long", as the
    # specification asks; on the wire form, which has no logical types, the two must agree.
    assert avro.schema.parse(json.dumps(wire_form(whole))).fingerprint() == fast
    assert Codec().fingerprint(RECORD_TYPES[name]) == fast
