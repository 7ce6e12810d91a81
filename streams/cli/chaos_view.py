"""What ``callqa chaos`` shows: scenarios, plans, and the table of faults beside outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cli.console import OutputFormat, console, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from streams.chaos.report import ChaosReport, FaultOutcome
    from streams.chaos.scenarios import Plan

_SHOWN = 20


def show_scenarios() -> None:
    """Every scenario and every form of a single fault."""
    from rich.table import Table

    from streams.chaos.faults import FORM_OF
    from streams.chaos.scenarios import ALL, SCENARIOS, describe

    table = Table(title="场景 Scenarios", title_justify="left")
    table.add_column("名称 name", no_wrap=True)
    table.add_column("做什么 what it does")
    for name in SCENARIOS:
        table.add_row(name, describe(name))
    table.add_row(ALL, "Every one of them on one stack.")
    console().print(table)
    faults = Table(title="单个故障 Single faults", title_justify="left", show_header=False)
    for form in FORM_OF.values():
        faults.add_row(form)
    console().print(faults)


def show_plan(plan: Plan, output: OutputFormat) -> None:
    """What would be done, round by round."""
    from rich.table import Table

    if output is OutputFormat.JSON:
        print_json(
            {
                "scenarios": plan.names,
                "seed": plan.seed,
                "kills": plan.kills,
                "lengths": plan.lengths,
                "rounds": [[[str(fault) for fault in lane] for lane in each.lanes] for each in plan.rounds],
            }
        )
        return
    table = Table(
        title=f"计划 Plan: {sum(1 for _ in plan.faults())} faults, kill -9 {plan.kills}, seed {plan.seed}",
        title_justify="left",
    )
    table.add_column("轮\nround", justify="right")
    table.add_column("同时进行，每行依次\nat the same time; each line one after the other")
    for number, each in enumerate(plan.rounds, start=1):
        table.add_row(str(number), "\n".join(_in_a_row(lane) for lane in each.lanes))
    console().print(table)


def show_report(report: ChaosReport) -> None:
    """Faults beside outcomes, and what the run comes to."""
    out = console()
    out.print(_fault_table(report))
    states = "  ".join(f"{state} {count}" for state, count in sorted(report.states.items()))
    out.print(
        f"单元 units {report.units}（{states}）  记录 records {report.records}  kill -9 {report.kills}"
        f"  用时 elapsed {report.seconds:.0f} s",
        soft_wrap=True,
    )
    heard = "  ".join(f"{model} {count}" for model, count in report.calls.items() if count)
    if heard:
        out.print(f"通话，按识别模型 calls by model  {heard}", soft_wrap=True)
    for topic, count in sorted(report.absorbed.items()):
        out.print(f"吸收 absorbed  {topic}  {count}", soft_wrap=True)
    found = [
        *(f"{fault.kind}  {fault.unit}  {fault.detail}  ({fault.during})" for fault in report.faults),
        *(f"missed  {text}" for text in report.missed),
        *(f"audit  {text}" for text in report.audit_holes),
    ]
    for text in found[:_SHOWN]:
        out.print("[red]✗[/red]", end=" ")
        out.print(text, markup=False, soft_wrap=True)
    if len(found) > _SHOWN:
        out.print(f"... {len(found) - _SHOWN} more; --output json lists all")
    mark = "[green]✓[/green]" if report.passed else "[red]✗[/red]"
    out.print(
        f"{mark} 丢失 lost = {report.wrongs.lost}, 重复计数 duplicated = {report.wrongs.duplicated},"
        f" 错误 wrong = {report.wrongs.wrong},"
        f" 无法解释的死信 unexplained dead letters = {report.wrongs.unexplained_dead_letters},"
        f" 吸收的重复 absorbed = {report.absorbed_total},"
        f" 审计 audit = {'clean' if report.audit_clean else f'{len(report.audit_holes)} holes'}",
        soft_wrap=True,
    )


def _fault_table(report: ChaosReport) -> Table:
    from rich.table import Table

    table = Table(
        title="故障与结果 Faults and outcomes",
        title_justify="left",
        caption="恢复 back: seconds until every stage concerned had committed again, median (longest)."
        " 评/排/死 s/e/d: scored, excluded, dead-lettered, of what was first published meanwhile.",
        caption_justify="left",
    )
    table.add_column("故障\nfault", overflow="fold")
    for name in ("次\nn", "恢复 s\nback", "评/排/死\ns/e/d", "丢\nlost", "重\ntwice", "错\nwrong"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in report.outcomes:
        table.add_row(
            one.fault,
            f"{one.done} [red]-{one.missed}[/red]" if one.missed else str(one.done),
            _recovery(one),
            "/".join(str(one.outcomes.get(state, 0)) for state in ("scored", "excluded", "dead_lettered")),
            _alarming(one.wrongs.lost),
            _alarming(one.wrongs.duplicated),
            _alarming(one.wrongs.wrong + one.wrongs.unexplained_dead_letters),
        )
    return table


def _alarming(count: int) -> str:
    return f"[red]{count}[/red]" if count else "0"


def _recovery(one: FaultOutcome) -> str:
    if one.recovery_median is None:
        return "–"
    return f"{one.recovery_median:.1f} ({one.recovery_longest:.1f})"


def _in_a_row(lane: tuple[object, ...]) -> str:
    texts = [str(fault) for fault in lane]
    if len(texts) > 1 and len(set(texts)) == 1:
        return f"{texts[0]} × {len(texts)}"
    return ", ".join(texts)
