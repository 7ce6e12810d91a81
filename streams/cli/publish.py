"""``callqa publish``: send completed interactions, or a recording of one's own, as upstream would."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import clear_errors

if TYPE_CHECKING:
    from schemas.records.completed import InteractionCompleted

_WAIT_SECONDS = 600


def publish(
    files: Annotated[list[Path] | None, typer.Argument(help="Events as JSON, JSON lines or YAML.")] = None,
    audio: Annotated[Path | None, typer.Option(help="A recording instead of events.")] = None,
    agent: Annotated[str | None, typer.Option(help="With --audio: the agent's number.")] = None,
    queue: Annotated[str | None, typer.Option(help="With --audio: the queue.")] = None,
    language: Annotated[str | None, typer.Option(help="With --audio: zh, en; default: heard.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Check only; send nothing.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait until each has an outcome, and show it.")] = False,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Check events against the contract and publish them. One bad event, and nothing is sent."""
    from streams.local.running import reachable
    from streams.settings import Settings

    settings = Settings()
    with clear_errors():
        events = _events(files or [])
        if dry_run and audio is None:
            console().print(f"{len(events)} 个事件合格 events are valid")
            return
        with reachable(settings) as addresses:
            if audio is not None:
                if agent is None:
                    fail("--audio needs --agent")
                from streams.local.own_recording import CallFacts, event_of_recording

                folder = Path(addresses.data_dir) / "recordings"
                now_ms = time.time_ns() // 1_000_000
                facts = CallFacts(agent, queue, language)
                events.append(event_of_recording(audio, folder, facts, now_ms))
            if not events:
                fail("nothing to publish: name a file, or --audio FILE --agent A")
            places = _send(addresses.bootstrap, events)
            outcomes = _outcomes(settings, addresses.clickhouse_url, events) if wait else []
    _show(events, places, outcomes, output)


def _events(files: list[Path]) -> list[InteractionCompleted]:
    """All events of all files. Raises SchemaViolation naming file, number and field."""
    from schemas.codec import SchemaViolation
    from schemas.plain import from_plain
    from schemas.records.completed import InteractionCompleted
    from schemas.validation import check

    events = []
    for path in files:
        for number, value in enumerate(_values(path), start=1):
            try:
                event = from_plain(value, InteractionCompleted)
                check(event)
            except SchemaViolation as violation:
                place = f"{path}, event {number}: {violation.detail}"
                raise SchemaViolation(violation.reason, place) from None
            events.append(event)
    return events


def _values(path: Path) -> list[Any]:
    import json

    import yaml

    text = path.read_text(encoding="utf-8")
    if path.suffix in (".jsonl", ".ndjson"):
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    found = yaml.safe_load(text)
    return found if isinstance(found, list) else [found]


def _send(bootstrap: str, events: list[InteractionCompleted]) -> list[Any]:
    from rich.progress import Progress

    from schemas.codec import Codec
    from schemas.topics import COMPLETED
    from streams.operations.cluster import Cluster
    from streams.operations.publish import OutgoingRecord
    from streams.operations.publish import publish as send

    codec = Codec()
    records = [OutgoingRecord(key=one.interaction_id.encode(), value=codec.encode(one)) for one in events]
    with Cluster(bootstrap) as cluster, Progress(console=console(), transient=True) as progress:
        task = progress.add_task("发布 publishing", total=len(records))
        return send(cluster, COMPLETED, records, on_confirmed=lambda n: progress.update(task, completed=n))


def _outcomes(settings: Any, url: str, events: list[InteractionCompleted]) -> list[Any]:
    """Wait until every event has an outcome in the store."""
    from streams.reports.content import load
    from streams.store import connect

    client = connect(settings, url)
    names = {event.interaction_id for event in events}
    until = time.monotonic() + _WAIT_SECONDS
    with console().status("等待结果 waiting for the outcome ..."):
        while True:
            content = load(client)
            ended: list[Any] = [*content.interactions, *content.dead_letters]
            found = [one for one in ended if one.interaction_id in names]
            if {one.interaction_id for one in found} >= names:
                client.close()
                return found
            if time.monotonic() > until:
                fail(f"no outcome after {_WAIT_SECONDS} s; see `callqa status`")
            time.sleep(1)


def _show(events: list[Any], places: list[Any], outcomes: list[Any], output: OutputFormat) -> None:
    import msgspec

    if output is OutputFormat.JSON:
        published = [
            {"interaction_id": event.interaction_id, **msgspec.to_builtins(place)}
            for event, place in zip(events, places, strict=True)
        ]
        print_json({"published": published, "outcomes": outcomes})
        return
    for event, place in zip(events, places, strict=True):
        console().print(f"✓ {event.interaction_id}  {place.topic}[{place.partition}]@{place.offset}")
    for outcome in outcomes:
        _show_outcome(outcome)


def _show_outcome(outcome: Any) -> None:
    from streams.reports.content import DeadLetter
    from streams.reports.timeline import clock

    if isinstance(outcome, DeadLetter):
        console().print(f"死信 dead letter {outcome.interaction_id}: {outcome.reason} {outcome.detail}")
        return
    score = outcome.exclusion or ("–" if outcome.score is None else f"{outcome.score:.0f}")
    console().print(f"{outcome.interaction_id}: [bold]{score}[/bold]")
    for turn in outcome.turns:
        console().print(f"  {clock(turn.start_ms)} {turn.party:9} {turn.text}", markup=False)
    for finding in outcome.findings:
        mark = "?" if finding.verdict == "UNCERTAIN" else ""
        words = "; ".join(evidence.words for evidence in finding.evidence if evidence.words)
        console().print(f"  {finding.rule_name}{mark}  {words}", markup=False)
