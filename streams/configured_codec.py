"""The codec that the settings ask for."""

from __future__ import annotations

import msgspec

from schemas.codec import Codec, RegisteredSchemas
from streams.settings import Settings


def configured_codec(settings: Settings) -> Codec:
    """Single-object framing, or Confluent framing with a registry's configured snapshot. Raises OSError."""
    snapshot = settings.schema_registry_snapshot
    if snapshot is None:
        return Codec()
    return Codec(registry=msgspec.json.decode(snapshot.read_bytes(), type=RegisteredSchemas))
