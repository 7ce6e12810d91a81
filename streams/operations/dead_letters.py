"""Dead letters as they lie on Kafka, which is the truth about them: listing, and sending them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec
from msgspec import Struct

from schemas.codec import SchemaViolation
from schemas.dead_letters import PREFIX, REDRIVE_LIMIT, DeadLetterHeaders
from schemas.records.terms import DeadLetterReason, Stage
from schemas.topics import Topic, consumed_by, dead_letter_topic
from streams.operations.cluster import Cluster
from streams.operations.offsets import ends, places_of, read_ranges, starts
from streams.operations.publish import Coordinates, OutgoingRecord, publish

_AT_ONCE = 200


class Selection(Struct, frozen=True, kw_only=True):
    """Which dead letters: all conditions must hold, an empty one holds for every dead letter.

    ``coordinates`` are places on the dead-letter topics, ``from_ms`` (inclusive) and ``to_ms``
    (exclusive) bound the time at which the dead letter was written.
    """

    stages: tuple[Stage, ...] = tuple(Stage)
    reasons: tuple[DeadLetterReason, ...] = ()
    interaction_ids: tuple[str, ...] = ()
    coordinates: tuple[Coordinates, ...] = ()
    from_ms: int | None = None
    to_ms: int | None = None

    def holds(self, letter: DeadLetter) -> bool:
        """Whether ``letter`` is meant."""
        headers = letter.headers
        return (
            (not self.reasons or headers.reason in self.reasons)
            and (not self.interaction_ids or headers.interaction_id in self.interaction_ids)
            and (not self.coordinates or letter.coordinates in self.coordinates)
            and (self.from_ms is None or letter.written_at >= self.from_ms)
            and (self.to_ms is None or letter.written_at < self.to_ms)
        )


class DeadLetter(Struct, frozen=True, kw_only=True):
    """One dead letter. ``payload`` and ``key`` are the original bytes and may hold personal data.

    ``other_headers`` are those that the original record came with.
    """

    coordinates: Coordinates
    written_at: int
    headers: DeadLetterHeaders
    key: bytes | None
    payload: bytes | None
    other_headers: tuple[tuple[str, bytes], ...] = ()


class UnreadableDeadLetter(Struct, frozen=True, kw_only=True):
    """A record on a dead-letter topic whose headers this version cannot read; ``detail`` says which."""

    coordinates: Coordinates
    detail: str


class RedriveOutcome(Struct, frozen=True, kw_only=True):
    """What became of the selected dead letters.

    ``redriven`` pairs each with the place of its new copy. ``parked`` came back too often,
    ``without_payload`` hold only a pointer to an oversize event, ``unroutable`` came from a topic that
    their stage does not read.
    """

    redriven: tuple[tuple[Coordinates, Coordinates], ...] = ()
    parked: tuple[Coordinates, ...] = ()
    without_payload: tuple[Coordinates, ...] = ()
    unroutable: tuple[Coordinates, ...] = ()


def list_dead_letters(
    cluster: Cluster, selection: Selection, *, unreadable: list[UnreadableDeadLetter] | None = None
) -> Iterator[DeadLetter]:
    """The selected dead letters up to the moment of the call, read without a consumer group.

    Records with headers that cannot be read are added to ``unreadable``. Raises TopicMissing.
    """
    places = places_of(cluster, [dead_letter_topic(stage) for stage in selection.stages])
    first, last = starts(cluster, places), ends(cluster, places)
    for record in read_ranges(cluster, {place: (first[place], last[place]) for place in places}):
        coordinates = Coordinates(topic=record.topic, partition=record.partition, offset=record.offset)
        try:
            headers = DeadLetterHeaders.from_kafka(record.headers)
        except SchemaViolation as violation:
            if unreadable is not None:
                unreadable.append(UnreadableDeadLetter(coordinates=coordinates, detail=violation.detail))
            continue
        letter = DeadLetter(
            coordinates=coordinates,
            written_at=record.timestamp,
            headers=headers,
            key=record.key,
            payload=record.value,
            other_headers=tuple((name, value) for name, value in record.headers if not _ours(name)),
        )
        if selection.holds(letter):
            yield letter


def redrive(cluster: Cluster, selection: Selection, topics: Mapping[str, Topic]) -> RedriveOutcome:
    """Copies each selected dead letter to the topic it came from, for its stage to try again.

    Key and value are untouched. The copy's headers are those of the dead letter with the redrive count
    one higher; source coordinates and time of first failure stay those of the original event, so that
    a second failure is the same dead letter and not another. One that came back ``REDRIVE_LIMIT`` times
    is parked. Dead letters stay on their topic: a second redrive of the same selection processes them
    again, with the same results. Returns once all copies are confirmed.

    Raises TopicMissing, or PublishFailed where some copies were not confirmed; repeat it then.
    """
    kept: dict[str, list[Coordinates]] = {"parked": [], "without_payload": [], "unroutable": []}
    redriven: list[tuple[Coordinates, Coordinates]] = []
    letters = list_dead_letters(cluster, selection)
    while batch := list(islice(letters, _AT_ONCE)):
        by_target: dict[str, list[DeadLetter]] = {}
        for letter in batch:
            refusal = _refusal(letter, topics)
            if refusal is None:
                by_target.setdefault(letter.headers.src_topic, []).append(letter)
            else:
                kept[refusal].append(letter.coordinates)
        for target, sent in by_target.items():
            copies = publish(cluster, target, map(_copy, sent))
            redriven += zip([letter.coordinates for letter in sent], copies, strict=True)
    return RedriveOutcome(
        redriven=tuple(redriven),
        parked=tuple(kept["parked"]),
        without_payload=tuple(kept["without_payload"]),
        unroutable=tuple(kept["unroutable"]),
    )


def count_by_reason(letters: Iterable[DeadLetter]) -> dict[tuple[Stage, DeadLetterReason], int]:
    """How many dead letters each stage has for each reason, the most frequent first."""
    counts: dict[tuple[Stage, DeadLetterReason], int] = {}
    for letter in letters:
        kind = (letter.headers.stage, letter.headers.reason)
        counts[kind] = counts.get(kind, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _refusal(letter: DeadLetter, topics: Mapping[str, Topic]) -> str | None:
    if letter.headers.redrive_count >= REDRIVE_LIMIT:
        return "parked"
    if letter.headers.pointer:
        return "without_payload"
    readable: Sequence[Topic] = consumed_by(topics, letter.headers.stage)
    if letter.headers.src_topic not in {topic.name for topic in readable}:
        return "unroutable"
    return None


def _copy(letter: DeadLetter) -> OutgoingRecord:
    headers = msgspec.structs.replace(letter.headers, redrive_count=letter.headers.redrive_count + 1)
    return OutgoingRecord(
        key=letter.key, value=letter.payload, headers=(*letter.other_headers, *headers.to_kafka())
    )


def _ours(header: str) -> bool:
    return header.startswith(PREFIX)
