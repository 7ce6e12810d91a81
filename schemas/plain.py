"""Records to and from plain JSON values, for files that people write: examples, demo data, ``publish``."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from schemas.codec import field_error
from schemas.records.terms import DeadLetterReason
from schemas.violation import SchemaViolation

Record = TypeVar("Record", bound=Struct)


def from_plain(value: object, record_type: type[Record]) -> Record:
    """The record that ``value`` (parsed JSON or YAML) describes; missing optional fields get their default.

    Raises ``SchemaViolation`` (INVALID) naming the field where one is missing, of the wrong type or
    not known: a field that would be dropped in silence is a mistake of the writer.
    """
    try:
        record = msgspec.convert(value, record_type, strict=True)
    except msgspec.ValidationError as error:
        detail = f"{record_type.__name__}: {field_error(error)}"
        raise SchemaViolation(DeadLetterReason.INVALID, detail) from None
    unknown = _unknown_field(value, to_plain(record), "")
    if unknown:
        detail = f"{record_type.__name__}: {unknown}: no such field"
        raise SchemaViolation(DeadLetterReason.INVALID, detail)
    return record


def to_plain(record: Struct) -> dict[str, Any]:
    """``record`` as JSON values."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
    return plain


def _unknown_field(given: object, kept: object, path: str) -> str | None:
    if isinstance(given, dict) and isinstance(kept, dict):
        for name in given:
            below = f"{path}.{name}" if path else str(name)
            found = below if name not in kept else _unknown_field(given[name], kept[name], below)
            if found:
                return found
    elif isinstance(given, list) and isinstance(kept, list):
        for index, (one, other) in enumerate(zip(given, kept, strict=True)):
            found = _unknown_field(one, other, f"{path}[{index}]")
            if found:
                return found
    return None
