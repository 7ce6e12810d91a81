"""Faults done to a stack, and how long the stages take to go on after each."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterable, Iterator

from msgspec import Struct

from schemas.records.terms import Stage
from streams.chaos.faults import (
    BrokerRestart,
    Crash,
    Fault,
    Kill,
    KillAll,
    Network,
    Stop,
    StoreDown,
    Terminate,
    stages_of,
)
from streams.chaos.progress import Progress
from streams.chaos.stack import ChaosStack
from streams.chaos.workers import WorkerGone, Workers

_POLL_SECONDS = 0.3
_REACHED_SECONDS = 180.0
_RECOVERED_SECONDS = 300.0
_AT_ONCE = 0.3
_LONGEST_PAUSE_SECONDS = 1.5


class Stuck(Exception):
    """Nothing moved for so long that waiting on is pointless; the text says where."""


class NotPossibleHere(Exception):
    """A fault that this stack cannot be given."""


class Injury(Struct, frozen=True):
    """One fault as it was done. ``lasted`` and ``recovered`` are seconds: from its end until every stage
    concerned had committed a record again. ``recovered`` is None where the next fault came before that,
    ``missed`` says why it could not be done at all.
    """

    fault: Fault
    lasted: float
    recovered: float | None = None
    missed: str | None = None


def inflict(stack: Workers, fault: Fault) -> None:
    """Do it, for as long as it lasts. Raises WorkerGone, NotPossibleHere."""
    match fault:
        case Kill(stage):
            stack.kill(stage)
        case Terminate(stage):
            stack.terminate(stage)
        case Stop(stage, seconds):
            stack.freeze(stage, seconds)
        case _ if isinstance(stack, ChaosStack):
            _inflict_on_embedded(stack, fault)
        case _:
            raise NotPossibleHere(f"{fault}: only on a stack of its own, not on a configured one")


def _inflict_on_embedded(stack: ChaosStack, fault: Fault) -> None:
    match fault:
        case Crash(stage, point, passes):
            stack.crash(stage, f"{point.value}:{passes}", _REACHED_SECONDS)
        case KillAll():
            stack.kill_all()
        case BrokerRestart(seconds):
            stack.kill_broker(seconds)
        case StoreDown(seconds):
            with stack.store_killed():
                time.sleep(seconds)
        case Network():
            if stack.network is None:
                raise NotPossibleHere(f"{fault}: the stack was started without proxies")
            stack.network.disturb(fault)


class Lane:
    """Faults that follow each other, in a thread of their own. ``injuries`` grows as they are done."""

    def __init__(
        self, stack: Workers, progress: Progress, faults: Iterable[Fault], source: random.Random
    ) -> None:
        self._stack = stack
        self._progress = progress
        self._faults = list(faults)
        self._random = source
        self.injuries: list[Injury] = []
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="chaos-lane", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether faults are left."""
        return self._thread.is_alive()

    @property
    def left(self) -> tuple[Fault, ...]:
        """The fault under way and those after it."""
        return tuple(self._faults[len(self.injuries) :])

    def _run(self) -> None:
        try:
            for injury in self._each():
                self.injuries.append(injury)
        except Exception as error:  # told to the thread that waits for the lane, which raises it
            self.error = error

    def _each(self) -> Iterator[Injury]:
        for number, fault in enumerate(self._faults):
            time.sleep(self._random.random())
            began = time.monotonic()
            try:
                inflict(self._stack, fault)
            except WorkerGone as gone:
                yield Injury(fault, time.monotonic() - began, missed=str(gone))
                continue
            ended = time.monotonic()
            another = number + 1 < len(self._faults)
            if isinstance(fault, Kill) and another and self._random.random() < _AT_ONCE:
                time.sleep(self._random.random() * _LONGEST_PAUSE_SECONDS)
                yield Injury(fault, ended - began)
            else:
                yield Injury(fault, ended - began, recovered=self._recovered(fault, ended))

    def _recovered(self, fault: Fault, ended: float) -> float:
        stages = stages_of(fault)
        before: dict[Stage, int] | None = None
        while time.monotonic() - ended < _RECOVERED_SECONDS:
            now = self._progress.positions(stages)
            if before is None:
                before = now
            elif now is not None and all(now[stage] > before[stage] for stage in stages):
                return time.monotonic() - ended
            time.sleep(_POLL_SECONDS)
        raise Stuck(f"{fault}: not every stage had gone on after {_RECOVERED_SECONDS:.0f} s")
