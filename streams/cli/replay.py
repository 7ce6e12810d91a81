"""``callqa replay``: process again what a stage has read before, on a lane of its own."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.records.terms import Stage
from streams.cli.connections import Connections, connected
from streams.cli.consent import ask
from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import ExitCode
from streams.cli.replay_view import Bars, show_outcome, show_plan
from streams.cli.times import parse_time

if TYPE_CHECKING:
    from streams.operations.replay import ReplayOutcome
    from streams.operations.replay_plan import ReplayPlan, ReplayRequest


def replay(
    stage: Annotated[
        Stage | None, typer.Option(help="The stage that reads its input again; all after it follow.")
    ] = None,
    from_time: Annotated[
        str | None,
        typer.Option("--from", help="2026-11-23T08:00 (Asia/Shanghai without a zone), 2h, 1d or epoch ms."),
    ] = None,
    to_time: Annotated[str | None, typer.Option("--to", help="As --from; default: now.")] = None,
    ids: Annotated[str | None, typer.Option(help="Interaction ids, separated by commas.")] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Plan file of an interrupted replay: go on where it stopped.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    deadline: Annotated[float, typer.Option(help="Seconds after which an unfinished replay fails.")] = 3600,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Replay on the replay lane with the newest rules. Live workers and their offsets are not touched.

    Times mean when the stage's input was written. The same inputs and rules leave every result as it was.

    Exit codes: 0 done, 1 error, 3 some records became dead letters, 4 refused, 130 interrupted.
    """
    request = None if resume else _request(stage, from_time, to_time, ids)
    with connected() as connections:
        plan = _loaded(resume) if resume else _planned(connections, request)
        if output is OutputFormat.TABLE:
            show_plan(plan)
        if dry_run:
            if output is OutputFormat.JSON:
                print_json(plan)
            return
        _confirm(plan, yes=yes)
        run = _Run(connections, plan, deadline_s=deadline, quiet=output is OutputFormat.JSON)
        outcome, changed, added = run.to_the_end()
    if output is OutputFormat.JSON:
        import msgspec

        print_json({**msgspec.to_builtins(outcome), "changed": changed, "added": added})
    else:
        show_outcome(outcome, changed, added)
    if outcome.dead_lettered:
        raise typer.Exit(ExitCode.SOME_DEAD_LETTERED)


class _Run:
    """One replay from its plan to its outcome, and what it changed."""

    def __init__(self, connections: Connections, plan: ReplayPlan, *, deadline_s: float, quiet: bool) -> None:
        self._connections = connections
        self._plan = plan
        self._deadline_s = deadline_s
        self._quiet = quiet

    def to_the_end(self) -> tuple[ReplayOutcome, list[str], list[str]]:
        """The outcome, the interactions whose content changed, and those that had no result before."""
        from streams.reports.outcomes import content_digests, names_of

        with self._connections.store() as client:
            before = content_digests(client)
            outcome = self._replayed()
            after = content_digests(client)
        changed = [key for key in after if key in before and before[key] != after[key]]
        added = after.keys() - before.keys()
        return outcome, names_of(changed, among=after), names_of(added, among=after)

    def _replayed(self) -> ReplayOutcome:
        from streams.local.replay_run import Watch, plan_file, run_replay
        from streams.operations.lag import NotDrained

        addresses = self._connections.addresses
        go_on = f"go on with: callqa replay --resume {plan_file(addresses, self._plan)}"
        try:
            with self._connections.cluster() as cluster, Bars(quiet=self._quiet) as bars:
                watch = Watch(self._deadline_s, bars.update)
                return run_replay(cluster, self._connections.settings, addresses, self._plan, watch)
        except NotDrained as late:
            fail(f"{late}\n{go_on}")
        except KeyboardInterrupt:
            fail(f"interrupted; {go_on}", ExitCode.INTERRUPTED)


def _request(
    stage: Stage | None, from_time: str | None, to_time: str | None, ids: str | None
) -> ReplayRequest:
    from streams.operations.replay_plan import ReplayRequest

    if stage is None:
        raise typer.BadParameter("name the --stage, or --resume a plan")
    if from_time is None and not ids:
        fail("say what to replay: --from TIME [--to TIME], or --ids ID,ID", ExitCode.REFUSED)
    now_ms = time.time_ns() // 1_000_000
    try:
        from_ms = parse_time(from_time, now_ms=now_ms) if from_time else None
        to_ms = parse_time(to_time, now_ms=now_ms) if to_time else None
    except ValueError as error:
        fail(str(error), ExitCode.REFUSED)
    if from_ms is not None and to_ms is not None and to_ms <= from_ms:
        fail("--to is not after --from", ExitCode.REFUSED)
    wanted = tuple(part.strip() for part in (ids or "").split(",") if part.strip())
    return ReplayRequest(stage=stage, from_ms=from_ms, to_ms=to_ms, ids=wanted)


def _planned(connections: Connections, request: Any) -> ReplayPlan:
    from schemas.topics import load_topics
    from streams.operations.replay import RunIdentity, plan_replay

    now_ms = time.time_ns() // 1_000_000
    identity = RunIdentity(run_id=f"replay-{uuid.uuid4().hex[:12]}", created_at=now_ms)
    with connections.cluster() as cluster:
        return plan_replay(cluster, request, load_topics(), identity)


def _loaded(path: Path) -> ReplayPlan:
    import msgspec

    from streams.operations.replay_plan import load_plan

    try:
        return load_plan(path)
    except (msgspec.ValidationError, msgspec.DecodeError):
        fail(f"{path} is not the plan of a replay")


def _confirm(plan: ReplayPlan, *, yes: bool) -> None:
    if plan.records == 0:
        fail("没有可重放的记录 nothing to replay", ExitCode.REFUSED)
    if yes:
        return
    ask(f"重放 replay {plan.records} records?", "nothing was replayed")
    console().print()
