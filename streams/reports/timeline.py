"""The time line of a call as SVG coordinates: who spoke when, who talked over whom, where nobody spoke."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from streams.reports.content import Evidence, Finding, Interaction, Span
from streams.reports.highlight import tone_of
from streams.reports.labels import label

WIDTH = 1000.0
_TICK_ROOM = 40.0
_LANES = {"AGENT": 0, "CUSTOMER": 1}


class Bar(Struct, frozen=True, kw_only=True):
    """A rectangle on a drawing 1,000 units wide; ``lane`` 0 agent, 1 customer, 2 other."""

    x: float
    width: float
    lane: int
    style: str
    label: str
    start_ms: int


class Timeline(Struct, frozen=True, kw_only=True):
    """Bars, marks of findings and the ticks of the axis."""

    length_ms: int
    bars: tuple[Bar, ...]
    marks: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]


def clock(milliseconds: int) -> str:
    """Minutes and seconds, with hours where there are any, as players show them."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def timeline(interaction: Interaction) -> Timeline | None:
    """The time line of a call; None where nothing was measured in time (chats, self-service)."""
    spans = interaction.spans
    if not any(span.kind == "SPEECH" for span in spans):
        return None
    length = max([*(span.end_ms for span in spans), *(turn.end_ms for turn in interaction.turns)])
    return Timeline(
        length_ms=length,
        bars=tuple(_bar(span, length) for span in spans),
        marks=tuple(_marks(interaction.findings, length)),
        ticks=tuple(_ticks(length)),
    )


def _ticks(length_ms: int) -> Iterator[tuple[float, str]]:
    """Marks of the axis; one that has no room for its time at the right edge is left out."""
    for at in range(0, length_ms, _tick_step(length_ms)):
        x = WIDTH * at / length_ms
        if x <= WIDTH - _TICK_ROOM:
            yield x, clock(at)


def _tick_step(length_ms: int) -> int:
    steps = (5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000)
    return next((step for step in steps if length_ms / step <= 12), steps[-1])


def _bar(span: Span, length: int) -> Bar:
    seconds = (span.end_ms - span.start_ms) / 1000
    x, width = _placed(span.start_ms, span.end_ms, length, narrowest=1.0)
    return Bar(
        x=x,
        width=width,
        lane=_LANES.get(span.party, 2),
        style=span.kind.lower(),
        label=f"{label(span.party)} {label(span.kind)} {clock(span.start_ms)}, {seconds:.1f} 秒",
        start_ms=span.start_ms,
    )


def _marks(findings: Sequence[Finding], length: int) -> list[Bar]:
    """Places on the line; what covers more than half of it, such as an average, is no place."""
    return [
        _mark(finding, evidence, length)
        for finding in findings
        for evidence in finding.evidence
        if evidence.words or 2 * (evidence.end_ms - evidence.start_ms) < length
    ]


def _mark(finding: Finding, evidence: Evidence, length: int) -> Bar:
    x, width = _placed(evidence.start_ms, evidence.end_ms, length, narrowest=3.0)
    return Bar(
        x=x,
        width=width,
        lane=_LANES.get(evidence.party, 2),
        style=tone_of(finding),
        label=f"{finding.rule_name} {clock(evidence.start_ms)}",
        start_ms=evidence.start_ms,
    )


def _placed(start_ms: int, end_ms: int, length: int, narrowest: float) -> tuple[float, float]:
    """Left edge and width on the drawing; what is short is drawn wide enough to be seen and pointed at."""
    left, right = min(WIDTH * start_ms / length, WIDTH), min(WIDTH * end_ms / length, WIDTH)
    width = max(narrowest, right - left)
    return min(left, WIDTH - width), width
