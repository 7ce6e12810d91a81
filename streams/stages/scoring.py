"""Scoring: every agent leg gets its score with a receipt, and people who must act get an alert."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from processors.scoring import Scorecard, score
from schemas.codec import Codec
from schemas.records.classified import InteractionClassified
from schemas.records.terms import Stage
from schemas.topics import ALERT_RAISED, CLASSIFIED, SCORED
from streams.stages.outcome import Incoming, NothingToOpen, Output, Work
from streams.stages.source import key_of, present


class ScoringSteps(NothingToOpen):
    """Findings in, scores and alerts out.

    On a replay lane ``alerts`` is False: nobody is called twice. ``renewed`` puts findings under the current
    activation, where scoring itself is replayed.
    """

    stage = Stage.SCORING

    def __init__(
        self,
        codec: Codec,
        scorecard_of: Callable[[int | None], Scorecard],
        inputs: Sequence[str] = (CLASSIFIED,),
        *,
        alerts: bool = True,
        renewed: Callable[[InteractionClassified], InteractionClassified] | None = None,
    ) -> None:
        self._codec = codec
        self._scorecard_of = scorecard_of
        self._alerts = alerts
        self._renewed = renewed
        self.inputs: tuple[str, ...] = tuple(inputs)

    def admit(self, record: Incoming) -> Work | None:
        """Every classified record is this stage's."""
        classified = self._codec.decode(present(record), InteractionClassified)
        return Work(classified, classified.header.interaction_id, classified.header.record_version)

    async def work(self, record: Incoming, work: Work) -> Sequence[Output]:
        """One scored record and, outside a replay, the alerts it raises."""
        classified = work.content
        assert isinstance(classified, InteractionClassified)
        if self._renewed is not None:
            classified = self._renewed(classified)
        seq = classified.classification.activation_seq if classified.classification else None
        scoring = score(classified, self._scorecard_of(seq))
        key = key_of(work.interaction_id)
        outputs = [Output(SCORED, key, self._codec.encode(scoring.scored))]
        if self._alerts:
            outputs += [Output(ALERT_RAISED, key, self._codec.encode(alert)) for alert in scoring.alerts]
        return outputs
