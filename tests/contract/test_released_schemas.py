"""What was once written to a topic stays readable, in both directions, for every released version."""

from __future__ import annotations

import copy
import json
from importlib import resources

import pytest

from schemas.avro_files import SchemaFiles, wire_form
from schemas.codec import RECORD_TYPES, Codec
from schemas.plain import from_plain
from schemas.record_schema import incompatibilities
from schemas.releases import reference_bytes

FILES = SchemaFiles()
FOLDER = resources.files("schemas") / "avro" / "released"
VERSIONS = [
    (record, number) for record in RECORD_TYPES for number in range(1, len(FILES.released(record)) + 1)
]


def golden(record: str, number: int) -> dict[str, object]:
    return json.loads((FOLDER / f"{record}.{number}.golden.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("record", RECORD_TYPES)
def test_the_current_schema_is_the_newest_released_version(record):
    versions = FILES.released(record)

    assert versions, f"run python -m schemas.releases: {record} has no released version"
    assert versions[-1] == wire_form(FILES.compose(record)), (
        f"{record} has changed: run python -m schemas.releases and commit what it writes"
    )


@pytest.mark.parametrize(("record", "number"), VERSIONS)
def test_old_and_new_programs_read_each_other(record, number):
    current = FILES.compose(record)
    old = FILES.released(record)[number - 1]

    assert incompatibilities(reader=current, writer=old) == []
    assert incompatibilities(reader=old, writer=current) == []


@pytest.mark.parametrize(("record", "number"), VERSIONS)
def test_the_golden_bytes_of_a_version_are_read_as_its_record(record, number):
    stored = golden(record, number)

    read = Codec().decode(bytes.fromhex(stored["bytes"]), RECORD_TYPES[record])

    assert read == from_plain(stored["record"], RECORD_TYPES[record])


@pytest.mark.parametrize(("record", "number"), VERSIONS)
def test_the_golden_bytes_are_what_apache_avro_writes_for_that_version(record, number):
    stored = golden(record, number)

    written = reference_bytes(FILES.released(record)[number - 1], stored["record"])

    assert written.hex() == stored["bytes"]


@pytest.mark.parametrize("record", RECORD_TYPES)
def test_the_codec_writes_the_golden_bytes_of_the_newest_version(record):
    stored = golden(record, len(FILES.released(record)))

    assert Codec().encode(from_plain(stored["record"], RECORD_TYPES[record])).hex() == stored["bytes"]


def test_every_file_of_the_folder_belongs_to_a_version():
    expected = {
        f"{record}.{number}.{kind}" for record, number in VERSIONS for kind in ("avsc", "golden.json")
    }

    assert {file.name for file in FOLDER.iterdir()} == expected


def test_a_change_that_breaks_readers_is_found():
    current = FILES.compose("SurveyAnswered")
    required = copy.deepcopy(current)
    required["fields"].append({"name": "device", "type": "string"})
    renamed = copy.deepcopy(current)
    renamed["fields"][0]["name"] = "enterprise_id"
    fewer_symbols = copy.deepcopy(current)
    resolved = next(field for field in fewer_symbols["fields"] if field["name"] == "resolved")["type"]
    resolved["symbols"].remove("NO")
    del resolved["default"]

    for broken in (required, renamed, fewer_symbols):
        assert incompatibilities(reader=broken, writer=current)
