"""``callqa replay``: process again what a stage has read before, on a lane of its own."""

from __future__ import annotations

import sys
import time
import uuid
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.records.terms import Stage
from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import clear_errors

if TYPE_CHECKING:
    from streams.operations.replay import ReplayOutcome, StageProgress
    from streams.operations.replay_plan import ReplayPlan, ReplayRequest

_REFUSED = 4
_SOME_DEAD_LETTERED = 3


def replay(
    stage: Annotated[Stage, typer.Option(help="The stage that reads its input again.")],
    from_time: Annotated[str | None, typer.Option("--from", help="2026-11-23T08:00, 2h, 1d, ms.")] = None,
    to_time: Annotated[str | None, typer.Option("--to", help="As --from; default: now.")] = None,
    ids: Annotated[str | None, typer.Option(help="Interaction ids, separated by commas.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Show the plan and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    deadline: Annotated[float, typer.Option(help="Seconds after which an unfinished replay fails.")] = 3600,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Replay on the replay lane with the newest rules. Live workers and their offsets are not touched.

    Times mean when the stage's input was written. The same inputs and rules leave every result as it was.
    Exit code 3: some records became dead letters. 4: refused.
    """
    from streams.local.replay_run import Watch, run_replay
    from streams.local.running import reachable
    from streams.operations.groups import GroupIsLive
    from streams.operations.lag import NotDrained
    from streams.operations.replay import NothingToReplay
    from streams.settings import Settings
    from streams.store import connect

    request = _request(stage, from_time, to_time, ids)
    settings = Settings()
    with clear_errors(), reachable(settings) as addresses:
        plan = _plan(addresses.bootstrap, request)
        if output is OutputFormat.TABLE:
            _show_plan(plan)
        if dry_run:
            if output is OutputFormat.JSON:
                print_json(plan)
            return
        _confirm(plan, yes=yes)
        client = connect(settings, addresses.clickhouse_url)
        before = _digests(client)
        try:
            with _Bars(quiet=output is OutputFormat.JSON) as bars:
                watch = Watch(deadline, bars.update)
                outcome = run_replay(settings, addresses, plan, watch)
        except (GroupIsLive, NothingToReplay) as refusal:
            fail(str(refusal), _REFUSED)
        except NotDrained as late:
            fail(f"{late}; see {addresses.data_dir}/replays/{plan.run_id}")
        changed = sorted(name for name, digest in _digests(client).items() if before.get(name) != digest)
        client.close()
    _show_outcome(outcome, changed, output)
    if outcome.dead_lettered:
        raise typer.Exit(_SOME_DEAD_LETTERED)


def _request(stage: Stage, from_time: str | None, to_time: str | None, ids: str | None) -> ReplayRequest:
    from streams.cli.times import parse_time
    from streams.operations.replay_plan import ReplayRequest

    if from_time is None and ids is None:
        fail("say what to replay: --from TIME [--to TIME], or --ids ID,ID", _REFUSED)
    now_ms = time.time_ns() // 1_000_000
    try:
        return ReplayRequest(
            stage=stage,
            from_ms=parse_time(from_time, now_ms=now_ms) if from_time else None,
            to_ms=parse_time(to_time, now_ms=now_ms) if to_time else None,
            ids=tuple(part.strip() for part in ids.split(",") if part.strip()) if ids else (),
        )
    except ValueError as error:
        fail(str(error), _REFUSED)


def _plan(bootstrap: str, request: ReplayRequest) -> ReplayPlan:
    from schemas.topics import load_topics
    from streams.operations.cluster import Cluster
    from streams.operations.replay import RunIdentity, plan_replay

    now_ms = time.time_ns() // 1_000_000
    identity = RunIdentity(run_id=f"replay-{uuid.uuid4().hex[:12]}", created_at=now_ms)
    with Cluster(bootstrap) as cluster:
        return plan_replay(cluster, request, load_topics(), identity)


def _show_plan(plan: ReplayPlan) -> None:
    from rich.table import Table

    from streams.cli.times import shown

    request = plan.request
    since = shown(request.from_ms) if request.from_ms is not None else "最早 earliest"
    until = shown(request.to_ms) if request.to_ms is not None else "现在 now"
    console().print(f"{plan.stage.value}: {since} → {until}, {plan.records} 条记录 records")
    table = Table("主题 topic", "分区", "起 from", "止 to", "最早保留 log start")
    for part in plan.ranges:
        table.add_row(part.topic, str(part.partition), str(part.start), str(part.end), str(part.log_start))
    console().print(table)
    if plan.cut:
        console().print("[yellow]部分记录已超过保留期 some records are no longer retained[/yellow]")
    for missing in plan.missing_ids:
        console().print(f"[yellow]已不在主题中 no longer on the topic: {missing}[/yellow]")


def _confirm(plan: ReplayPlan, *, yes: bool) -> None:
    if yes or plan.records == 0:
        return
    if not sys.stdin.isatty():
        fail("add --yes to run without a terminal", _REFUSED)
    if not typer.confirm(f"重放 replay {plan.records} records?"):
        fail("nothing was replayed", _REFUSED)


def _digests(client: Any) -> dict[str, str]:
    """What a reader sees of every interaction now, as a digest."""
    rows = client.query(
        "SELECT b.interaction_id, r.content_digest FROM qa.base_result AS b"
        " INNER JOIN (SELECT * FROM qa.result FINAL) AS r ON r.result_id = b.result_id"
    ).result_rows
    return dict(rows)


def _show_outcome(outcome: ReplayOutcome, changed: list[str], output: OutputFormat) -> None:
    if output is OutputFormat.JSON:
        import msgspec

        print_json({**msgspec.to_builtins(outcome), "changed": changed})
        return
    console().print(f"已重放 replayed {outcome.records}，死信 dead-lettered {outcome.dead_lettered}")
    console().print(f"结果变化 changed results: {len(changed)}")
    for name in changed:
        console().print(f"  {name}")


class _Bars:
    """A progress bar per lane stage."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.progress import Progress

        self._progress = Progress(console=console(), disable=quiet)
        self._tasks: dict[Stage, Any] = {}

    def __enter__(self) -> _Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self, stages: list[StageProgress]) -> None:
        """Show how far each stage is."""
        for one in stages:
            if one.stage not in self._tasks:
                self._tasks[one.stage] = self._progress.add_task(one.stage.value)
            done = one.total - one.remaining
            self._progress.update(self._tasks[one.stage], total=max(one.total, 1), completed=done)
