"""Dead letters as they lie on Kafka, which is the truth about them: finding and counting them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from schemas.codec import SchemaViolation
from schemas.dead_letters import PREFIX, DeadLetterHeaders
from schemas.records.terms import DeadLetterReason, Stage
from schemas.topics import dead_letter_topic, lane_topic
from streams.operations.cluster import Cluster
from streams.operations.offsets import Place, ends, places_of, present, read_ranges, starts
from streams.operations.publish import Coordinates


class Selection(Struct, frozen=True, kw_only=True):
    """Which dead letters: all conditions must hold, an empty one holds for every dead letter.

    ``names`` are what people call a letter by: its place, its dead-letter id, or its interaction.
    ``coordinates`` are places on the dead-letter topics. ``from_ms`` (inclusive) and ``to_ms`` (exclusive)
    bound the time at which the dead letter was written. ``lane`` is that of a replay; None the live pipeline.
    """

    stages: tuple[Stage, ...] = tuple(Stage)
    reasons: tuple[DeadLetterReason, ...] = ()
    interaction_ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    coordinates: Collection[Coordinates] = ()
    from_ms: int | None = None
    to_ms: int | None = None
    lane: str | None = None

    def holds(self, letter: DeadLetter) -> bool:
        """Whether ``letter`` is meant."""
        headers = letter.headers
        return (
            (not self.reasons or headers.reason in self.reasons)
            and (not self.interaction_ids or headers.interaction_id in self.interaction_ids)
            and (not self.names or not letter.names.isdisjoint(self.names))
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

    @property
    def place(self) -> str:
        """Where it lies, short and safe to type: ``scoring/1@77``, on a lane ``scoring.lane-replay/1@77``."""
        _, on_lane, lane = self.coordinates.topic.partition(dead_letter_topic(self.headers.stage))
        stage = self.headers.stage.value + (lane if on_lane else "")
        return f"{stage}/{self.coordinates.partition}@{self.coordinates.offset}"

    @property
    def names(self) -> frozenset[str | None]:
        """Everything a person may call it by."""
        at = self.coordinates
        written_out = f"{at.topic}[{at.partition}]@{at.offset}"
        return frozenset((self.place, written_out, self.headers.dead_letter_id, self.headers.interaction_id))

    @property
    def unit(self) -> str:
        """What it is in the ledger: an interaction, or a record that nobody could decode."""
        headers = self.headers
        where = f"{headers.src_topic}:{headers.src_partition}:{headers.src_offset}"
        return headers.interaction_id or where


class UnreadableDeadLetter(Struct, frozen=True, kw_only=True):
    """A record on a dead-letter topic whose headers this version cannot read; ``detail`` says which."""

    coordinates: Coordinates
    detail: str


def list_dead_letters(
    cluster: Cluster,
    selection: Selection,
    *,
    since: Mapping[Place, int] | None = None,
    unreadable: list[UnreadableDeadLetter] | None = None,
) -> Iterator[DeadLetter]:
    """The selected dead letters up to the moment of the call, read without a consumer group.

    ``since`` gives the offset to begin at by partition. Records with headers that cannot be read are added
    to ``unreadable``. Raises TopicMissing; a lane has only the topics of the stages that were replayed.
    """
    topics = [lane_topic(dead_letter_topic(stage), selection.lane) for stage in selection.stages]
    places = places_of(cluster, topics if selection.lane is None else present(cluster, topics))
    first, last = starts(cluster, places), ends(cluster, places)
    if since is not None:
        first = {place: max(first[place], since.get(place, 0)) for place in places}
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


def count_by_reason(letters: Iterable[DeadLetter]) -> dict[tuple[Stage, DeadLetterReason], int]:
    """How many dead letters each stage has for each reason, the most frequent first."""
    counts: dict[tuple[Stage, DeadLetterReason], int] = {}
    for letter in letters:
        kind = (letter.headers.stage, letter.headers.reason)
        counts[kind] = counts.get(kind, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _ours(header: str) -> bool:
    return header.startswith(PREFIX)
