from collections.abc import Callable

import pytest

from processors.normalization import normalise_interaction
from processors.transcript import SourceCoordinates, header_of
from schemas.records.completed import InteractionCompleted, Message
from schemas.records.terms import Channel, Disposition, MessageKind, Role
from schemas.records.transcribed import InteractionTranscribed

STARTED_AT = 1_760_000_000_000
SOURCE = SourceCoordinates(topic="t", partition=0, offset=1, timestamp_ms=STARTED_AT)


@pytest.fixture
def event() -> Callable[..., InteractionCompleted]:
    def build(**changes: object) -> InteractionCompleted:
        given: dict[str, object] = {
            "interaction_id": "i-1",
            "record_version": 1,
            "tenant_id": "t",
            "source_system": "test",
            "channel": Channel.WEB,
            "disposition": Disposition.HANDLED,
            "started_at": STARTED_AT,
            "ended_at": STARTED_AT + 600_000,
            "language": "zh-CN",
        }
        return InteractionCompleted(**{**given, **changes})

    return build


@pytest.fixture
def message() -> Callable[..., Message]:
    def build(second: float, role: Role, text: str | None = "您好", **more: object) -> Message:
        given: dict[str, object] = {
            "message_id": f"m-{second}-{role}",
            "sent_at": STARTED_AT + round(second * 1000),
            "role": role,
            "sender_id": "a-1" if role is Role.AGENT else None,
            "text": text,
            "kind": MessageKind.TEXT,
        }
        return Message(**{**given, **more})

    return build


@pytest.fixture
def normalised() -> Callable[[InteractionCompleted], InteractionTranscribed]:
    return lambda completed: normalise_interaction(completed, header_of(completed, SOURCE))
