"""One interaction's outcome as lines on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

    from streams.reports.outcomes import InteractionOutcome, OutcomeFinding

_STYLES = {"FAULT": "red", "EXEMPTION": "blue", "CREDIT": "green", "SIGNAL": "magenta"}


def outcome_lines(outcome: InteractionOutcome) -> Iterator[Text]:
    """The score or the reason why there is none, then a line per finding with its words."""
    from rich.text import Text

    head = Text(f"{outcome.interaction_id}  ")
    head.append(_verdict(outcome), style="bold")
    if outcome.review_pending:
        head.append("  待复核 review pending", style="yellow")
    yield head
    for finding in outcome.findings:
        yield _finding(finding)


def _verdict(outcome: InteractionOutcome) -> str:
    if outcome.state == "dead_lettered":
        return f"死信 dead letter: {outcome.dead_letter_reason} ({outcome.dead_letter_stage})"
    if outcome.state == "excluded":
        return f"不评分 excluded: {outcome.exclusion}"
    if outcome.score is None:
        return "没有坐席 no agent to score"
    return f"{outcome.score:.0f} 分 points"


def _finding(finding: OutcomeFinding) -> Text:
    from rich.text import Text

    doubt = finding.verdict == "UNCERTAIN"
    line = Text("  ")
    line.append(
        finding.rule_name + ("?" if doubt else ""), style="yellow" if doubt else _STYLES[finding.kind]
    )
    if finding.words:
        line.append(f"  “{'” “'.join(dict.fromkeys(finding.words))}”", style="dim")
    return line
