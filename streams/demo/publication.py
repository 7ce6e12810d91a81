"""Publishes the demo day as any upstream system would, and remembers where each event lies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import asdict, replace

from schemas.codec import Codec
from schemas.records.completed import InteractionCompleted
from schemas.topics import COMPLETED, SURVEY_ANSWERED
from streams.demo.events import DemoEvents
from streams.operations.cluster import Cluster
from streams.operations.publish import OutgoingRecord, publish


class Publication(Struct, frozen=True):
    """``places`` maps (topic, partition, offset) to the id an event was published under."""

    places: dict[tuple[str, int, int], str]


def publish_demo(
    cluster: Cluster,
    events: DemoEvents,
    *,
    on_confirmed: Callable[[int], None],
    late_since_ms: int | None = None,
) -> Publication:
    """Publish every event of the day.

    With ``late_since_ms`` (epoch ms) a call whose recording is not there ended then, so that its waiting
    time is really waited for; without it, the waiting was over long ago.
    """
    codec = Codec()
    completed = [
        _just_ended(event, late_since_ms) if late_since_ms is not None and _unrecorded(event) else event
        for event in events.completed
    ]
    records = [(event.interaction_id, codec.encode(event)) for event in completed]
    records += [(raw.key, raw.value) for raw in events.raw]
    places = publish(cluster, COMPLETED, _outgoing(records), on_confirmed=on_confirmed)
    surveys = [(answer.interaction_id, codec.encode(answer)) for answer in events.surveys]
    publish(cluster, SURVEY_ANSWERED, _outgoing(surveys))
    return Publication(
        {(at.topic, at.partition, at.offset): key for at, (key, _) in zip(places, records, strict=True)}
    )


def _outgoing(records: Sequence[tuple[str, bytes]]) -> list[OutgoingRecord]:
    return [OutgoingRecord(key=key.encode(), value=value) for key, value in records]


def _unrecorded(event: InteractionCompleted) -> bool:
    return any(not Path(urlsplit(recording.uri).path).exists() for recording in event.recordings)


def _just_ended(event: InteractionCompleted, now_ms: int) -> InteractionCompleted:
    """The same call, moved in time so that it ends now."""
    moved = now_ms - event.ended_at
    return replace(
        event,
        **_shifted(event, moved),
        agents=tuple(replace(leg, **_shifted(leg, moved)) for leg in event.agents),
        recordings=tuple(replace(one, **_shifted(one, moved)) for one in event.recordings),
    )


def _shifted(record: Struct, moved: int) -> dict[str, int]:
    return {
        name: value + moved
        for name, value in asdict(record).items()
        if name.endswith("_at") and value is not None
    }
