"""Records as they arrive at a stage, made from the examples of the contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from typing import Any

import msgspec
import pytest

from schemas.codec import RECORD_TYPES, Codec
from schemas.plain import from_plain
from schemas.topics import COMPLETED
from streams.stages.outcome import Incoming


@pytest.fixture(scope="session")
def codec() -> Codec:
    return Codec()


@pytest.fixture(scope="session")
def example() -> Callable[..., Any]:
    """``example("InteractionCompleted", "voice")`` is that record; further arguments change its fields."""

    def read(record: str, case: str, **changes: Any) -> Any:
        path = resources.files("schemas") / "examples" / record / f"{case}.pass.json"
        found = from_plain(json.loads(path.read_text(encoding="utf-8")), RECORD_TYPES[record])
        return msgspec.structs.replace(found, **changes)

    return read


@pytest.fixture(scope="session")
def arrived(codec: Codec) -> Callable[..., Incoming]:
    """A record as it lies on a topic."""

    def make(event: msgspec.Struct | bytes | None, topic: str = COMPLETED, **values: Any) -> Incoming:
        value = codec.encode(event) if isinstance(event, msgspec.Struct) else event
        return Incoming(
            **{
                "topic": topic,
                "partition": 2,
                "offset": 41,
                "timestamp_ms": 1_763_946_700_000,
                "key": b"key",
                "value": value,
                **values,
            }
        )

    return make
