"""The report on the terminal: ledger by channel, a line per interaction with its reasons, alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from streams.reports.content import Coverage, Evidence, Finding, Interaction, LegScore, ReportContent
from streams.reports.highlight import tone_of
from streams.reports.labels import label, measured
from streams.reports.timeline import clock

MOST_IMPORTANT = 3
PASSED = 60
"""Scores below are shown in red."""
_STYLES = {"fault": "red", "exemption": "blue", "uncertain": "yellow", "credit": "green", "signal": "magenta"}
_ORDER = ("exemption", "fault", "uncertain", "credit", "signal")


def terminal_report(content: ReportContent) -> RenderableType:
    """Everything an operator wants to see at once; the HTML report has the rest."""
    parts = [
        coverage_table(content),
        _interactions(content),
        _alerts(content),
        _reasons(content),
        _dead_letters(content),
    ]
    return Group(*(line for part in parts if part.row_count for line in (part, "")))


def coverage_table(content: ReportContent) -> Table:
    """The ledger, one line per channel and the sum."""
    table = Table(title="覆盖 Coverage", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("渠道\nchannel", no_wrap=True)
    for name in ("接收\nreceived", "已评分\nscored", "已排除\nexcluded", "死信\ndead", "处理中\nin flight"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("有结论\noutcome", justify="right", no_wrap=True)
    for line in content.coverage:
        table.add_row(*_coverage_cells(line))
    table.add_section()
    table.add_row(*_coverage_cells(content.total), style="bold")
    return table


def important(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings a person should see first: exemptions, faults, uncertain ones, credits, signals."""
    return tuple(sorted(findings, key=lambda one: _ORDER.index(tone_of(one))))[:MOST_IMPORTANT]


def _coverage_cells(line: Coverage) -> list[str]:
    ended = line.scored + line.excluded + line.dead_lettered
    share = f"{100 * ended / line.received:.1f} %" if line.received else "–"
    numbers = (line.received, line.scored, line.excluded, line.dead_lettered, line.in_flight)
    return [f"{label(line.channel)} {line.channel}", *map(str, numbers), share]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold", header_style="dim")
    return table


def _interactions(content: ReportContent) -> Table:
    """Two columns only: ids are long, and words need the width of the terminal."""
    table = _table(
        "交互 Interactions", "得分\nscore", "交互、坐席、最重要的发现与原话\ninteraction, agent, findings"
    )
    table.columns[0].justify = "right"
    table.columns[0].no_wrap = True
    for one in content.interactions:
        table.add_row(_score(one), Group(_head(one), *map(_finding, important(one.findings))))
    return table


def _score(one: Interaction) -> Text:
    if one.exclusion:
        return Text("不评分", style="blue")
    if one.score is None:
        return Text("–", style="dim")
    text = Text(f"{one.score:.0f}", style="bold red" if one.score < PASSED else "bold green")
    return text.append(" ?", style="yellow") if one.review_pending else text


def _head(one: Interaction) -> Text:
    head = Text(one.interaction_id, style="bold")
    if one.legs:
        head.append(
            "  " + " → ".join(_agent(leg, alone=len(one.legs) == 1) for leg in one.legs), style="cyan"
        )
    if one.exclusion:
        head.append(f"  {label(one.exclusion)} {one.exclusion}", style="blue")
    return head


def _agent(leg: LegScore, *, alone: bool) -> str:
    """An agent's number; after a transfer each with a score of their own."""
    return leg.agent_id if alone or leg.score is None else f"{leg.agent_id} ({leg.score:.0f})"


def _finding(finding: Finding) -> Text:
    text = Text("  ")
    text.append(finding.rule_name, style=_STYLES[tone_of(finding)])
    text.append("? " if finding.verdict == "UNCERTAIN" else "  ", style="yellow")
    return text.append("; ".join(_evidence(one) for one in finding.evidence[:2]), style="dim")


def _evidence(evidence: Evidence) -> str:
    return " ".join(_told(evidence))


def _told(evidence: Evidence) -> Iterator[str]:
    yield clock(evidence.start_ms)
    if evidence.words:
        yield f"“{evidence.words}”"
    if evidence.reading:
        yield f"≈ {evidence.reading}"
    if evidence.value is not None:
        yield measured(evidence.value, evidence.unit)


def _alerts(content: ReportContent) -> Table:
    table = _table(
        "预警 Alerts", "对象\nfor", "规则\nrule", "交互\ninteraction", "坐席\nagent", "原话\nwords"
    )
    for alert in content.alerts:
        linked = "".join(f" ↔ {other}" for other in alert.linked_interaction_ids)
        table.add_row(
            f"{label(alert.kind)} {alert.kind}",
            alert.rule_name,
            Text(alert.interaction_id + linked),
            alert.agent_id or "–",
            Text(alert.words),
        )
    return table


def _reasons(content: ReportContent) -> Table:
    counts = Counter(r.shown for one in content.interactions for r in one.reasons if r.is_primary)
    table = _table("来电原因 Contact reasons", "次数\ncount", "原因\nreason")
    table.columns[0].justify = "right"
    for reason, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        table.add_row(str(count), reason)
    return table


def _dead_letters(content: ReportContent) -> Table:
    table = _table("死信 Dead letters", "原因\nreason", "阶段\nstage", "交互与说明\ninteraction, detail")
    for letter in content.dead_letters:
        place = (
            letter.interaction_id
            or f"{letter.source_topic}[{letter.source_partition}]@{letter.source_offset}"
        )
        table.add_row(
            f"{label(letter.reason)} {letter.reason}", letter.stage, Text(f"{place}: {letter.detail}")
        )
    return table
