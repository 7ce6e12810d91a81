"""``callqa publish``: send completed interactions, or a recording of one's own, as upstream would."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from streams.cli.connections import Connections, connected
from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import ExitCode, clear_errors
from streams.cli.event_files import CheckedEvent, EventKind, EventsRefused, read_events, versions_of

if TYPE_CHECKING:
    from schemas.topics import Topic
    from streams.local.own_recording import CallFacts
    from streams.operations.publish import Coordinates
    from streams.reports.outcomes import InteractionOutcome

_PROBLEMS_SHOWN = 20


def publish(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Events as .json, .jsonl or .yaml; - reads JSON lines from standard input."),
    ] = None,
    kind: Annotated[EventKind, typer.Option(help="What the files hold.")] = EventKind.COMPLETED,
    audio: Annotated[
        Path | None, typer.Option(help="A recording instead of events: wav, mp3, ogg, flac, m4a, amr, webm.")
    ] = None,
    agent: Annotated[str | None, typer.Option(help="With --audio: the agent's number.")] = None,
    queue: Annotated[str | None, typer.Option(help="With --audio: the queue.")] = None,
    language: Annotated[
        str | None, typer.Option(help="With --audio: zh, en, ...; default: as heard.")
    ] = None,
    customer_key: Annotated[
        str | None, typer.Option(help="With --audio: pseudonym of the customer, never a number.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only; send nothing.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until each has an outcome, and show it.")
    ] = False,
    deadline: Annotated[float, typer.Option(help="With --wait: seconds after which it fails.")] = 600,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Check events against the contract and publish them; where one is bad, none is sent.

    Exit codes: 0 done, 1 error, 3 some became dead letters (with --wait), 4 an event breaks the contract.
    """
    from streams.local.own_recording import CallFacts

    _check_usage(files, audio, agent, kind=kind, wait=wait)
    topic = _topic(kind)
    with clear_errors():
        events = _read(files or [], kind, topic)
        if dry_run and audio is None:
            _show(events, [], [], output)
            return
        with connected(store=wait, reopen=False) as connections:
            if audio is not None:
                facts = CallFacts(agent or "", queue, language, customer_key)
                events.append(_recorded(connections, audio, facts))
            if dry_run:
                _show(events, [], [], output)
                return
            places = _send(connections, topic, events)
            outcomes = _outcomes(connections, events, deadline) if wait else []
    _show(events, places, outcomes, output)
    if any(one.state == "dead_lettered" for one in outcomes):
        raise typer.Exit(ExitCode.SOME_DEAD_LETTERED)


def _topic(kind: EventKind) -> Topic:
    from schemas.topics import COMPLETED, REVIEW_RECORDED, SURVEY_ANSWERED, load_topics

    names = {
        EventKind.COMPLETED: COMPLETED,
        EventKind.SURVEY: SURVEY_ANSWERED,
        EventKind.REVIEW: REVIEW_RECORDED,
    }
    return load_topics()[names[kind]]


def _check_usage(
    files: list[Path] | None, audio: Path | None, agent: str | None, *, kind: EventKind, wait: bool
) -> None:
    if not files and audio is None:
        raise typer.BadParameter("name a file with events, or --audio FILE --agent A")
    if audio is not None and not agent:
        raise typer.BadParameter("--audio needs --agent")
    if audio is not None and kind is not EventKind.COMPLETED:
        raise typer.BadParameter("--audio is a completed interaction; leave --kind out")
    if wait and kind is not EventKind.COMPLETED:
        raise typer.BadParameter("only completed interactions have an outcome to wait for")


def _read(files: list[Path], kind: EventKind, topic: Topic) -> list[CheckedEvent]:
    now_ms = time.time_ns() // 1_000_000
    try:
        return read_events(files, kind, max_bytes=topic.max_message_bytes, now_ms=now_ms)
    except EventsRefused as refused:
        _refuse(refused)


def _refuse(refused: EventsRefused) -> NoReturn:
    problems = list(refused.problems[:_PROBLEMS_SHOWN])
    if len(refused.problems) > _PROBLEMS_SHOWN:
        problems.append(f"... and {len(refused.problems) - _PROBLEMS_SHOWN} more")
    fail("\n".join([*problems, "nothing was sent"]), ExitCode.REFUSED)


def _recorded(connections: Connections, audio: Path, facts: CallFacts) -> CheckedEvent:
    """The recording as an event, its file copied to where the workers may read it."""
    from schemas.codec import Codec
    from streams.local.own_recording import event_of_recording

    settings = connections.local_settings
    # Configured folders are the only ones that workers read below.
    folder = settings.roots()[0] if settings.recording_roots else settings.data_dir / "recordings"
    event = event_of_recording(audio, folder, facts, time.time_ns() // 1_000_000)
    return CheckedEvent(place=str(audio), record=event, value=Codec().encode(event))


def _send(connections: Connections, topic: Topic, events: list[CheckedEvent]) -> list[Coordinates]:
    from rich.console import Console
    from rich.progress import Progress

    from streams.operations.publish import OutgoingRecord
    from streams.operations.publish import publish as send

    records = [OutgoingRecord(key=one.record.interaction_id.encode(), value=one.value) for one in events]
    with connections.cluster() as cluster, Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("发布 publishing", total=len(records))
        return send(
            cluster, topic.name, records, on_confirmed=lambda count: progress.update(task, completed=count)
        )


def _outcomes(
    connections: Connections, events: list[CheckedEvent], deadline: float
) -> list[InteractionOutcome]:
    from rich.console import Console

    from streams.reports.outcomes import StillInFlight, wait_for_outcomes

    versions = versions_of(events)
    text = "等待结果 waiting for outcomes"
    with connections.store() as client, Console(stderr=True).status(text) as status:
        try:
            return wait_for_outcomes(
                client,
                versions,
                deadline_s=deadline,
                on_progress=lambda done: status.update(f"{text} {done}/{len(versions)}"),
            )
        except StillInFlight as late:
            fail(str(late))


def _show(
    events: list[CheckedEvent],
    places: list[Coordinates],
    outcomes: list[InteractionOutcome],
    output: OutputFormat,
) -> None:
    from streams.cli.outcomes import outcome_lines

    if output is OutputFormat.JSON:
        print_json(_document(events, places, outcomes))
        return
    for event in events:
        for advice in event.advice:
            console().print(f"[yellow]{event.record.interaction_id}: {advice}[/yellow]", soft_wrap=True)
    if not places:
        console().print(f"✓ {len(events)} 个事件合格 events are legal; nothing was sent")
    for event, place in zip(events, places, strict=False):
        where = f"{place.topic}[{place.partition}]@{place.offset}"
        console().print(f"✓ {event.record.interaction_id}  {where}", markup=False, soft_wrap=True)
    for outcome in outcomes:
        for line in outcome_lines(outcome):
            console().print(line, soft_wrap=True)


def _document(
    events: list[CheckedEvent], places: list[Coordinates], outcomes: list[InteractionOutcome]
) -> dict[str, Any]:
    import msgspec

    published = [
        {"interaction_id": event.record.interaction_id, **msgspec.to_builtins(place)}
        for event, place in zip(events, places, strict=False)
    ]
    advice = {event.record.interaction_id: event.advice for event in events if event.advice}
    return {"events": len(events), "published": published, "advice": advice, "outcomes": outcomes}
