"""The table of the stages that ``demo`` and ``status`` show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from streams.operations.overview import StageOverview

_NAMES = {
    "transcription": "转写",
    "normalization": "归一化",
    "classification": "分类",
    "scoring": "评分",
    "delivery": "入库",
}
_COLUMNS = ("接收\nreceived", "完成\ndone", "死信\ndead", "积压\nlag", "最旧\noldest", "进程\nworkers")


def stages_table(overviews: Sequence[StageOverview]) -> Table:
    """One line per stage."""
    from rich.table import Table

    table = Table(title="阶段 Stages", title_justify="left")
    table.add_column("阶段\nstage", no_wrap=True)
    for name in _COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for one in overviews:
        dead = f"[red]{one.dead_lettered}[/red]" if one.dead_lettered else "0"
        workers = str(one.members) if one.members else "[yellow]0[/yellow]"
        table.add_row(
            f"{_NAMES[one.stage.value]} {one.stage.value}",
            *(str(one.received), str(one.done), dead, str(one.lag), age(one.oldest_unread_s), workers),
        )
    return table


def age(seconds: float) -> str:
    """A span of time in its two largest units; a dash for none."""
    if not seconds:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} m"
    return f"{minutes} m {rest} s" if minutes else f"{rest} s"
