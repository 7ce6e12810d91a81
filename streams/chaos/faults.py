"""What can be done to a stack, as text: ``kill:scoring``, ``stop:delivery:20``, ``network:kafka:reset:5``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from msgspec import Struct

from schemas.records.terms import Stage
from streams.stages.crashpoints import CrashPoint

Name = TypeVar("Name", bound=StrEnum)

_EVERYTHING = "all"
_LONGEST_SECONDS = 3_600

_EVERY_STAGE = (CrashPoint.IN_RECEIVED, CrashPoint.IN_ADMITTED, CrashPoint.WORK_DONE, CrashPoint.ACKED)
POINTS_OF: Mapping[Stage, tuple[CrashPoint, ...]] = MappingProxyType(
    {
        Stage.TRANSCRIPTION: (
            *_EVERY_STAGE,
            CrashPoint.OUT_CONFIRMED,
            CrashPoint.ATTEMPT_NOTED,
            CrashPoint.DEAD_LETTER_CONFIRMED,
            CrashPoint.DRAINED,
        ),
        Stage.NORMALIZATION: (
            *_EVERY_STAGE,
            CrashPoint.OUT_CONFIRMED,
            CrashPoint.DEAD_LETTER_CONFIRMED,
            CrashPoint.DRAINED,
        ),
        Stage.CLASSIFICATION: (*_EVERY_STAGE, CrashPoint.OUT_CONFIRMED, CrashPoint.DRAINED),
        Stage.SCORING: (*_EVERY_STAGE, CrashPoint.OUT_CONFIRMED, CrashPoint.DRAINED),
        Stage.DELIVERY: (*_EVERY_STAGE, CrashPoint.TABLE_WRITTEN, CrashPoint.DRAINED),
    }
)
"""The crash points that each stage passes under an ordinary load."""


class UnknownFault(ValueError):
    """A fault that cannot be read; the text says what to write instead."""


class Target(StrEnum):
    """The connection that a network fault disturbs: the workers' to Kafka or to ClickHouse."""

    KAFKA = "kafka"
    STORE = "store"


class Disturbance(StrEnum):
    """What becomes of a connection. LOST_ANSWER: the server does what it is asked, and the connection is
    reset before it can say so. The others are the modes of ``streams.chaos.proxy``.
    """

    LATENCY = "latency"
    RESET = "reset"
    BLACKHOLE = "blackhole"
    HALF_OPEN = "half-open"
    REFUSE = "refuse"
    LOST_ANSWER = "lost-answer"


class Kill(Struct, frozen=True):
    """``kill -9`` of one worker."""

    stage: Stage

    def __str__(self) -> str:
        return f"kill:{self.stage.value}"


class KillAll(Struct, frozen=True):
    """``kill -9`` of all workers, the broker and the store in the same moment."""

    def __str__(self) -> str:
        return f"kill:{_EVERYTHING}"


class Terminate(Struct, frozen=True):
    """SIGTERM, as a deployment would."""

    stage: Stage

    def __str__(self) -> str:
        return f"terminate:{self.stage.value}"


class Stop(Struct, frozen=True):
    """SIGSTOP, and SIGCONT after ``seconds``."""

    stage: Stage
    seconds: float

    def __str__(self) -> str:
        return f"stop:{self.stage.value}:{self.seconds:g}"


class BrokerRestart(Struct, frozen=True):
    """``kill -9`` of the broker, which comes back on its data after ``seconds``."""

    seconds: float = 0.0

    def __str__(self) -> str:
        return f"broker-restart:{self.seconds:g}" if self.seconds else "broker-restart"


class StoreDown(Struct, frozen=True):
    """``kill -9`` of the store, which comes back on its data after ``seconds``."""

    seconds: float

    def __str__(self) -> str:
        return f"store-down:{self.seconds:g}"


class Network(Struct, frozen=True):
    """A disturbed connection between all workers and ``target``, for ``seconds``."""

    target: Target
    disturbance: Disturbance
    seconds: float

    def __str__(self) -> str:
        return f"network:{self.target.value}:{self.disturbance.value}:{self.seconds:g}"


class Crash(Struct, frozen=True):
    """A worker that kills itself at the nth pass through a crash point."""

    stage: Stage
    point: CrashPoint
    passes: int

    def __str__(self) -> str:
        return f"crashpoint:{self.point.value}:{self.passes}:{self.stage.value}"


Fault = Kill | KillAll | Terminate | Stop | BrokerRestart | StoreDown | Network | Crash


def family(fault: Fault) -> str:
    """The line of the result that a fault counts in: its text without numbers."""
    if isinstance(fault, Crash):
        return f"crashpoint:{fault.point.value}"
    if isinstance(fault, Network):
        return f"network:{fault.target.value}:{fault.disturbance.value}"
    if isinstance(fault, Stop):
        return f"stop:{fault.stage.value}"
    return (
        str(fault).split(":", maxsplit=1)[0] if isinstance(fault, BrokerRestart | StoreDown) else str(fault)
    )


