"""What came of redriven dead letters: set aside again, or an outcome in the ledger."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from schemas.records.terms import Stage
from schemas.topics import dead_letter_topic
from streams.operations.cluster import Cluster
from streams.operations.dead_letters import DeadLetter, Selection, list_dead_letters
from streams.operations.dead_letters_redrive import Redriven
from streams.operations.group_names import group_of
from streams.operations.groups import committed
from streams.operations.offsets import Place, ends, places_of

_POLL_SECONDS = 1.0
_IDS_AT_ONCE = 500
DEAD_AGAIN, PASSED, IN_FLIGHT = "dead_lettered", "passed", "in_flight"
_OPEN = frozenset({IN_FLIGHT, DEAD_AGAIN})


class Came(Struct, frozen=True, kw_only=True):
    """What came of one redriven letter.

    ``state`` is that of its unit in the ledger (scored, excluded, in_flight), dead_lettered where it was
    set aside again by ``again``'s stage and for its reason, or passed where it is no unit of its own.
    """

    letter: DeadLetter
    state: str
    again: DeadLetter | None = None


class Sending(Struct, frozen=True, kw_only=True):
    """What was sent again, and the ``dead_letter_ends`` of before that."""

    redriven: tuple[Redriven, ...]
    before: Mapping[Place, int]


def dead_letter_ends(cluster: Cluster) -> dict[Place, int]:
    """The ends of all dead-letter topics now: what lies beyond them was set aside later."""
    return ends(cluster, places_of(cluster, [dead_letter_topic(stage) for stage in Stage]))


class Unit(Struct, frozen=True, kw_only=True):
    """What the ledger says of a unit now; ``tenant_id`` is empty where nobody could decode it."""

    state: str
    tenant_id: str


def units_of(client: Any, letters: Iterable[DeadLetter]) -> dict[str, Unit]:
    """The ledger's units that these letters are about, by name; unknown ones are left out."""
    names = sorted({letter.unit for letter in letters})
    found: dict[str, Unit] = {}
    for start in range(0, len(names), _IDS_AT_ONCE):
        rows = client.query(
            "SELECT unit_id, state, tenant_id FROM qa_bi.v_coverage WHERE unit_id IN {ids:Array(String)}",
            parameters={"ids": names[start : start + _IDS_AT_ONCE]},
        ).result_rows
        found.update({name: Unit(state=state, tenant_id=tenant) for name, state, tenant in rows})
    return found


def wait_for_outcomes(
    cluster: Cluster,
    client: Any,
    sending: Sending,
    *,
    deadline_s: float,
    on_progress: Callable[[int], None] | None = None,
) -> list[Came]:
    """What came of each, once all have an outcome or the deadline is over."""
    until = time.monotonic() + deadline_s
    while True:
        came = _look(cluster, client, sending)
        done = sum(one.state != IN_FLIGHT for one in came)
        if on_progress is not None:
            on_progress(done)
        if done == len(came) or time.monotonic() >= until:
            return came
        time.sleep(_POLL_SECONDS)


def _look(cluster: Cluster, client: Any, sending: Sending) -> list[Came]:
    # Offsets first: a stage has written what came of a record before it commits it.
    stages = {one.letter.headers.stage for one in sending.redriven}
    passed = {stage: committed(cluster, group_of(stage)) for stage in stages}
    again = _new_letters(cluster, sending.before)
    units = units_of(client, (one.letter for one in sending.redriven))
    return [_came(one, passed[one.letter.headers.stage], again, units) for one in sending.redriven]


def _came(
    one: Redriven, passed: Mapping[Place, int], again: Mapping[str, DeadLetter], units: Mapping[str, Unit]
) -> Came:
    letter = one.letter
    new = again.get(letter.headers.dead_letter_id) or again.get(letter.unit)
    if new is not None:
        return Came(letter=letter, state=DEAD_AGAIN, again=new)
    if passed.get(Place(one.copy.topic, one.copy.partition), 0) <= one.copy.offset:
        return Came(letter=letter, state=IN_FLIGHT)
    unit = units.get(letter.unit)
    if unit is None:
        return Came(letter=letter, state=PASSED)
    return Came(letter=letter, state=IN_FLIGHT if unit.state in _OPEN else unit.state)


def _new_letters(cluster: Cluster, since: Mapping[Place, int]) -> dict[str, DeadLetter]:
    """Letters beyond ``since``, by dead-letter id and by unit."""
    found: dict[str, DeadLetter] = {}
    for letter in list_dead_letters(cluster, Selection(), since=since):
        found[letter.headers.dead_letter_id] = letter
        found[letter.unit] = letter
    return found
