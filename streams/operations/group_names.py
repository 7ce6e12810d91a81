"""Names of the consumer groups, shared by the workers and the operators' tools."""

from __future__ import annotations

from schemas.records.terms import Stage


def group_of(stage: Stage, lane: str | None = None) -> str:
    """The consumer group of a stage's workers, of the live pipeline or of a lane."""
    return f"callqa-{stage.value}" + (f"-{lane}" if lane else "")
