"""Sending dead letters to their stage again: once each, as the same dead letter should they fail again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import islice

import msgspec
from msgspec import Struct

from schemas.codec import SchemaViolation
from schemas.dead_letters import PREFIX, REDRIVE_LIMIT, DeadLetterHeaders
from schemas.topics import Topic, consumed_by
from streams.operations.cluster import Cluster
from streams.operations.dead_letters import DeadLetter, Selection, list_dead_letters
from streams.operations.footprint import partition_of
from streams.operations.offsets import Place, at_time, ends, places_of, read_ranges, starts
from streams.operations.publish import Coordinates, OutgoingRecord, publish

_AT_ONCE = 200
# The clock of whoever redrives and that of the stage that gave up differ; a copy is not looked for
# further back than this before its letter was written.
_CLOCKS_MS = 3_600_000


class Refusal(StrEnum):
    """Why a selected dead letter is not sent.

    SUPERSEDED: it was, and came back as a later letter, which stands for it. REDRIVEN: it was sent already
    and has not come back. PARKED: it came back ``REDRIVE_LIMIT`` times. WITHOUT_PAYLOAD: it only points to
    an event that was too large. UNROUTABLE: it came from a topic that its stage does not read.
    """

    SUPERSEDED = "superseded"
    REDRIVEN = "redriven"
    PARKED = "parked"
    WITHOUT_PAYLOAD = "without_payload"
    UNROUTABLE = "unroutable"


FORCEABLE = frozenset({Refusal.REDRIVEN, Refusal.PARKED})
"""What a person may overrule."""


class RedrivePlan(Struct, frozen=True, kw_only=True):
    """What a redrive would do. The letters are without their payloads: there may be many."""

    ready: tuple[DeadLetter, ...]
    kept: Mapping[Refusal, tuple[DeadLetter, ...]]

    def only(self, wanted: Callable[[DeadLetter], bool]) -> RedrivePlan:
        """The same plan for those letters alone."""
        kept = {why: tuple(filter(wanted, letters)) for why, letters in self.kept.items()}
        return RedrivePlan(
            ready=tuple(filter(wanted, self.ready)),
            kept={why: letters for why, letters in kept.items() if letters},
        )


class Redriven(Struct, frozen=True, kw_only=True):
    """A dead letter and the place of its new copy."""

    letter: DeadLetter
    copy: Coordinates


def plan_redrive(
    cluster: Cluster, selection: Selection, topics: Mapping[str, Topic], *, force: bool = False
) -> RedrivePlan:
    """Which selected dead letters can be sent now; ``force`` sends those of ``FORCEABLE`` as well.

    Raises TopicMissing.
    """
    latest: dict[str, int] = {}
    selected: list[DeadLetter] = []
    for letter in list_dead_letters(cluster, Selection(stages=selection.stages)):
        identity, count = letter.headers.dead_letter_id, letter.headers.redrive_count
        latest[identity] = max(count, latest.get(identity, 0))
        if selection.holds(letter):
            selected.append(msgspec.structs.replace(letter, payload=None))
    kept: dict[Refusal, list[DeadLetter]] = {}
    candidates: list[DeadLetter] = []
    for letter in selected:
        refusal = _refusal(letter, topics, latest)
        if refusal is None or (force and refusal in FORCEABLE):
            candidates.append(letter)
        else:
            kept.setdefault(refusal, []).append(letter)
    sent = frozenset() if force else _sent_before(cluster, candidates)
    ready = [letter for letter in candidates if _turn(letter.headers, 1) not in sent]
    done = [letter for letter in candidates if _turn(letter.headers, 1) in sent]
    return RedrivePlan(
        ready=tuple(ready),
        kept={
            **{why: tuple(letters) for why, letters in kept.items()},
            **({Refusal.REDRIVEN: tuple(done)} if done else {}),
        },
    )


def redrive(
    cluster: Cluster, letters: Iterable[DeadLetter], *, on_sent: Callable[[int], None] | None = None
) -> list[Redriven]:
    """Copies each dead letter to the topic it came from, for its stage to try again.

    Key and value are untouched. The copy's headers are those of the dead letter with the redrive count
    one higher; source coordinates and time of first failure stay those of the original event, so that
    a second failure is the same dead letter and not another. Dead letters stay on their topic. Returns
    once all copies are confirmed; ``on_sent`` is told how many are.

    Raises TopicMissing, or PublishFailed where some copies were not confirmed; repeat it then.
    """
    chosen = frozenset(letter.coordinates for letter in letters)
    redriven: list[Redriven] = []
    if not chosen:
        return redriven
    whole = list_dead_letters(cluster, Selection(coordinates=chosen))
    while batch := list(islice(whole, _AT_ONCE)):
        by_target: dict[str, list[DeadLetter]] = {}
        for letter in batch:
            by_target.setdefault(letter.headers.src_topic, []).append(letter)
        for target, sent in by_target.items():
            copies = publish(cluster, target, map(_copy, sent))
            redriven += [Redriven(letter=one, copy=at) for one, at in zip(sent, copies, strict=True)]
        if on_sent is not None:
            on_sent(len(redriven))
    return redriven


def _refusal(letter: DeadLetter, topics: Mapping[str, Topic], latest: Mapping[str, int]) -> Refusal | None:
    headers = letter.headers
    if headers.redrive_count < latest[headers.dead_letter_id]:
        return Refusal.SUPERSEDED
    if headers.pointer:
        return Refusal.WITHOUT_PAYLOAD
    if headers.src_topic not in {topic.name for topic in consumed_by(topics, headers.stage)}:
        return Refusal.UNROUTABLE
    return Refusal.PARKED if headers.redrive_count >= REDRIVE_LIMIT else None


def _turn(headers: DeadLetterHeaders, more: int = 0) -> tuple[str, int]:
    """A dead letter on its nth way through its stage."""
    return headers.dead_letter_id, headers.redrive_count + more


def _sent_before(cluster: Cluster, letters: Iterable[DeadLetter]) -> frozenset[tuple[str, int]]:
    """Copies that lie on the source topics already, written since the first of these letters was."""
    by_source: dict[str, list[DeadLetter]] = {}
    for letter in letters:
        by_source.setdefault(letter.headers.src_topic, []).append(letter)
    ranges: dict[Place, tuple[int, int]] = {}
    for source, those in by_source.items():
        places = _places_of_copies(cluster, source, those)
        since = min(letter.written_at for letter in those) - _CLOCKS_MS
        begins, first, last = at_time(cluster, places, since), starts(cluster, places), ends(cluster, places)
        for place in places:
            begin = begins[place]
            if begin is not None:
                ranges[place] = (max(begin, first[place]), last[place])
    return frozenset(_copies_among(read_ranges(cluster, ranges)))


def _places_of_copies(cluster: Cluster, source: str, letters: Iterable[DeadLetter]) -> list[Place]:
    """Where copies of these letters can lie: the partition of the key, or anywhere without a key."""
    places = places_of(cluster, [source])
    counts = Counter(place.topic for place in places)
    keys = {letter.key for letter in letters}
    if None in keys:
        return places
    numbers = {partition_of(key, counts[source]) for key in keys if key is not None}
    return [place for place in places if place.partition in numbers]


def _copies_among(records: Iterable[object]) -> Iterator[tuple[str, int]]:
    for record in records:
        headers: list[tuple[str, bytes]] = getattr(record, "headers")  # noqa: B009 untyped client record
        if not any(name == f"{PREFIX}redrive-count" for name, _ in headers or ()):
            continue
        try:
            yield _turn(DeadLetterHeaders.from_kafka(headers))
        except SchemaViolation:
            continue  # written by someone else: no copy of ours


def _copy(letter: DeadLetter) -> OutgoingRecord:
    headers = msgspec.structs.replace(letter.headers, redrive_count=letter.headers.redrive_count + 1)
    return OutgoingRecord(
        key=letter.key, value=letter.payload, headers=(*letter.other_headers, *headers.to_kafka())
    )
