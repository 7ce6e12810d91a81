"""Freezes schemas: ``python -m schemas.releases`` stores every changed record's schema as its next version.

Run it with each commit that changes a schema, so that bytes written since then stay readable. Beside each
version lies a golden file: an example of the record and the bytes that Apache ``avro`` writes for it,
which later code, and code in other languages, must read as that record. A version that other people's
topics may hold is never edited or removed.
"""

from __future__ import annotations

import io
import json
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import avro.io
import avro.schema

from schemas.avro_files import SchemaFiles, wire_form
from schemas.codec import RECORD_TYPES
from schemas.framing import single_object
from schemas.plain import from_plain, to_plain
from schemas.record_schema import RecordSchema


def release(files: SchemaFiles, record: str, example: dict[str, Any], folder: Path) -> Path | None:
    """Writes the schema of ``record`` and its golden file into ``folder``.

    ``example`` is a whole datum of the record. Returns the schema's file, or none where the newest
    version is the same already.
    """
    current = wire_form(files.compose(record))
    versions = files.released(record)
    if versions and versions[-1] == current:
        return None
    folder.mkdir(exist_ok=True)
    version = folder / f"{record}.{len(versions) + 1}"
    golden = {"bytes": reference_bytes(current, example).hex(), "record": example}
    _write(version.with_name(f"{version.name}.golden.json"), golden)
    file = version.with_name(f"{version.name}.avsc")
    _write(file, current)
    return file


def reference_bytes(schema: dict[str, Any], datum: dict[str, Any]) -> bytes:
    """``datum`` in Avro single-object encoding, written by Apache ``avro``."""
    parsed = avro.schema.parse(json.dumps(schema))
    body = io.BytesIO()
    avro.io.DatumWriter(parsed).write(datum, avro.io.BinaryEncoder(body))
    return single_object(RecordSchema(schema).fingerprint) + body.getvalue()


def fullest_example(record: str) -> dict[str, Any]:
    """The longest passing example of a record, with every default filled in."""
    folder = resources.files("schemas") / "examples" / record
    texts = [
        file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".pass.json")
    ]
    return to_plain(from_plain(json.loads(max(texts, key=len)), RECORD_TYPES[record]))


def main() -> None:
    """Releases every record of the contract and names the files written."""
    folder = Path(__file__).parent / "avro" / "released"
    for record in RECORD_TYPES:
        file = release(SchemaFiles(), record, fullest_example(record), folder)
        if file is not None:
            sys.stdout.write(f"{file}\n")


def _write(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
