"""``callqa dead-letters``: what was set aside, why, and sending it again."""

from __future__ import annotations

import os
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schemas.records.terms import DeadLetterReason, Stage
from streams.cli import dead_letters_view as view
from streams.cli.connections import Connections, connected
from streams.cli.consent import ask
from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import ExitCode, clear_errors
from streams.cli.times import parse_time

if TYPE_CHECKING:
    from streams.operations.cluster import Cluster
    from streams.operations.dead_letters import DeadLetter, Selection, UnreadableDeadLetter
    from streams.operations.dead_letters_outcome import Came, Unit
    from streams.operations.dead_letters_redrive import RedrivePlan

app = typer.Typer(no_args_is_help=True, help="List what was set aside, look at one, send them again.")

Stages = Annotated[list[Stage] | None, typer.Option("--stage", help="Only of this stage; repeatable.")]
Reasons = Annotated[
    list[DeadLetterReason] | None, typer.Option("--reason", help="Only with this reason; repeatable.")
]
Since = Annotated[
    str | None, typer.Option(help="Set aside since: 2026-11-23T08:00 (Asia/Shanghai), 2h, 1d or epoch ms.")
]
Until = Annotated[str | None, typer.Option(help="Set aside before; as --since.")]
Tenant = Annotated[str | None, typer.Option(help="Only of this tenant, as the ledger knows it.")]
Output = Annotated[OutputFormat, typer.Option("--output", help="table or json")]
_NAME = "Place as `list` shows it (scoring/1@77), dead-letter id or interaction id."


