"""The table of the stages that ``demo`` and ``status`` show."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from streams.operations.overview import StageOverview

_NAMES = {
    "transcription": "转写",
    "normalization": "归一化",
    "classification": "分类",
    "scoring": "评分",
    "delivery": "入库",
}


def stages_table(overviews: Sequence[StageOverview]) -> Table:
    """One line per stage."""
    table = Table(title="阶段 Stages", title_justify="left")
    table.add_column("阶段 stage", no_wrap=True)
    for name in ("接收 received", "完成 done", "死信 dead-lettered", "积压 lag"):
        table.add_column(name, justify="right")
    for one in overviews:
        name = f"{_NAMES[one.stage.value]} {one.stage.value}"
        table.add_row(name, str(one.received), str(one.done), str(one.dead_lettered), str(one.lag))
    return table
