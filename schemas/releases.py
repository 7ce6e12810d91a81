"""Freezes schemas: ``python -m schemas.releases`` stores every changed record's schema as its next version.

Run it with each commit that changes a schema, so that bytes written since then stay readable. A version
that other people's topics may hold is never edited or removed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from schemas.avro_files import SchemaFiles, wire_form
from schemas.codec import RECORD_TYPES


def release(files: SchemaFiles, record: str, folder: Path) -> Path | None:
    """Writes the schema of ``record`` into ``folder`` unless its newest version there is the same.

    Returns the new file, or none.
    """
    current = wire_form(files.compose(record))
    versions = files.released(record)
    if versions and versions[-1] == current:
        return None
    folder.mkdir(exist_ok=True)
    file = folder / f"{record}.{len(versions) + 1}.avsc"
    file.write_text(json.dumps(current, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def main() -> None:
    """Releases every record of the contract and names the files written."""
    folder = Path(__file__).parent / "avro" / "released"
    for record in RECORD_TYPES:
        file = release(SchemaFiles(), record, folder)
        if file is not None:
            sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main()
