"""When the customer's abuse frees the agent from being scored."""

from __future__ import annotations

from processors.scoring.scorecard import Scorecard
from processors.scoring.verdicts import Verdicts
from schemas.records.classified import Finding
from schemas.records.terms import FindingKind


def is_exempt(scorecard: Scorecard, verdicts: Verdicts, leg: int) -> bool:
    """Whether the agent of ``leg`` is not scored because the customer insulted or threatened them.

    Nobody could have served such a caller better, so no point is given or taken. The one exception: the
    agent had crossed a red line before the customer's first abuse. Then the agent began it and is judged.
    """
    abuse = verdicts.hits(FindingKind.EXEMPTION, leg)
    if not abuse:
        return False
    red_lines = {rule for _, item in scorecard.items() if item.red_line for rule in item.rules}
    crossed = [f for f in verdicts.hits(FindingKind.FAULT, leg) if f.rule_id in red_lines]
    return not crossed or _first_ms(abuse) <= _first_ms(crossed)


def _first_ms(findings: list[Finding]) -> int:
    return min((e.start_ms for finding in findings for e in finding.evidence), default=0)
