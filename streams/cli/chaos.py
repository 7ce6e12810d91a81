"""``callqa chaos``: break everything on purpose, then count whether anything is lost or counts twice."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import ExitCode, clear_errors

if TYPE_CHECKING:
    from streams.chaos.report import ChaosReport
    from streams.chaos.run import Order
    from streams.chaos.scenarios import Plan
    from streams.settings import Settings

_LONG_FORM = 1_000
_REAL_CALLS = 20


def chaos(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SCENARIO|FAULT...", help="Scenarios or single faults, done on one stack; see --list."
        ),
    ] = None,
    interactions: Annotated[
        int, typer.Option(min=1, help="Interactions of the load, a tenth of them calls.")
    ] = 200,
    seed: Annotated[int, typer.Option(help="The same seed makes the same plan and the same load.")] = 1,
    voice_real: Annotated[
        int | None,
        typer.Option(
            min=0, help="Of these, calls that the real model hears. Default: one in 100, at most 20."
        ),
    ] = None,
    kills: Annotated[
        int | None,
        typer.Option(min=0, help="Least number of kill -9, with scenario kills. Default: one in 10."),
    ] = None,
    full_length: Annotated[
        bool | None,
        typer.Option(
            "--full-length/--scaled",
            help="Stops and outages as in earnest, or an eighth. Default: full from 1000 interactions.",
        ),
    ] = None,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
    list_all: Annotated[bool, typer.Option("--list", help="Show scenarios and faults, and end.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Show the plan, and end.")] = False,
    own: Annotated[
        bool, typer.Option("--own", help="Hurt your own workers: see below. Asks first, or give --yes.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    keep: Annotated[
        bool, typer.Option(help="Leave the stack's folder behind; a failed run always does.")
    ] = False,
) -> None:
    """Run a load with known outcomes on a stack of its own, break things meanwhile, and count afterwards.

    The stack is embedded and lies in a temporary folder: nothing that runs or is configured is touched.
    An oracle that shares no code with the pipeline compares every outcome with what was known before, and
    the audit checks the books. Exit code 1 where anything is lost, counts twice or ends as it must not, or
    where a fault of the plan could not be done.

    With --own the load goes to the configured Kafka and store, or to the stack of `callqa up`, and the
    workers of this machine are killed, stopped and told to end; what runs them has to start them again.
    Nothing else is broken there, the load is text only, and its results stay, under the tenant `chaos`.
    """
    from streams.cli.chaos_view import show_plan, show_report, show_scenarios
    from streams.settings import Settings

    if list_all:
        show_scenarios()
        return
    with clear_errors():
        settings = Settings()
    long_form = interactions >= _LONG_FORM if full_length is None else full_length
    plan = _plan(what, seed, interactions // 10 if kills is None else kills, full_length=long_form)
    plan = _allowed(plan, settings, yes=yes or dry_run) if own else plan
    if dry_run:
        show_plan(plan, output)
        return
    heard = min(_REAL_CALLS, interactions // 100) if voice_real is None else voice_real
    result = _result(_Load(plan, interactions, 0 if own else heard, own), settings, keep=keep)
    if output is OutputFormat.JSON:
        print_json({"passed": result.passed, "chaos": result})
    else:
        show_report(result)
    if not result.passed:
        raise typer.Exit(ExitCode.ERROR)


@dataclass(frozen=True, slots=True)
class _Load:
    """What a run is asked for."""

    plan: Plan
    interactions: int
    heard: int
    own: bool


def _plan(names: list[str] | None, seed: int, kills: int, *, full_length: bool) -> Plan:
    from streams.chaos.faults import UnknownFault
    from streams.chaos.scenarios import ALL, FULL, SCALED, make_plan

    try:
        return make_plan(names or [ALL], seed=seed, kills=kills, lengths=FULL if full_length else SCALED)
    except UnknownFault as error:
        fail(str(error), ExitCode.USAGE)


def _allowed(plan: Plan, settings: Settings, *, yes: bool) -> Plan:
    """What of the plan can be done to a stack that is not ours, once somebody has agreed to it."""
    from streams.chaos.own import own_addresses, possible
    from streams.store import without_login

    out = console(stderr=True)
    with clear_errors():
        kept, left_out = possible(plan)
        addresses = own_addresses(settings)
    if left_out:
        out.print(f"此处不做 not done here: {', '.join(left_out)}", soft_wrap=True)
    out.print(f"Kafka {addresses.bootstrap}   ClickHouse {without_login(addresses.clickhouse_url)}")
    if not yes:
        typer.confirm(
            "在这里发布虚构的交互并杀死本机的工作进程？publish made-up interactions and kill workers there?",
            abort=True,
            err=True,
        )
    return kept


def _result(load: _Load, settings: Settings, *, keep: bool) -> ChaosReport:
    """Run in a folder of its own, which stays where the run failed."""
    folder = Path(tempfile.mkdtemp(prefix="callqa-chaos-"))
    passed = False
    try:
        with clear_errors():
            result = _run(_order(load, settings, folder), settings, own=load.own)
        passed = result.passed
        return result
    finally:
        if (passed and not keep) or not any(folder.iterdir()):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            console(stderr=True).print(f"日志与数据 logs and data  {folder}", soft_wrap=True)


def _order(load: _Load, settings: Settings, folder: Path) -> Order:
    """The run's order; real calls are written from the demo's recordings where there are to be any."""
    from streams.chaos.heard import write_real_calls
    from streams.chaos.run import Order
    from streams.chaos.scenarios import kills_while_hearing
    from streams.models import check
    from streams.settings import PROJECT

    order = Order(
        plan=load.plan,
        interactions=load.interactions,
        folder=folder,
        cache_dir=settings.data_dir / "cache",
    )
    if not load.heard:
        return order
    check(settings.model, settings.model_dir)
    audio = PROJECT / "infra" / "demo" / "audio"
    return replace(
        order,
        heard=write_real_calls(audio, folder / "recordings", load.heard),
        heard_count=load.heard,
        heard_rounds=kills_while_hearing(load.heard),
    )


def _run(order: Order, settings: Settings, *, own: bool) -> ChaosReport:
    """Run it with a bar on standard error."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from streams.chaos.own import run_on_own
    from streams.chaos.run import Step, run
    from streams.logs import configure_logs

    configure_logs("CRITICAL")
    columns = (
        TextColumn("故障 faults {task.completed}/{task.total}"),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        TextColumn("已发布 published {task.fields[published]}  kill -9 {task.fields[kills]}"),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=1, published=0, kills=0)

        def told(step: Step) -> None:
            progress.update(
                task,
                description=step.text,
                completed=step.done,
                total=max(1, step.total),
                published=step.published,
                kills=step.kills,
            )

        return run_on_own(order, settings, told) if own else run(order, settings, told)
