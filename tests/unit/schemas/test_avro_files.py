from __future__ import annotations

import json
from pathlib import Path

import avro.schema
import fastavro
import pytest

from schemas.avro_files import SchemaFiles, wire_form
from schemas.releases import release

RECORD = {
    "type": "record",
    "name": "Parcel",
    "namespace": "qa.interaction.v1",
    "doc": "a parcel",
    "fields": [
        {"name": "from", "type": "Place", "doc": "sender"},
        {"name": "to", "type": ["null", "Place"], "default": None},
        {"name": "stops", "type": {"type": "array", "items": "Place"}, "default": []},
        {"name": "sent_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "unit": "ms"},
    ],
}
PLACE = {
    "type": "enum",
    "name": "Place",
    "namespace": "qa.interaction.v1",
    "symbols": ["A", "B"],
    "default": "B",
}
EXAMPLE = {"from": "A", "to": None, "stops": ["B"], "sent_at": 5}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "types").mkdir()
    (tmp_path / "enums").mkdir()
    (tmp_path / "Parcel.avsc").write_text(json.dumps(RECORD))
    (tmp_path / "enums" / "Place.avsc").write_text(json.dumps(PLACE))
    return tmp_path


def test_a_named_type_is_written_out_at_its_first_use_only(root):
    fields = SchemaFiles(root).compose("Parcel")["fields"]

    assert fields[0]["type"] == PLACE
    assert fields[1]["type"] == ["null", "Place"]
    assert fields[2]["type"] == {"type": "array", "items": "Place"}


def test_the_composed_schema_parses_in_both_libraries(root):
    whole = SchemaFiles(root).compose("Parcel")

    assert avro.schema.parse(json.dumps(whole)).fullname == "qa.interaction.v1.Parcel"
    assert fastavro.parse_schema(whole)["name"] == "qa.interaction.v1.Parcel"


def test_names_lists_every_type(root):
    assert SchemaFiles(root).names() == {"Parcel", "Place"}


def test_the_wire_form_keeps_what_decides_the_bytes_and_the_defaults(root):
    wire = wire_form(SchemaFiles(root).compose("Parcel"))

    assert wire["fields"][1] == {"name": "to", "type": ["null", "Place"], "default": None}
    assert wire["fields"][3] == {"name": "sent_at", "type": "long"}
    assert "doc" not in json.dumps(wire)
    assert wire["fields"][0]["type"]["default"] == "B"


def test_a_type_without_a_file_is_an_error(root):
    with pytest.raises(FileNotFoundError, match="Ghost"):
        SchemaFiles(root).read("Ghost")


@pytest.mark.parametrize("wrong", [{"name": "Packet"}, {"namespace": "elsewhere"}])
def test_a_file_that_defines_another_type_is_an_error(root, wrong):
    (root / "Parcel.avsc").write_text(json.dumps({**RECORD, **wrong}))

    with pytest.raises(ValueError, match="must define"):
        SchemaFiles(root).read("Parcel")


def test_a_record_is_released_once_and_again_when_its_wire_form_changes(root):
    released = root / "released"

    first = release(SchemaFiles(root), "Parcel", EXAMPLE, released)
    unchanged = release(SchemaFiles(root), "Parcel", EXAMPLE, released)
    documented = {**RECORD, "doc": "other words"}
    (root / "Parcel.avsc").write_text(json.dumps(documented))
    only_words = release(SchemaFiles(root), "Parcel", EXAMPLE, released)
    grown = {**RECORD, "fields": [*RECORD["fields"], {"name": "weight", "type": "int", "default": 0}]}
    (root / "Parcel.avsc").write_text(json.dumps(grown))
    second = release(SchemaFiles(root), "Parcel", {**EXAMPLE, "weight": 1}, released)

    assert first == released / "Parcel.1.avsc"
    golden = json.loads((released / "Parcel.1.golden.json").read_text())
    assert bytes.fromhex(golden["bytes"])[10:] == b"\x00" + b"\x00" + b"\x02\x02\x00" + b"\x0a"
    assert unchanged is None
    assert only_words is None
    assert second == released / "Parcel.2.avsc"
    assert [len(version["fields"]) for version in SchemaFiles(root).released("Parcel")] == [4, 5]


def test_a_gap_in_the_released_versions_is_an_error(root):
    (root / "released").mkdir()
    (root / "released" / "Parcel.2.avsc").write_text(json.dumps(RECORD))

    with pytest.raises(ValueError, match="numbered 1 to n"):
        SchemaFiles(root).released("Parcel")
