"""What became of single interactions: asked while somebody waits for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, convert
from msgspec.structs import replace

from streams.reports.queries import query

_POLL_SECONDS = 1.0
_IDS_LENGTH = 4_000
"""Characters of ids in one question: they travel in the address of the request."""


class OutcomeFinding(Struct, frozen=True, kw_only=True):
    """A finding with the words it rests on; ``leg`` is -1 where it concerns no agent."""

    rule_id: str
    rule_name: str
    kind: str
    verdict: str
    leg: int
    words: tuple[str, ...] = ()


class InteractionOutcome(Struct, frozen=True, kw_only=True):
    """The one outcome of an interaction. ``state``: scored, excluded, dead_lettered or in_flight."""

    interaction_id: str
    record_version: int
    state: str
    score: float | None = None
    review_pending: bool = False
    exclusion: str | None = None
    dead_letter_stage: str | None = None
    dead_letter_reason: str | None = None
    result_id: str | None = None
    findings: tuple[OutcomeFinding, ...] = ()


class StillInFlight(Exception):
    """Not every interaction had an outcome in time; the text names some that had none."""


def outcomes_of(client: Any, interaction_ids: Iterable[str]) -> dict[str, InteractionOutcome]:
    """What is known of these interactions; those that have not reached the ledger are left out."""
    found: dict[str, InteractionOutcome] = {}
    for ids in _portions(interaction_ids):
        for row in _rows(client, "outcomes", ids):
            found[row["interaction_id"]] = convert(row, InteractionOutcome, strict=False)
        findings: dict[str, list[OutcomeFinding]] = {}
        for row in _rows(client, "outcome_findings", ids):
            one = convert(row, OutcomeFinding, strict=False)
            findings.setdefault(row["interaction_id"], []).append(one)
        for name, those in findings.items():
            if name in found:
                found[name] = replace(found[name], findings=tuple(those))
    return found


def wait_for_outcomes(
    client: Any,
    versions: Mapping[str, int],
    *,
    deadline_s: float,
    on_progress: Callable[[int], None] | None = None,
) -> list[InteractionOutcome]:
    """Outcomes of interactions at a record version or a later one, once all have one.

    ``versions`` maps ids to record versions; ``on_progress`` is told how many have their outcome.
    Raises StillInFlight after ``deadline_s`` seconds.
    """
    until = time.monotonic() + deadline_s
    done: dict[str, InteractionOutcome] = {}
    while True:
        waiting = [name for name in versions if name not in done]
        for name, outcome in outcomes_of(client, waiting).items():
            if outcome.record_version >= versions[name] and outcome.state != "in_flight":
                done[name] = outcome
        if on_progress is not None:
            on_progress(len(done))
        if len(done) == len(versions):
            return [done[name] for name in versions]
        if time.monotonic() >= until:
            raise StillInFlight(_unfinished([name for name in versions if name not in done], deadline_s))
        time.sleep(_POLL_SECONDS)


def content_digests(client: Any) -> dict[str, str]:
    """A digest by interaction of what counts now: two results differ only if their digests do."""
    return dict(client.query(query("content_digests")).result_rows)


def _unfinished(names: Sequence[str], deadline_s: float) -> str:
    shown = ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
    return f"{len(names)} without an outcome after {deadline_s:.0f} s: {shown}; see `callqa status`"


def _rows(client: Any, name: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    result = client.query(query(name), parameters={"ids": list(ids)})
    return [dict(zip(result.column_names, row, strict=True)) for row in result.result_rows]


def _portions(interaction_ids: Iterable[str]) -> Iterator[list[str]]:
    portion: list[str] = []
    length = 0
    for name in interaction_ids:
        if portion and length + len(name) > _IDS_LENGTH:
            yield portion
            portion, length = [], 0
        portion.append(name)
        length += len(name)
    if portion:
        yield portion
