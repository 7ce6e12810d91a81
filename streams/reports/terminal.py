"""The report on the terminal: ledger by channel, a line per interaction with its reasons, alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from streams.reports.content import Coverage, Finding, Interaction, ReportContent
from streams.reports.highlight import tone_of
from streams.reports.timeline import clock

MOST_IMPORTANT = 3
_STYLES = {"fault": "red", "exemption": "blue", "uncertain": "yellow", "credit": "green", "signal": "magenta"}
_ORDER = ("exemption", "fault", "uncertain", "credit", "signal")


def terminal_report(content: ReportContent) -> RenderableType:
    """Everything an operator wants to see at once; the HTML report has the rest."""
    return Group(
        coverage_table(content),
        _interactions(content),
        _alerts(content),
        _reasons(content),
        _dead_letters(content),
    )


def coverage_table(content: ReportContent) -> Table:
    """The ledger, one line per channel and the sum."""
    table = Table(title="覆盖 Coverage", title_justify="left")
    for name in ("渠道 channel", "接收", "已评分", "已排除", "死信", "处理中", "有结论"):
        table.add_column(name, justify="left" if "渠道" in name else "right")
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
    return [line.channel, *map(str, numbers), share]


def _interactions(content: ReportContent) -> Table:
    table = Table(title="交互 Interactions", title_justify="left", show_lines=False)
    table.add_column("交互", no_wrap=True)
    table.add_column("坐席", no_wrap=True)
    table.add_column("得分", justify="right", no_wrap=True)
    table.add_column("最重要的发现与原话", ratio=1)
    for one in content.interactions:
        agents = " → ".join(leg.agent_id for leg in one.legs) or "–"
        table.add_row(one.interaction_id, agents, _score(one), _findings(one))
    return table


def _score(one: Interaction) -> Text:
    if one.exclusion:
        return Text(one.exclusion, style="blue")
    if one.score is None:
        return Text("–")
    text = Text(f"{one.score:.0f}", style="bold red" if one.score < 60 else "bold green")
    return text.append(" ?", style="yellow") if one.review_pending else text


def _findings(one: Interaction) -> Text:
    text = Text()
    for finding in important(one.findings):
        if text:
            text.append("\n")
        text.append(finding.rule_name, style=_STYLES[tone_of(finding)])
        text.append("? " if finding.verdict == "UNCERTAIN" else " ", style="yellow")
        text.append("; ".join(_evidence(finding)), style="dim")
    return text


def _evidence(finding: Finding) -> Iterator[str]:
    for evidence in finding.evidence[:2]:
        value = "" if evidence.value is None else f" {evidence.value:.0f} {evidence.unit or ''}"
        yield f"{clock(evidence.start_ms)} {evidence.words}{value}".strip()


def _alerts(content: ReportContent) -> Table:
    table = Table(title="预警 Alerts", title_justify="left")
    for name in ("对象", "规则", "交互", "坐席", "原话"):
        table.add_column(name)
    for alert in content.alerts:
        linked = "".join(f" ↔ {other}" for other in alert.linked_interaction_ids)
        table.add_row(
            alert.kind, alert.rule_name, alert.interaction_id + linked, alert.agent_id or "–", alert.words
        )
    return table


def _reasons(content: ReportContent) -> Table:
    counts = Counter(
        (r.level1, r.level2) for one in content.interactions for r in one.reasons if r.is_primary
    )
    table = Table(title="来电原因 Contact reasons", title_justify="left")
    for name in ("一级", "二级", "次数"):
        table.add_column(name, justify="right" if name == "次数" else "left")
    for (level1, level2), count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        table.add_row(level1, level2, str(count))
    return table


def _dead_letters(content: ReportContent) -> Table:
    table = Table(title="死信 Dead letters", title_justify="left")
    for name in ("原因", "阶段", "交互", "说明"):
        table.add_column(name)
    for letter in content.dead_letters:
        place = (
            letter.interaction_id
            or f"{letter.source_topic}[{letter.source_partition}]@{letter.source_offset}"
        )
        table.add_row(letter.reason, letter.stage, place, letter.detail)
    return table
