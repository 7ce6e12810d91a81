"""``callqa transcribe``: hear recordings here and now, as the transcription stage would."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import ExitCode, clear_errors
from streams.cli.listening import configured_listener, heard_with_progress, pace

if TYPE_CHECKING:
    from rich.table import Table

    from schemas.records.terms import Role
    from schemas.records.transcribed import InteractionTranscribed, Measures, Transcript, Turn
    from streams.listening import Listened, LocalCall

_PARTIES = {
    "AGENT": "坐席 agent",
    "CUSTOMER": "客户 customer",
    "SYSTEM": "系统 system",
    "MIXED": "混合 mixed",
}
_AUTO = "auto"


def transcribe(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Recordings of calls.")],
    language: Annotated[str, typer.Option(help="zh-CN, en, ... or auto: detected.")] = "zh-CN",
    queue: Annotated[str | None, typer.Option(help="Queue, whose words are expected.")] = None,
    roles: Annotated[str, typer.Option(help="Who speaks on each channel.")] = "agent,customer",
    together: Annotated[
        bool, typer.Option(help="The files are one call that was recorded at once, a role each.")
    ] = False,
    model: Annotated[str | None, typer.Option(help="Model name or folder; default: CALLQA_MODEL.")] = None,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Print who said what and when, redacted, with the measures of talking. Needs no Kafka and no store.

    Exit codes: 0 done, 1 error, 2 wrong usage, 3 a recording was refused.
    """
    from streams.settings import Settings

    calls = _calls(files, channel_roles(roles), language, queue, together)
    quiet = output is OutputFormat.JSON
    with clear_errors():
        settings = Settings()
        settings = settings.model_copy(update={"model": model}) if model else settings
        with configured_listener(settings) as listener:
            heard = list(heard_with_progress(listener, calls, quiet=quiet))
    if quiet:
        print_json([_document(one) for one in heard])
    else:
        for one in heard:
            _show(one)
        console().print(pace(sum(one.audio_ms for one in heard), sum(one.seconds for one in heard)))
    if any(one.refusal for one in heard):
        raise typer.Exit(ExitCode.SOME_DEAD_LETTERED)


def channel_roles(text: str) -> tuple[Role, ...]:
    """The roles of ``--roles``. Raises ``typer.BadParameter``."""
    from schemas.records.terms import Role

    try:
        return tuple(Role(name.strip().upper()) for name in text.split(",") if name.strip())
    except ValueError as error:
        known = ", ".join(role.value.lower() for role in Role)
        raise typer.BadParameter(f"{error}; known roles: {known}", param_hint="--roles") from None


def _calls(
    files: list[Path], roles: tuple[Role, ...], language: str, queue: str | None, together: bool
) -> list[LocalCall]:
    from streams.listening import LocalCall, RecordingFile

    tag = None if language == _AUTO else language
    if not together:
        return [
            LocalCall(
                id=file.name, recordings=(RecordingFile(path=file, roles=roles),), language=tag, queue=queue
            )
            for file in files
        ]
    if len(roles) != len(files):
        raise typer.BadParameter(f"{len(files)} files need {len(files)} roles", param_hint="--roles")
    recordings = tuple(
        RecordingFile(path=file, roles=(role,), started_at=0) for file, role in zip(files, roles, strict=True)
    )
    return [LocalCall(id=files[0].name, recordings=recordings, language=tag, queue=queue)]


def _document(listened: Listened) -> dict[str, Any]:
    transcribed, refusal = listened.transcribed, listened.refusal
    transcript = transcribed.transcript if transcribed else None
    factor = listened.real_time_factor
    return {
        "file": listened.call.id,
        "audio_seconds": round(listened.audio_ms / 1000, 1),
        "seconds": round(listened.seconds, 2),
        "real_time_factor": round(factor, 4) if factor else None,
        "refused": {"reason": refusal.reason, "detail": refusal.detail} if refusal else None,
        "excluded": transcribed.exclusion if transcribed else None,
        "language": transcript.language if transcript else None,
        "turns": list(transcript.turns()) if transcript else [],
        "readings": list(transcript.readings()) if transcript else [],
        "interruptions": list(transcript.interruptions()) if transcript else [],
        "silences": list(transcript.silences()) if transcript else [],
        "measures": transcript.measures if transcript else None,
        "hearing": transcript.hearing if transcript else None,
    }


def _show(listened: Listened) -> None:
    out = console()
    out.print(f"[bold]{listened.call.id}[/bold]  {pace(listened.audio_ms, listened.seconds)}")
    if listened.refusal:
        out.print(f"[red]拒绝 refused[/red] {listened.refusal.reason}: {listened.refusal.detail}")
    elif listened.transcribed:
        _show_heard(listened.transcribed)
    out.print()


def _show_heard(transcribed: InteractionTranscribed) -> None:
    out, transcript = console(), transcribed.transcript
    if transcript is None:
        out.print(f"[yellow]不评分 excluded[/yellow] {transcribed.exclusion}")
        return
    out.print(_turns_table(transcript))
    out.print(_measures_line(transcript.measures))
    for note in transcript.hearing.notes:
        out.print(f"[dim]{note}[/dim]", markup=True, soft_wrap=True)


def _turns_table(transcript: Transcript) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    table.add_column("时间\ntime", justify="right", no_wrap=True)
    table.add_column("说话人\nparty", no_wrap=True)
    table.add_column("内容\nwords", overflow="fold")
    if transcript.reading_turn:
        table.add_column("疑为\nmay be", overflow="fold")
    table.add_column("语速\nper min", justify="right", no_wrap=True)
    table.add_column("置信\nprob.", justify="right", no_wrap=True)
    readings: dict[int, list[str]] = defaultdict(list)
    for reading in transcript.readings():
        readings[reading.turn].append(f"{reading.heard} → {reading.phrase} {reading.confidence:.2f}")
    for n, turn in enumerate(transcript.turns()):
        table.add_row(
            _time(turn),
            _PARTIES.get(turn.party, turn.party.lower()),
            Text(turn.text),
            *([Text("\n".join(readings[n]))] if transcript.reading_turn else []),
            f"{turn.units_per_minute:.0f}" if turn.units_per_minute else "–",
            f"{turn.confidence:.2f}",
        )
    return table


def _time(turn: Turn) -> str:
    return f"{turn.start_ms / 1000:.1f}–{turn.end_ms / 1000:.1f}"


def _measures_line(measures: Measures) -> str:
    speed = measures.agent_cpm if measures.agent_cpm is not None else measures.agent_wpm
    return (
        f"坐席说话 agent talk {_seconds(measures.agent_talk_ms)}   "
        f"客户说话 customer talk {_seconds(measures.customer_talk_ms)}   "
        f"静默 silence {_seconds(measures.silence_ms)}   重叠 overlap {_seconds(measures.overlap_ms)}   "
        f"坐席抢话 interruptions {_number(measures.agent_interruption_count)}   "
        f"坐席语速 agent speed {_number(speed)}"
    )


def _seconds(milliseconds: int | None) -> str:
    return "–" if milliseconds is None else f"{milliseconds / 1000:.1f} s"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"
