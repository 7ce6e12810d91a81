"""The load of a run, handed out as the faults go by, so that there is always something in work."""

from __future__ import annotations

import itertools
import random
import time
from collections import deque

from streams.chaos.journal import Journal
from streams.chaos.load import Load, LoadRecord, Recordings, Voices
from streams.chaos.progress import UNREADABLE
from streams.operations.cluster import Cluster
from streams.operations.publish import PublishFailed

_CALL_SHARE = 0.1
_REPEATABLE = 200
_BATCH = 100
_TRIES_SECONDS = 240.0
_AGAIN_SECONDS = 1.0


class Supply:
    """``total`` interactions, a tenth of them calls of the scripted engine; none without ``recordings``.

    ``published`` counts interactions, ``calls`` those of them that the scripted engine hears. Where all
    that are due are out, an earlier chat and an earlier call are published again, as an upstream does that
    is not sure: the same units, and work for every stage.
    """

    def __init__(
        self, load: Load, journal: Journal, cluster: Cluster, recordings: Recordings | None, total: int
    ) -> None:
        self.total = total
        self.published = 0
        self.calls = 0
        self._load = load
        self._journal = journal
        self._cluster = cluster
        self._recordings = recordings
        self._broken = itertools.cycle(recordings.broken) if recordings is not None else None
        self._random = random.Random(total)  # noqa: S311 not a secret
        self._earlier: deque[list[LoadRecord]] = deque(maxlen=_REPEATABLE)
        self._earlier_calls: deque[list[LoadRecord]] = deque(maxlen=_REPEATABLE)

    def feed(self, share: float, during: str, *, calls: bool = True) -> None:
        """Publish what is due when ``share`` (0 to 1) of the faults are done, at least one interaction's
        records. Without ``calls``, no recording of the scripted engine is among them.
        """
        calls = calls and self._recordings is not None
        due = min(_BATCH, round(self.total * share) - self.published)
        interactions = [self._next(calls=calls) for _ in range(max(0, due))]
        if not interactions:
            earlier = (self._earlier, self._earlier_calls) if calls else (self._earlier,)
            interactions = [self._random.choice(each) for each in earlier if each]
        self._send(interactions, during)

    def feed_calls(self, voices: Voices, count: int, during: str) -> None:
        """Publish so many calls with recordings of ``voices``, each with another one as far as they go."""
        self._send([self._load.call(voices) for _ in range(count)], during)
        self.published += count

    def feed_hopeless(self, during: str) -> None:
        """Publish interactions that must end as dead letters, one at each stage that writes them.

        They come on top of the total, so that it is spread evenly however long a crash point lets wait.
        """
        hopeless = [self._load.hopeless()]
        if self._broken is not None:
            hopeless.append(self._load.call(next(self._broken)))
        self._send(hopeless, during)
        self.calls += len(hopeless) - 1

    def finish(self, during: str) -> None:
        """Publish what is left of the total."""
        while self.published < self.total:
            self.feed(1.0, during)

    def _next(self, *, calls: bool) -> list[LoadRecord]:
        self.published += 1
        if (
            calls
            and self._recordings is not None
            and (not self._earlier_calls or self._random.random() < _CALL_SHARE)
        ):
            self.calls += 1
            self._earlier_calls.append(self._load.call(self._recordings.calls))
            return self._earlier_calls[-1]
        made = self._load.interaction()
        if not made[0].unit_by_place:
            self._earlier.append(made)
        return made

    def _send(self, interactions: list[list[LoadRecord]], during: str) -> None:
        """Publish, and again where the broker goes away meanwhile: what was written twice counts once."""
        records = [record for one in interactions for record in one]
        deadline = time.monotonic() + _TRIES_SECONDS
        while True:
            try:
                self._journal.publish(self._cluster, records, during)
            except (PublishFailed, *UNREADABLE):
                if time.monotonic() > deadline:
                    raise
                self._cluster.close()
                time.sleep(_AGAIN_SECONDS)
            else:
                return
