"""Avro schema files of the contract: one named type a file, put together into whole schemas.

``avro/<Record>.avsc`` are the records that travel or are embedded whole, ``avro/types`` the records
inside them, ``avro/enums`` the closed vocabularies. A type refers to another by its name; ``compose``
writes each name out at its first use, so that any Avro library can read the result.
``avro/released/<Record>.<n>.avsc`` hold, without documentation, every version that was ever written to a
topic: bytes stay readable for as long as their version is there.

Every field carries ``privacy``: P1 facts of operation, P2 names a member of staff, P3 stands for a
customer, P4 words and recordings of people. A field is at least as restricted as what it holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

NAMESPACE = "qa.interaction.v1"
_TYPE_FOLDERS = ("", "types", "enums")
_WIRE_KEYS = ("type", "name", "namespace", "fields", "symbols", "items", "values", "size", "default")
_RELEASED = re.compile(r"(?P<record>[A-Za-z]+)\.(?P<version>[1-9][0-9]*)\.avsc")

Schema = Any
"""An Avro schema as parsed JSON: a name, a list (union) or an object."""


class SchemaFiles:
    """Reads the schema files below ``root``, by default those of the installed package."""

    def __init__(self, root: Traversable | None = None) -> None:
        self._root = root if root is not None else resources.files("schemas") / "avro"

    def names(self) -> frozenset[str]:
        """Names of all types that have a file."""
        return frozenset(
            entry.name.removesuffix(".avsc")
            for folder in _TYPE_FOLDERS
            for entry in self._folder(folder).iterdir()
            if entry.name.endswith(".avsc")
        )

    def read(self, name: str) -> dict[str, Any]:
        """The file of one type as it stands, other types by name.

        Raises ``FileNotFoundError`` where no such type exists and ``ValueError`` where the file
        defines a type of another name.
        """
        for folder in _TYPE_FOLDERS:
            file = self._folder(folder) / f"{name}.avsc"
            if file.is_file():
                schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
                if schema["name"] != name or schema["namespace"] != NAMESPACE:
                    raise ValueError(f"{name}.avsc must define {NAMESPACE}.{name}")
                return schema
        raise FileNotFoundError(f"no schema file for type {name}")

    def compose(self, name: str) -> dict[str, Any]:
        """The whole schema of a record with its documentation, every other type in-lined at first use."""
        schema = self._written_out(name, set())
        assert isinstance(schema, dict)
        return schema

    def released(self, record: str) -> list[dict[str, Any]]:
        """All released versions of a record, oldest first, numbered 1 to n without a gap."""
        found: dict[int, dict[str, Any]] = {}
        for version, entry in self._released_files(record):
            found[version] = json.loads(entry.read_text(encoding="utf-8"))
        if sorted(found) != list(range(1, len(found) + 1)):
            raise ValueError(f"released versions of {record} must be numbered 1 to n, found {sorted(found)}")
        return [found[version] for version in sorted(found)]

    def _released_files(self, record: str) -> Iterator[tuple[int, Traversable]]:
        folder = self._folder("released")
        for entry in folder.iterdir() if folder.is_dir() else ():
            match = _RELEASED.fullmatch(entry.name)
            if match and match["record"] == record:
                yield int(match["version"]), entry

    def _folder(self, name: str) -> Traversable:
        return self._root / name if name else self._root

    def _written_out(self, schema: Schema, written: set[str]) -> Schema:
        if isinstance(schema, str):
            if schema in written or not schema[0].isupper():
                return schema
            written.add(schema)
            return self._with_members(self.read(schema), written)
        if isinstance(schema, list):
            return [self._written_out(branch, written) for branch in schema]
        return self._with_members(schema, written)

    def _with_members(self, schema: dict[str, Any], written: set[str]) -> dict[str, Any]:
        whole = dict(schema)
        for member in ("items", "values"):
            if member in whole:
                whole[member] = self._written_out(whole[member], written)
        if "fields" in whole:
            whole["fields"] = [
                {**field, "type": self._written_out(field["type"], written)} for field in whole["fields"]
            ]
        return whole


def wire_form(schema: Schema) -> Schema:
    """``schema`` without documentation, units, privacy classes and logical types.

    What is left decides the bytes and how old bytes are read: two schemas of one wire form are the
    same contract. Unlike the canonical form of the Avro specification it keeps defaults.
    """
    if isinstance(schema, str):
        return schema
    if isinstance(schema, list):
        return [wire_form(branch) for branch in schema]
    if set(schema) <= {"type", "logicalType"}:
        return wire_form(schema["type"])
    kept = {key: schema[key] for key in _WIRE_KEYS if key in schema}
    for member in ("items", "values"):
        if member in kept:
            kept[member] = wire_form(kept[member])
    if "fields" in kept:
        kept["fields"] = [_wire_field(field) for field in kept["fields"]]
    return kept


def _wire_field(field: dict[str, Any]) -> dict[str, Any]:
    kept = {"name": field["name"], "type": wire_form(field["type"])}
    if "default" in field:
        kept["default"] = field["default"]
    return kept