@app.command("list")
def list_letters(
    stage: Stages = None,
    reason: Reasons = None,
    interaction: Annotated[
        list[str] | None, typer.Option(help="Only of this interaction; repeatable.")
    ] = None,
    since: Since = None,
    until: Until = None,
    tenant: Tenant = None,
    limit: Annotated[int, typer.Option(min=0, help="Letters shown, the latest ones; 0: only counts.")] = 30,
    now: Annotated[
        bool, typer.Option("--now", help="Ask the store what each counts as now: some were resolved since.")
    ] = False,
    lane: Annotated[
        str | None, typer.Option(help="Those of a lane instead: replay for `callqa replay`.")
    ] = None,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Dead letters as they lie on Kafka, counted by stage and reason. No content is shown.

    A letter stays on its topic for the topic's retention, also after it was sent again.
    """
    selection = _on_lane(_selection(stage, reason, since, until, tuple(interaction or ())), lane)
    unreadable: list[UnreadableDeadLetter] = []
    with connected(store=now or tenant is not None) as connections, connections.cluster() as cluster:
        letters = _light(cluster, selection, unreadable)
        if tenant is not None:
            units = _units(connections, letters)
            letters = [one for one in letters if one.unit in units and units[one.unit].tenant_id == tenant]
        latest = sorted(letters, key=lambda one: one.written_at)[-limit:] if limit else []
        states = {name: unit.state for name, unit in _units(connections, latest).items()} if now else None
    if output is OutputFormat.JSON:
        print_json(view.list_document(letters, latest, unreadable, states))
    else:
        view.show_list(letters, latest, unreadable, states)


@app.command("show")
def show_letter(
    name: Annotated[str, typer.Argument(help=_NAME)],
    content: Annotated[
        bool, typer.Option("--content", help="Show what people said and who they are: the decoded event.")
    ] = False,
    save: Annotated[
        Path | None, typer.Option(help="Write the original bytes to this new file, readable by you only.")
    ] = None,
    output: Output = OutputFormat.TABLE,
) -> None:
    """One dead letter: reason and detail, where it came from, attempts, and what can be decoded of it.

    Without --content only the shape of the event and its technical fields are shown: dead letters hold
    raw, unmasked content.
    """
    from streams.configured_codec import configured_codec
    from streams.operations.dead_letters import Selection, list_dead_letters

    with connected(store=False) as connections, connections.cluster() as cluster:
        codec = configured_codec(connections.settings)
        found = list(list_dead_letters(cluster, Selection(names=(name,))))
    if not found:
        fail(f"{name}: 没有这样的死信 no such dead letter on the topics")
    if len(found) > 1:
        fail(f"{name} has {len(found)} dead letters, name one: {', '.join(one.place for one in found)}")
    if save is not None:
        _save(found[0], save)
    if output is OutputFormat.JSON:
        print_json(view.letter_document(found[0], codec, content=content))
    else:
        view.show_letter(found[0], codec, content=content)


@app.command("redrive")
def redrive_letters(
    names: Annotated[list[str] | None, typer.Argument(help=f"{_NAME} None: as the options say.")] = None,
    stage: Stages = None,
    reason: Reasons = None,
    since: Since = None,
    until: Until = None,
    tenant: Tenant = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also those sent before, and those that came back five times.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent; send nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait and tell what came of each.")] = False,
    deadline: Annotated[float, typer.Option(help="With --wait: seconds after which it fails.")] = 600,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Send dead letters to the stage that gave them up, after its cause was mended.

    The same bytes under the same key; a second failure is the same dead letter with a higher redrive
    count, not another one. One that was sent already is not sent again.

    Exit codes: 0 done, 1 error or not all done in time, 3 some became dead letters again (with --wait),
    4 nothing to send, or not confirmed.
    """
    from schemas.topics import load_topics
    from streams.operations.dead_letters_redrive import plan_redrive

    if not (names or stage or reason or since or until or tenant):
        fail("say which: names, --stage, --reason, --tenant, --since or --until", ExitCode.REFUSED)
    selection = _selection(stage, reason, since, until, tuple(names or ()))
    store = wait or tenant is not None
    with connected(store=store, reopen=False) as connections, connections.cluster() as cluster:
        plan = plan_redrive(cluster, selection, load_topics(), force=force)
        if tenant is not None:
            units = _units(connections, [*plan.ready, *chain.from_iterable(plan.kept.values())])
            plan = plan.only(lambda one: one.unit in units and units[one.unit].tenant_id == tenant)
        if output is OutputFormat.TABLE:
            view.show_plan(plan)
        if dry_run:
            if output is OutputFormat.JSON:
                print_json(view.plan_document(plan))
            return
        _confirm(plan, yes=yes)
        sent, came = _redriven(connections, cluster, plan, deadline if wait else None)
    if output is OutputFormat.JSON:
        print_json({**view.plan_document(plan), "sent": sent, "came": view.came_documents(came)})
    else:
        view.show_outcome(sent, came)
    if any(one.again is not None for one in came):
        raise typer.Exit(ExitCode.SOME_DEAD_LETTERED)
    if any(one.state == "in_flight" for one in came):
        raise typer.Exit(ExitCode.ERROR)


def _redriven(
    connections: Connections, cluster: Cluster, plan: RedrivePlan, deadline_s: float | None
) -> tuple[int, list[Came]]:
    from streams.operations.dead_letters_outcome import Sending, dead_letter_ends, wait_for_outcomes
    from streams.operations.dead_letters_redrive import redrive

    before = dead_letter_ends(cluster)
    with view.bar("重投 redriving", len(plan.ready)) as sent:
        redriven = redrive(cluster, plan.ready, on_sent=sent)
    if deadline_s is None:
        return len(redriven), []
    sending = Sending(redriven=tuple(redriven), before=before)
    with connections.store() as client, view.bar("等待结果 outcomes", len(redriven)) as done:
        came = wait_for_outcomes(cluster, client, sending, deadline_s=deadline_s, on_progress=done)
    return len(redriven), came


def _selection(
    stages: list[Stage] | None,
    reasons: list[DeadLetterReason] | None,
    since: str | None,
    until: str | None,
    names: tuple[str, ...],
) -> Selection:
    from streams.operations.dead_letters import Selection

    now_ms = time.time_ns() // 1_000_000
    try:
        from_ms = parse_time(since, now_ms=now_ms) if since else None
        to_ms = parse_time(until, now_ms=now_ms) if until else None
    except ValueError as error:
        fail(str(error), ExitCode.REFUSED)
    return Selection(
        stages=tuple(stages) if stages else tuple(Stage),
        reasons=tuple(reasons or ()),
        names=names,
        from_ms=from_ms,
        to_ms=to_ms,
    )


def _on_lane(selection: Selection, lane: str | None) -> Selection:
    from msgspec.structs import replace

    from schemas.topics import lane_topic

    try:
        lane_topic("", lane)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    return replace(selection, lane=lane)


def _light(
    cluster: Cluster, selection: Selection, unreadable: list[UnreadableDeadLetter]
) -> list[DeadLetter]:
    """The selected letters without their payloads: a bad day has many."""
    from msgspec.structs import replace

    from streams.operations.dead_letters import list_dead_letters

    found = list_dead_letters(cluster, selection, unreadable=unreadable)
    return [replace(letter, payload=None) for letter in found]


def _units(connections: Connections, letters: list[DeadLetter]) -> dict[str, Unit]:
    from streams.operations.dead_letters_outcome import units_of

    with connections.store() as client:
        return units_of(client, letters)


def _save(letter: DeadLetter, path: Path) -> None:
    if letter.headers.pointer:
        fail("the event was too large for a dead letter; its bytes lie at its source coordinates")
    with clear_errors():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(letter.payload or b"")


def _confirm(plan: RedrivePlan, *, yes: bool) -> None:
    if not plan.ready:
        fail("没有可重投的死信 nothing to redrive", ExitCode.REFUSED)
    if yes:
        return
    ask(f"重投 redrive {len(plan.ready)} dead letters?", "nothing was redriven")
    console().print()
