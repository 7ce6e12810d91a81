"""Timing several ways to do the same in one run, so that a busy machine slows them alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from msgspec import Struct


class Ratio(Struct, frozen=True, kw_only=True):
    """One measured value. ``goal`` is the least, or with ``at_most`` the most, that it should be."""

    name: str
    value: float
    unit: str = "x"
    goal: float | None = None
    at_most: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal


def fastest(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """CPU seconds of each way's best round; the ways take turns round by round."""
    best = dict.fromkeys(ways, float("inf"))
    for round_number in range(rounds + 1):
        for name, way in ways.items():
            began = time.process_time()
            way()
            # The first round warms caches and counts for nothing.
            if round_number:
                best[name] = min(best[name], time.process_time() - began)
    return best
