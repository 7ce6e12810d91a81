"""Late recordings: the original event waits on its own topic, with its coordinates in the headers.

One fixed delay for all keeps the topic first in, first out, so that the head is always the next one due.
"""

from __future__ import annotations

from schemas.topics import DEFERRED
from streams.stages.outcome import Incoming, Output

_PREFIX = "deferred-"


def deferred(record: Incoming, *, not_before_ms: int) -> Output:
    """The record's own bytes for the deferred topic, due at ``not_before_ms`` (epoch ms).

    Its other headers stay: one that came back from the dead letters must still be known as that.
    """
    origin = origin_of(record)
    headers = {
        "not-before": not_before_ms,
        "attempt": attempt_of(record) + 1,
        "topic": origin.topic,
        "partition": origin.partition,
        "offset": origin.offset,
        "timestamp": origin.timestamp_ms,
    }
    return Output(
        topic=DEFERRED,
        key=record.key,
        value=record.value or b"",
        headers=(
            *_own_headers(record),
            *((_PREFIX + name, str(value).encode()) for name, value in headers.items()),
        ),
    )


def due_at(record: Incoming) -> int:
    """When a deferred record may be worked on, epoch ms; 0 for any other record."""
    return int(_header(record, "not-before") or 0)


def attempt_of(record: Incoming) -> int:
    """How often this record was deferred before."""
    return int(_header(record, "attempt") or 0)


def origin_of(record: Incoming) -> Incoming:
    """The record as it lay on the completed topic: results must point there, not at the waiting room."""
    topic = _header(record, "topic")
    if topic is None:
        return record
    return Incoming(
        topic=topic.decode(),
        partition=int(_header(record, "partition") or 0),
        offset=int(_header(record, "offset") or 0),
        timestamp_ms=int(_header(record, "timestamp") or 0),
        key=record.key,
        value=record.value,
        headers=_own_headers(record),
    )


def _own_headers(record: Incoming) -> tuple[tuple[str, bytes], ...]:
    return tuple(header for header in record.headers if not header[0].startswith(_PREFIX))


def _header(record: Incoming, name: str) -> bytes | None:
    return dict(record.headers).get(_PREFIX + name)