def stages_of(fault: Fault) -> tuple[Stage, ...]:
    """The stages that have to go on afterwards for the fault to be over."""
    if isinstance(fault, Kill | Terminate | Stop | Crash):
        return (fault.stage,)
    at_the_store = isinstance(fault, StoreDown) or (
        isinstance(fault, Network) and fault.target is Target.STORE
    )
    return (Stage.DELIVERY,) if at_the_store else tuple(Stage)


def kills_of(fault: Fault) -> int:
    """How many processes ``kill -9`` ends. A crash point takes two: one to arm it, one at the point."""
    if isinstance(fault, KillAll):
        return len(Stage) + 2
    if isinstance(fault, Crash):
        return 2
    return int(isinstance(fault, Kill | BrokerRestart | StoreDown))


def parse_fault(text: str) -> tuple[Fault, ...]:
    """The faults that ``text`` means: one, or one per stage for a crash point without a stage.

    Raises UnknownFault.
    """
    word, *parts = text.split(":")
    reader = _READERS.get(word)
    if reader is None:
        raise UnknownFault(f"{text!r} is neither a scenario nor a fault; write {FORMS}")
    return reader(text, parts)


def _kill(text: str, parts: list[str]) -> tuple[Fault, ...]:
    (name,) = _parts(text, parts, 1)
    return (KillAll(),) if name == _EVERYTHING else (Kill(_stage(text, name, _EVERYTHING)),)


def _terminate(text: str, parts: list[str]) -> tuple[Fault, ...]:
    (name,) = _parts(text, parts, 1)
    return (Terminate(_stage(text, name)),)


def _stop(text: str, parts: list[str]) -> tuple[Fault, ...]:
    name, seconds = _parts(text, parts, 2)
    return (Stop(_stage(text, name), _seconds(text, seconds)),)


def _broker_restart(text: str, parts: list[str]) -> tuple[Fault, ...]:
    if not parts:
        return (BrokerRestart(),)
    (seconds,) = _parts(text, parts, 1)
    return (BrokerRestart(_seconds(text, seconds)),)


def _store_down(text: str, parts: list[str]) -> tuple[Fault, ...]:
    (seconds,) = _parts(text, parts, 1)
    return (StoreDown(_seconds(text, seconds)),)


def _network(text: str, parts: list[str]) -> tuple[Fault, ...]:
    target, disturbance, seconds = _parts(text, parts, 3)
    return (
        Network(
            _one_of(text, target, Target), _one_of(text, disturbance, Disturbance), _seconds(text, seconds)
        ),
    )


def _crashpoint(text: str, parts: list[str]) -> tuple[Fault, ...]:
    stages = tuple(Stage)
    if len(parts) == 3:
        stages = (_stage(text, parts.pop()),)
    name, passes = _parts(text, parts, 2)
    point = _one_of(text, name, CrashPoint)
    if not passes.isdecimal() or int(passes) < 1:
        raise UnknownFault(f"{text!r}: {passes!r} is no pass; the first is 1")
    passing = [stage for stage in stages if point in POINTS_OF[stage]]
    if not passing:
        raise UnknownFault(
            f"{text!r}: {stages[0].value} passes {', '.join(each.value for each in POINTS_OF[stages[0]])}"
        )
    return tuple(Crash(stage, point, int(passes)) for stage in passing)


_READERS: dict[str, Callable[[str, list[str]], tuple[Fault, ...]]] = {
    "kill": _kill,
    "terminate": _terminate,
    "stop": _stop,
    "broker-restart": _broker_restart,
    "store-down": _store_down,
    "network": _network,
    "crashpoint": _crashpoint,
}
FORM_OF = {
    "kill": "kill:STAGE or kill:all",
    "terminate": "terminate:STAGE",
    "stop": "stop:STAGE:SECONDS",
    "broker-restart": "broker-restart[:SECONDS]",
    "store-down": "store-down:SECONDS",
    "network": "network:kafka|store:KIND:SECONDS",
    "crashpoint": "crashpoint:NAME:N[:STAGE]",
}
FORMS = ", ".join(FORM_OF.values())
"""Every form of a fault in one line."""


def _parts(text: str, parts: list[str], count: int) -> list[str]:
    if len(parts) != count or not all(parts):
        raise UnknownFault(f"{text!r}: write {FORM_OF[text.split(':', maxsplit=1)[0]]}")
    return parts


def _stage(text: str, name: str, *others: str) -> Stage:
    if name not in set(Stage):
        raise UnknownFault(f"{text!r}: {name!r} is no stage; write {', '.join([*Stage, *others])}")
    return Stage(name)


def _one_of(text: str, name: str, names: type[Name]) -> Name:
    if name not in set(names):
        raise UnknownFault(f"{text!r}: {name!r} is not known; write {', '.join(names)}")
    return names(name)


def _seconds(text: str, number: str) -> float:
    try:
        seconds = float(number)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_SECONDS:
        raise UnknownFault(f"{text!r}: {number!r} is no time; write seconds, at most {_LONGEST_SECONDS}")
    return seconds
