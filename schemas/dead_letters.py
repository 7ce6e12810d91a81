"""Headers of a dead letter: why an event was set aside, and where its original bytes come from.

Key and value of a dead letter are the original bytes, untouched; where they would not fit, the value is
empty and ``pointer`` is set. Headers are printable ASCII of bounded length, prefixed ``callqa-``, and hold
no personal data. The fields follow the dead-letter headers of Kafka Connect (KIP-298) and Spring Kafka.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from schemas.identity import ID_LIMIT, is_legal_id, stable_id
from schemas.records.terms import DeadLetterReason, Stage
from schemas.violation import DETAIL_LIMIT, SchemaViolation, ascii_within

PREFIX = "callqa-"
VERSION = 1
REDRIVE_LIMIT = 5
"""A dead letter that came back this often is parked: redriving it again needs a person."""

_TEXT_LIMIT = 256
_LIMITS = {"detail": DETAIL_LIMIT, "interaction_id": ID_LIMIT, "payload_sha256": 64}


class DeadLetterHeaders(Struct, frozen=True, kw_only=True):
    """One dead letter without its payload.

    ``error_class`` is the name of the exception's class. ``detail`` is redacted by whoever builds it; it
    is cut at 512 bytes. ``attempts`` counts tries at the stage, ``redrive_count`` how often the event was
    sent to the stage again from here. ``payload_sha256`` is the hex sum of the original value, also
    where ``pointer`` says that the value is not here. ``interaction_id`` and ``record_version`` are null
    where the event could not be decoded.
    """

    stage: Stage
    reason: DeadLetterReason
    error_class: str = ""
    detail: str = ""
    src_topic: str
    src_partition: int
    src_offset: int
    src_timestamp: int
    group: str
    app_version: str
    attempts: int = 1
    first_failed_at: int
    redrive_count: int = 0
    payload_sha256: str
    interaction_id: str | None = None
    record_version: int | None = None
    pointer: bool = False

    @property
    def dead_letter_id(self) -> str:
        """The same for the same event at the same stage, however often it is set aside."""
        return stable_id("dead_letter", self.src_topic, self.src_partition, self.src_offset, self.stage.value)

    def to_kafka(self) -> list[tuple[str, bytes]]:
        """The headers in Kafka's form.

        Never fails on what a text holds, since the way out for bad events must not have one of its own:
        other characters are escaped and texts cut. An ``interaction_id`` that is no legal id is left out.
        """
        headers = [(PREFIX + "version", str(VERSION).encode("ascii"))]
        for name in self.__struct_fields__:
            value = _header_value(name, getattr(self, name))
            if value is not None:
                headers.append((_header_name(name), value))
        return headers

    @classmethod
    def from_kafka(cls, headers: Iterable[tuple[str, bytes | None]] | None) -> DeadLetterHeaders:
        """Reads what ``to_kafka`` wrote; headers with another prefix are passed over.

        Raises ``SchemaViolation`` (UNDECODABLE) for a missing, repeated, unknown or malformed header and
        for a version of these headers that is not known.
        """
        texts = _texts(headers or ())
        version = texts.pop("version", None)
        if version != str(VERSION):
            raise _undecodable("version", "must be 1")
        try:
            return msgspec.convert(texts, cls, strict=False)
        except msgspec.ValidationError as error:
            # The message may repeat the value; the path alone says which header it was.
            name = str(error).partition(" - at `$.")[2].rstrip("`") or _missing(texts)
            raise _undecodable(name, "is missing or malformed") from None


def payload_sha256(value: bytes | None) -> str:
    """Hex SHA-256 of an original value; an absent value counts as empty."""
    return hashlib.sha256(value or b"").hexdigest()


def _header_name(field: str) -> str:
    return PREFIX + field.replace("_", "-")


def _header_value(name: str, value: object) -> bytes | None:
    if value is None or (name == "interaction_id" and not is_legal_id(str(value))):
        return None
    if isinstance(value, bool):
        return b"true" if value else b"false"
    return ascii_within(str(value), _LIMITS.get(name, _TEXT_LIMIT)).encode("ascii")


def _texts(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    known = {_header_name(field): field for field in (*DeadLetterHeaders.__struct_fields__, "version")}
    texts: dict[str, str] = {}
    for header, value in headers:
        if not header.startswith(PREFIX):
            continue
        field = known.get(header)
        if field is None or field in texts:
            raise _undecodable(ascii_within(header, 64).removeprefix(PREFIX), "is not known, or stands twice")
        if value is None or not value.isascii() or len(value) > _LIMITS.get(field, _TEXT_LIMIT):
            raise _undecodable(field, "must be ASCII within its limit")
        texts[field] = value.decode("ascii")
    return texts


def _missing(texts: dict[str, str]) -> str:
    required = (field.name for field in msgspec.structs.fields(DeadLetterHeaders) if field.required)
    return ", ".join(name for name in required if name not in texts)


def _undecodable(field: str, problem: str) -> SchemaViolation:
    name = _header_name(field)
    return SchemaViolation(DeadLetterReason.UNDECODABLE, f"dead letter header {name} {problem}")
