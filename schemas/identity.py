"""Deterministic identity: the same inputs give the same id on every machine and in every replay."""

from __future__ import annotations

import hashlib
import uuid

import msgspec

ID_LIMIT = 128

_NAMESPACE = uuid.UUID("6f1d2f0e-7d38-5b0c-9a53-0d1c0a11ca11")


def stable_id(kind: str, *parts: object) -> str:
    """UUIDv5 (RFC 9562) of ``kind`` and ``parts``.

    Parts are joined by an ASCII unit separator after ``str``, so ("a", "bc") and ("ab", "c") differ.
    No part may be a time of processing, a random value or a run id.
    """
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join([kind, *map(str, parts)])))


def content_hash(value: object) -> str:
    """SHA-256 hex of any record or builtin as canonical JSON (sorted keys, UTF-8)."""
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()


def is_legal_id(interaction_id: str) -> bool:
    """Whether an interaction id is 1 to 128 printable ASCII characters without spaces.

    It is a Kafka key, a header and part of addresses; what is longer or looks different in two
    encodings of the same letters is refused at the door.
    """
    return 0 < len(interaction_id) <= ID_LIMIT and all("!" <= char <= "~" for char in interaction_id)
