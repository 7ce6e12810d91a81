"""Scoring: the verdicts of one interaction become scores with receipts, exclusions and alerts."""

from processors.scoring.score import Scoring, score
from processors.scoring.scorecard import (
    SERVICE_SCORECARD,
    Scorecard,
    ScorecardError,
    load_scorecard,
    parse_scorecard,
)

__all__ = [
    "SERVICE_SCORECARD",
    "Scorecard",
    "ScorecardError",
    "Scoring",
    "load_scorecard",
    "parse_scorecard",
    "score",
]
