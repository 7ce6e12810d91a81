"""Charts of the report as inline SVG; the numbers behind each stand in a table beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pygal
from pygal.style import Style

from streams.reports.content import ReportContent
from streams.reports.labels import label

_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    font_family="system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
    colors=("#2f7d5b", "#8a94a6", "#c0392b", "#d9a441", "#3b6ea8"),
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=13,
    value_font_size=12,
    title_font_size=15,
)
_LAST_NARROW = 0x2E7F

_OPTIONS: dict[str, Any] = {
    "style": _STYLE,
    "js": [],
    "disable_xml_declaration": True,
    "explicit_size": False,
    "truncate_label": -1,
    "truncate_legend": -1,
    "width": 620,
    "height": 320,
    "margin": 8,
    "legend_at_bottom": True,
    "print_values": True,
    "print_zeroes": False,
}


def coverage_chart(content: ReportContent) -> str:
    """Outcomes by channel, stacked: the whole is 100 %."""
    chart = pygal.HorizontalStackedBar(title="渠道覆盖 Coverage by channel", **_OPTIONS)
    chart.x_labels = [f"{label(line.channel)} {line.channel}" for line in reversed(content.coverage)]
    lines = list(reversed(content.coverage))
    for name, field in (
        ("已评分 scored", "scored"),
        ("已排除 excluded", "excluded"),
        ("死信 dead letter", "dead_lettered"),
        ("处理中 in flight", "in_flight"),
    ):
        chart.add(name, [getattr(line, field) or None for line in lines])
    return str(chart.render(is_unicode=True))


def score_chart(content: ReportContent) -> str:
    """How many agent legs fall into each band of ten points."""
    scores = [leg.score for one in content.interactions for leg in one.legs if leg.score is not None]
    bands = Counter(min(int(score // 10), 9) for score in scores)
    chart = pygal.Bar(title="得分分布 Scores", show_legend=False, **_OPTIONS)
    chart.x_labels = [f"{low * 10}-{low * 10 + 9 if low < 9 else 100}" for low in range(10)]
    chart.add("", [bands.get(low) for low in range(10)])
    return str(chart.render(is_unicode=True))


def reason_chart(content: ReportContent) -> str:
    """Primary contact reasons, most frequent last."""
    counts = Counter(r.shown for one in content.interactions for r in one.reasons if r.is_primary)
    return _ranking("来电原因 Contact reasons", counts)


def finding_chart(content: ReportContent) -> str:
    """Faults by rule, sure ones only; a rule has one bar whatever the language of the interaction."""
    faults = [
        finding
        for one in content.interactions
        for finding in one.findings
        if finding.kind == "FAULT" and finding.verdict == "HIT"
    ]
    # The last of several names stays: Chinese sorts after Latin.
    names = {finding.rule_id: finding.rule_name for finding in sorted(faults, key=lambda one: one.rule_name)}
    return _ranking("扣分发现 Faults", Counter(names[finding.rule_id] for finding in faults))


def _ranking(title: str, counts: Mapping[str, int]) -> str:
    ranked = sorted(counts.items(), key=lambda pair: (pair[1], pair[0]))[-14:]
    wide = max((sum(ord(character) > _LAST_NARROW for character in name) for name in counts), default=0)
    # The library reserves room as if every character were as narrow as a Latin one.
    options = {**_OPTIONS, "margin_left": _OPTIONS["margin"] + wide * 7}
    chart = pygal.HorizontalBar(title=title, show_legend=False, **options)
    chart.x_labels = [name for name, _ in ranked]
    chart.add("", [count for _, count in ranked])
    return str(chart.render(is_unicode=True))
