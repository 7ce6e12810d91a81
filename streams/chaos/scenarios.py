"""Scenarios: seeded plans of faults with a name, made of rounds in which several things break at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from schemas.records.terms import Stage
from streams.chaos.faults import (
    FORMS,
    POINTS_OF,
    BrokerRestart,
    Crash,
    Disturbance,
    Fault,
    Kill,
    KillAll,
    Network,
    Stop,
    StoreDown,
    Target,
    Terminate,
    UnknownFault,
    kills_of,
    parse_fault,
)
from streams.stages.crashpoints import CrashPoint

ALL = "all"
_KILLS_IN_A_ROW = 6
_PASSES = (1, 2, 3, 5, 8)


class Lengths(Struct, frozen=True, kw_only=True):
    """How long things last, in seconds. ``session`` is the group session timeout of the workers; the stops
    are shorter and longer than it.
    """

    session: float
    short_stop: float
    long_stop: float
    broker_down: float
    store_down: float
    network: float


SCALED = Lengths(session=6, short_stop=2, long_stop=12, broker_down=3, store_down=8, network=5)
"""Everything about eight times shorter than in earnest."""
FULL = Lengths(session=45, short_stop=20, long_stop=90, broker_down=45, store_down=90, network=15)
"""As long as in earnest: the session timeout that workers have by default, and a stop twice as long."""


class Round(Struct, frozen=True):
    """Faults under way at the same time. Those of one lane follow each other, each when the stage that
    the one before has hit goes on again.
    """

    lanes: tuple[tuple[Fault, ...], ...]

    def faults(self) -> Iterator[Fault]:
        """All of them, lane by lane."""
        for lane in self.lanes:
            yield from lane


class Plan(Struct, frozen=True, kw_only=True):
    """What one run will do, known before it begins."""

    names: tuple[str, ...]
    seed: int
    lengths: Lengths
    rounds: tuple[Round, ...]

    def faults(self) -> Iterator[Fault]:
        """Every fault in order."""
        for each in self.rounds:
            yield from each.faults()

    @property
    def kills(self) -> int:
        """How many processes ``kill -9`` ends at least."""
        return sum(map(kills_of, self.faults()))


class Occasion(Struct, frozen=True, kw_only=True):
    """What a scenario is made for."""

    random: random.Random
    lengths: Lengths
    kills: int


Scenario = Callable[[Occasion], list[Round]]


def make_plan(names: Sequence[str], *, seed: int, kills: int, lengths: Lengths) -> Plan:
    """The plan of the scenarios and faults that ``names`` name, the same for the same seed.

    Faults that stand alone are done one after the other. ``kills`` bounds the plan from below where a
    scenario of kills is among them. Raises UnknownFault.
    """
    source = random.Random(seed)  # noqa: S311 the same plan again, not a secret
    wanted = [name for asked in names for name in (SCENARIOS if asked == ALL else [asked])]
    rounds: list[Round] = []
    for name in dict.fromkeys(wanted):
        if name in SCENARIOS and name != KILLS:
            rounds += SCENARIOS[name](Occasion(random=source, lengths=lengths, kills=kills))
        elif name != KILLS:
            rounds += [Round(((fault,),)) for fault in _read(name)]
    source.shuffle(rounds)
    if KILLS in wanted:
        done = sum(kills_of(fault) for each in rounds for fault in each.faults())
        left = max(len(Stage), kills - done)
        rounds = _kills(Occasion(random=source, lengths=lengths, kills=left)) + rounds
    return Plan(names=tuple(names), seed=seed, lengths=lengths, rounds=tuple(rounds))


def _read(name: str) -> tuple[Fault, ...]:
    if ":" not in name and name != str(BrokerRestart()):
        known = ", ".join([*SCENARIOS, ALL])
        raise UnknownFault(f"{name!r}: no such scenario; write one of {known}, or a fault: {FORMS}")
    return parse_fault(name)


def _kills(occasion: Occasion) -> list[Round]:
    """``kill -9`` of every stage, five at once; also of workers that have only just started."""
    rounds = []
    left = occasion.kills
    while left > 0:
        in_a_row = min(_KILLS_IN_A_ROW, -(-left // len(Stage)))
        rounds.append(Round(tuple((Kill(stage),) * in_a_row for stage in Stage)))
        left -= in_a_row * len(Stage)
    return rounds


def kills_while_hearing(calls: int) -> tuple[Round, ...]:
    """A round of kills of every stage for a time in which a real model hears so many calls."""
    return (Round(tuple((Kill(stage),) * max(1, calls // 4) for stage in Stage)),)


def _crash_points(occasion: Occasion) -> list[Round]:
    """Every stage dies just before and after everything that it makes durable."""
    lanes = {stage: list(POINTS_OF[stage]) for stage in Stage}
    for points in lanes.values():
        occasion.random.shuffle(points)
    deepest = max(map(len, lanes.values()))
    return [
        Round(
            tuple(
                (_crash(occasion, stage, points[depth]),)
                for stage, points in lanes.items()
                if depth < len(points)
            )
        )
        for depth in range(deepest)
    ]


def _crash(occasion: Occasion, stage: Stage, point: CrashPoint) -> Crash:
    rare = point in (CrashPoint.DRAINED, CrashPoint.ATTEMPT_NOTED, CrashPoint.DEAD_LETTER_CONFIRMED)
    return Crash(stage, point, 1 if rare else occasion.random.choice(_PASSES))


def _stops(occasion: Occasion) -> list[Round]:
    """SIGSTOP of every stage, shorter and longer than its Kafka session."""
    lengths = occasion.lengths
    return [
        Round(tuple((Stop(stage, seconds),) for stage in Stage))
        for seconds in (lengths.short_stop, lengths.long_stop)
    ]


def _deployments(occasion: Occasion) -> list[Round]:
    """SIGTERM of every stage while others are killed."""
    shuffled = occasion.random.sample(list(Stage), len(Stage))
    return [Round(tuple((Terminate(stage), Kill(stage), Terminate(stage)) for stage in shuffled))]


def _broker(occasion: Occasion) -> list[Round]:
    """``kill -9`` of the broker: back at once, and back after a while."""
    return [
        Round(((BrokerRestart(),),)),
        Round(((BrokerRestart(occasion.lengths.broker_down),), (Kill(occasion.random.choice(list(Stage))),))),
    ]


def _store(occasion: Occasion) -> list[Round]:
    """``kill -9`` of the store, once together with the worker that writes to it."""
    seconds = occasion.lengths.store_down
    return [Round(((StoreDown(1),), (Kill(Stage.DELIVERY),))), Round(((StoreDown(seconds),),))]


def _network(occasion: Occasion) -> list[Round]:
    """Every disturbance of the workers' connections to Kafka and to the store."""
    return [
        Round(((Network(target, disturbance, occasion.lengths.network),),))
        for target in Target
        for disturbance in Disturbance
    ]


def _everything_at_once(occasion: Occasion) -> list[Round]:
    """Workers, broker and store die in the same moment."""
    del occasion
    return [Round(((KillAll(),),))]


def _calm(occasion: Occasion) -> list[Round]:
    """No fault: what a run looks like to which nothing happens."""
    del occasion
    return []


KILLS = "kills"
SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        "calm": _calm,
        KILLS: _kills,
        "crash-points": _crash_points,
        "stops": _stops,
        "deployments": _deployments,
        "broker": _broker,
        "store": _store,
        "network": _network,
        "everything-at-once": _everything_at_once,
    }
)
"""By name; ``all`` is every one of them on one stack."""


def describe(name: str) -> str:
    """What a scenario does, in one line."""
    return (SCENARIOS[name].__doc__ or "").replace("`", "").strip()
