"""How a replay is shown: its plan, its progress, and what came of it."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any

from streams.cli.console import console
from streams.cli.times import shown

if TYPE_CHECKING:
    from schemas.records.terms import Stage
    from streams.operations.replay import ReplayOutcome, StageProgress
    from streams.operations.replay_plan import ReplayPlan

_NAMES_SHOWN = 20


def show_plan(plan: ReplayPlan) -> None:
    """Offsets by partition, how many records, and what retention has removed."""
    from rich.table import Table

    request = plan.request
    stages = " → ".join(stage.stage.value for stage in plan.stages)
    console().print(f"阶段 stages   {stages}")
    console().print(
        f"起 from       {shown(request.from_ms) if request.from_ms is not None else '最早 earliest'}"
    )
    until = shown(request.to_ms) if request.to_ms is not None else f"现在 now, {shown(plan.created_at)}"
    console().print(f"止 to         {until}")
    if request.ids:
        console().print(f"交互 ids      {len(request.ids)}")
    console().print(f"记录 records  {plan.records}")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("主题[分区]\ntopic", no_wrap=True)
    for name in ("起\nfrom", "止\nto", "最早保留\nlog start"):
        table.add_column(name, justify="right")
    table.add_column("最早记录\noldest record")
    for part in plan.ranges:
        oldest = shown(part.earliest_at) if part.earliest_at is not None else "–"
        place = f"{part.topic}\\[{part.partition}]"
        table.add_row(place, str(part.start), str(part.end), str(part.log_start), oldest if part.cut else "")
    console().print(table)
    if any(part.cut for part in plan.ranges):
        console().print(
            "[yellow]部分记录已超过保留期 records older than those shown are no longer kept[/yellow]",
            soft_wrap=True,
        )
    for missing in plan.missing_ids:
        console().print(f"[yellow]{missing}: 主题中已没有 no longer on the topic[/yellow]", soft_wrap=True)


def show_outcome(outcome: ReplayOutcome, changed: list[str], added: list[str]) -> None:
    """What was replayed and whose result is another one now."""
    console().print(
        f"已重放 replayed {outcome.records}    死信 dead letters {outcome.dead_lettered}"
        f"    结果变化 changed {len(changed)}    新增 added {len(added)}"
    )
    for title, names in (("变化 changed", changed), ("新增 added", added)):
        for name in names[:_NAMES_SHOWN]:
            console().print(f"  {title}  {name}", markup=False)
        if len(names) > _NAMES_SHOWN:
            console().print(f"  ... {len(names) - _NAMES_SHOWN} more; --output json lists all")


class Bars:
    """A progress bar for each stage of the lane, on standard error."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description:14}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=Console(stderr=True), disable=quiet)
        self._tasks: dict[Stage, Any] = {}

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def update(self, stages: list[StageProgress]) -> None:
        """Show how far each stage is."""
        for one in stages:
            if one.stage not in self._tasks:
                self._tasks[one.stage] = self._progress.add_task(one.stage.value, total=one.total)
            done = one.total - one.remaining
            self._progress.update(self._tasks[one.stage], total=one.total, completed=done)
