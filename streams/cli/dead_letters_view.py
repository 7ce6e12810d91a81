"""How dead letters are shown: without what people said, unless somebody asks for it in so many words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any

from streams.cli.console import console
from streams.cli.times import SITE_ZONE, local, shown

if TYPE_CHECKING:
    from msgspec import Struct
    from rich.table import Table

    from schemas.codec import Codec, SchemaViolation
    from streams.operations.dead_letters import DeadLetter, UnreadableDeadLetter
    from streams.operations.dead_letters_outcome import Came
    from streams.operations.dead_letters_redrive import RedrivePlan

_PLACES_SHOWN = 10
_TECHNICAL = frozenset(
    {
        *("interaction_id", "tenant_id", "source_system", "language", "queue_id", "site_timezone"),
        *("transcript_id", "scorecard_id", "result_id"),
    }
)
"""Fields whose text says nothing about a person."""
_REFUSALS = {
    "superseded": "已再次成为死信 came back as a later letter",
    "redriven": "已重投过 sent before (--force sends again)",
    "parked": "重投次数已满 came back too often (--force sends again)",
    "without_payload": "原始内容过大未保存 holds only coordinates",
    "unroutable": "来源主题不属于该阶段 its stage does not read where it came from",
}
_STATES = {
    "scored": "[green]已评分 scored[/green]",
    "excluded": "[green]已排除 excluded[/green]",
    "passed": "[green]已通过 passed[/green]",
    "dead_lettered": "[red]死信 dead letter[/red]",
    "in_flight": "[yellow]处理中 in flight[/yellow]",
}


def show_list(
    letters: Sequence[DeadLetter],
    latest: Sequence[DeadLetter],
    unreadable: Sequence[UnreadableDeadLetter],
    states: Mapping[str, str] | None,
) -> None:
    """Counts by stage and reason, then the latest letters."""
    from streams.operations.dead_letters import count_by_reason

    if not letters and not unreadable:
        console().print("没有死信 no dead letters")
    if letters:
        counts = _table("死信 Dead letters", "阶段\nstage", "原因\nreason")
        counts.add_column("数量\ncount", justify="right")
        for (stage, reason), count in count_by_reason(letters).items():
            counts.add_row(stage.value, reason.value, str(count))
        console().print(counts)
    if latest:
        console().print(_letters(latest, states))
        if len(letters) > len(latest):
            console().print(f"... {len(letters) - len(latest)} earlier; --limit shows more")
    for record in unreadable[:_PLACES_SHOWN]:
        at = record.coordinates
        where = f"{at.topic}/{at.partition}@{at.offset}"
        console().print(f"无法识别 unreadable {where}  {record.detail}", markup=False, soft_wrap=True)
    if len(unreadable) > _PLACES_SHOWN:
        console().print(f"... {len(unreadable) - _PLACES_SHOWN} more unreadable")


def list_document(
    letters: Sequence[DeadLetter],
    latest: Sequence[DeadLetter],
    unreadable: Sequence[UnreadableDeadLetter],
    states: Mapping[str, str] | None,
) -> dict[str, Any]:
    """For machines; ``now`` of a letter is null where the store was not asked or does not know it."""
    from streams.operations.dead_letters import count_by_reason

    counts = [
        {"stage": stage.value, "reason": reason.value, "count": count}
        for (stage, reason), count in count_by_reason(letters).items()
    ]
    shown_letters = [{**_facts(one), "now": (states or {}).get(one.unit)} for one in latest]
    return {"total": len(letters), "counts": counts, "letters": shown_letters, "unreadable": unreadable}


def show_letter(letter: DeadLetter, codec: Codec, *, content: bool) -> None:
    """One letter, line by line; the fields of the event that are not empty below it."""
    import msgspec

    headers, at = letter.headers, letter.coordinates
    source = f"{headers.src_topic}[{headers.src_partition}]@{headers.src_offset}"
    lines = {
        "位置 place": f"{letter.place}  ({at.topic}[{at.partition}]@{at.offset})",
        "编号 id": headers.dead_letter_id,
        "原因 reason": f"{headers.reason.value}  {headers.error_class}",
        "说明 detail": headers.detail or "–",
        "交互 interaction": f"{headers.interaction_id or '–'}  v{headers.record_version or '–'}",
        "来源 source": f"{source}  {shown(headers.src_timestamp)}",
        "首次失败 first failed": shown(headers.first_failed_at),
        "成为死信 set aside": shown(letter.written_at),
        "尝试 attempts": f"{headers.attempts}    重投 redriven {headers.redrive_count}",
        "程序 program": f"{headers.group}  {headers.app_version}",
        "内容 payload": _payload(letter),
    }
    for title, text in lines.items():
        console().print(f"{title}  {text}", markup=False, soft_wrap=True)
    document = letter_document(letter, codec, content=content)
    if document["problem"] is not None:
        console().print(f"无法解码 not decodable: {document['problem']}", markup=False, soft_wrap=True)
        return
    for name, value in (document["event"] or {}).items():
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        when = f"  {local(value)}" if name.endswith("_at") and isinstance(value, int) else ""
        console().print(f"  {name}: {text}{when}", markup=False, soft_wrap=True)
    if not content and document["event"]:
        console().print("[dim]--content 显示原文 shows the words; --save writes the bytes[/dim]")


def letter_document(letter: DeadLetter, codec: Codec, *, content: bool) -> dict[str, Any]:
    """For machines. ``event`` holds what is not empty of the decoded event, in its words or in its shape;
    ``problem`` says why there is none.
    """
    import msgspec

    event, problem = _decoded(letter, codec)
    fields = [] if event is None else [(name, getattr(event, name)) for name in event.__struct_fields__]
    told = {
        name: value if content else _shape(name, value)
        for name, value in fields
        if value not in (None, (), {})
    }
    return {
        **_facts(letter),
        "other_headers": [name for name, _ in letter.other_headers],
        "event": None if event is None else msgspec.to_builtins(told),
        "problem": problem.detail if problem is not None else None,
    }


def show_plan(plan: RedrivePlan) -> None:
    """How many go where, and which stay."""
    from streams.operations.dead_letters import count_by_reason

    if plan.ready:
        table = _table("重投 Redrive", "阶段\nstage", "原因\nreason")
        table.add_column("数量\ncount", justify="right")
        for (stage, reason), count in count_by_reason(plan.ready).items():
            table.add_row(stage.value, reason.value, str(count))
        console().print(table)
    for why, letters in plan.kept.items():
        places = ", ".join(one.place for one in letters[:_PLACES_SHOWN])
        more = f" ... {len(letters) - _PLACES_SHOWN} more" if len(letters) > _PLACES_SHOWN else ""
        console().print(
            f"[yellow]{len(letters)} {_REFUSALS[why.value]}[/yellow]: {places}{more}", soft_wrap=True
        )


def plan_document(plan: RedrivePlan) -> dict[str, Any]:
    """For machines: places by what becomes of them."""
    return {
        "ready": [one.place for one in plan.ready],
        "kept": {why.value: [one.place for one in letters] for why, letters in plan.kept.items()},
    }


def show_outcome(sent: int, came: Sequence[Came]) -> None:
    """How many were sent, and what came of each where that was waited for."""
    console().print(f"[green]✓[/green] 已重投 redriven {sent}")
    counts: dict[str, int] = {}
    for one in came:
        counts[one.state] = counts.get(one.state, 0) + 1
    for state, count in counts.items():
        console().print(f"  {_STATES.get(state, state)} {count}")
    for one in came:
        if one.again is not None:
            headers = one.again.headers
            said = f"  {one.letter.place} → {one.again.place}  {headers.reason.value}  {headers.detail}"
            console().print(said, markup=False, soft_wrap=True)


def came_documents(came: Sequence[Came]) -> list[dict[str, Any]]:
    """For machines: each letter, its state, and the later letter where it came back."""
    return [
        {
            "place": one.letter.place,
            "interaction_id": one.letter.headers.interaction_id,
            "state": one.state,
            "again": _facts(one.again) if one.again is not None else None,
        }
        for one in came
    ]


@contextmanager
def bar(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error; call it with how many are done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)


def _letters(letters: Sequence[DeadLetter], states: Mapping[str, str] | None) -> Table:
    table = _table(f"最近 Latest ({SITE_ZONE})", "写入\nwritten", "位置\nplace", "原因\nreason")
    table.add_column("交互\ninteraction", overflow="fold")
    table.add_column("尝试\ntries", justify="right")
    table.add_column("重投\nredriven", justify="right")
    if states is not None:
        table.add_column("现状\nnow", no_wrap=True)
    table.add_column("说明\ndetail", overflow="fold")
    for one in letters:
        headers = one.headers
        row = [local(one.written_at), one.place, headers.reason.value, headers.interaction_id or "–"]
        row += [str(headers.attempts), str(headers.redrive_count)]
        row += [_STATES.get(states.get(one.unit, ""), "–")] if states is not None else []
        table.add_row(*row, headers.detail)
    return table


def _table(title: str, *columns: str) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, no_wrap=True)
    return table


def _facts(letter: DeadLetter) -> dict[str, Any]:
    import msgspec

    return {
        "place": letter.place,
        "dead_letter_id": letter.headers.dead_letter_id,
        "coordinates": letter.coordinates,
        "written_at": letter.written_at,
        **msgspec.to_builtins(letter.headers),
    }


def _payload(letter: DeadLetter) -> str:
    if letter.headers.pointer:
        return f"只有坐标 only coordinates    sha256 {letter.headers.payload_sha256}"
    return f"{len(letter.payload or b'')} bytes    sha256 {letter.headers.payload_sha256}"


def _decoded(letter: DeadLetter, codec: Codec) -> tuple[Struct | None, SchemaViolation | None]:
    """The event, or why it cannot be read; neither where its topic is not one of ours."""
    from schemas.codec import SchemaViolation
    from schemas.topics import load_topics

    topic = load_topics().get(letter.headers.src_topic)
    if topic is None or topic.record_type is None or letter.headers.pointer:
        return None, None
    try:
        return codec.decode(letter.payload, topic.record_type), None
    except SchemaViolation as violation:
        return None, violation


def _shape(name: str, value: object) -> object:
    """A field without words: a number, a member of a closed list, or how many and how long."""
    if isinstance(value, bool | int | float | Enum) or name in _TECHNICAL:
        return value
    if isinstance(value, str):
        return f"({len(value)} 字 characters)"
    return f"({len(value)} 项 items)" if isinstance(value, tuple | dict) else f"({type(value).__name__})"
