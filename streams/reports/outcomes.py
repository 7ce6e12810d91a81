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


Key = tuple[str, str]
"""Tenant and id of an interaction: tenants may use the same ids."""


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
    tenant_id: str = ""

    @property
    def key(self) -> Key:
        """Tenant and id."""
        return self.tenant_id, self.interaction_id


class StillInFlight(Exception):
    """Not every interaction had an outcome in time; the text names some that had none."""


def outcomes_of(client: Any, interaction_ids: Iterable[str]) -> dict[Key, InteractionOutcome]:
    """What is known of these interactions, of every tenant that has one of the name.

    Those that have not reached the ledger are left out.
    """
    found: dict[Key, InteractionOutcome] = {}
    for ids in _portions(interaction_ids):
        for row in _rows(client, "outcomes", ids):
            outcome = convert(row, InteractionOutcome, strict=False)
            found[outcome.key] = outcome
        findings: dict[Key, list[OutcomeFinding]] = {}
        for row in _rows(client, "outcome_findings", ids):
            one = convert(row, OutcomeFinding, strict=False)
            findings.setdefault((row["tenant_id"], row["interaction_id"]), []).append(one)
        for key, those in findings.items():
            if key in found:
                found[key] = replace(found[key], findings=tuple(those))
    return found


def wait_for_outcomes(
    client: Any,
    versions: Mapping[Key, int],
    *,
    deadline_s: float,
    on_progress: Callable[[int], None] | None = None,
) -> list[InteractionOutcome]:
    """Outcomes of interactions at a record version or a later one, once all have one.

    ``versions`` maps tenants and ids to record versions; ``on_progress`` is told how many have their outcome.
    Raises StillInFlight after ``deadline_s`` seconds.
    """
    until = time.monotonic() + deadline_s
    done: dict[Key, InteractionOutcome] = {}
    while True:
        waiting = dict.fromkeys(name for tenant, name in versions if (tenant, name) not in done)
        for key, outcome in outcomes_of(client, waiting).items():
            wanted = versions.get(key)
            if wanted is not None and outcome.record_version >= wanted and outcome.state != "in_flight":
                done[key] = outcome
        if on_progress is not None:
            on_progress(len(done))
        if len(done) == len(versions):
            return [done[key] for key in versions]
        if time.monotonic() >= until:
            raise StillInFlight(_unfinished([key[1] for key in versions if key not in done], deadline_s))
        time.sleep(_POLL_SECONDS)


def content_digests(client: Any) -> dict[Key, str]:
    """A digest by interaction of what counts now: two results differ only if their digests do."""
    rows = client.query(query("content_digests")).result_rows
    return {(tenant, name): digest for tenant, name, digest in rows}


def names_of(keys: Iterable[Key], *, among: Iterable[Key]) -> list[str]:
    """Ids in order, with the tenant's before them where several tenants are ``among`` those there are."""
    several = len({tenant for tenant, _ in among}) > 1
    return [f"{tenant}/{name}" if several else name for tenant, name in sorted(keys)]


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
