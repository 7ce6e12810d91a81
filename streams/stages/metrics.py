"""Catalogue of the worker's metrics; names start with ``callqa_`` and reasons come from closed lists."""

from __future__ import annotations

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from schemas.records.terms import Stage

_SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900)


class StageMetrics:
    """Counters of one stage in one process.

    callqa_stage_done_total: records whose outcome is durable. callqa_stage_skipped_total: records of
    another lane. callqa_dead_letter_total{reason}: dead letters; alert on more than 0.5 % of done.
    callqa_stage_duration_seconds: from start of work to durable outcome; raise the window when it grows
    while the processor idles. callqa_stage_in_work: records taken and not yet durable.
    """

    def __init__(self, stage: Stage, registry: CollectorRegistry = REGISTRY) -> None:
        labels = {"stage": stage.value}
        self.done = Counter(
            "callqa_stage_done", "Records with a durable outcome", list(labels), registry=registry
        ).labels(**labels)
        self.skipped = Counter(
            "callqa_stage_skipped", "Records of another lane", list(labels), registry=registry
        ).labels(**labels)
        self._dead_lettered = Counter(
            "callqa_dead_letter", "Dead letters by reason", [*labels, "reason"], registry=registry
        )
        self.duration = Histogram(
            "callqa_stage_duration_seconds",
            "From start of work to durable outcome",
            list(labels),
            buckets=_SECONDS,
            registry=registry,
        ).labels(**labels)
        self.in_work = Gauge(
            "callqa_stage_in_work", "Records taken and not yet durable", list(labels), registry=registry
        ).labels(**labels)
        self._stage = stage

    def dead_lettered(self, reason: str) -> None:
        """Count one dead letter; ``reason`` comes from DeadLetterReason."""
        self._dead_lettered.labels(stage=self._stage.value, reason=reason).inc()
