"""``callqa mask``: what redaction would take out of a text, without ever showing it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.console import OutputFormat, console, print_json
from streams.cli.errors import clear_errors
from streams.cli.mask_audio import AudioMask

if TYPE_CHECKING:
    from processors.redaction import Redacted

_SPEAKER = re.compile(
    r"\s*(agent|customer|坐席|客服|客户|用户|顾客|bot|system|机器人)\s*[:：\t]\s*", re.IGNORECASE
)


def mask(
    file: Annotated[
        Path,
        typer.Argument(help="UTF-8 text, a turn a line; - for standard input. A recording with --audio."),
    ],
    audio: Annotated[
        bool,
        typer.Option("--audio", help="FILE is a recording: hear it, write a copy without the masked words."),
    ] = False,
    to: Annotated[Path | None, typer.Option(help="The copy; default: NAME.masked.wav beside FILE.")] = None,
    tone: Annotated[bool, typer.Option("--tone", help="A soft tone instead of silence.")] = False,
    padding_ms: Annotated[int, typer.Option(min=0, help="Masked before and after each word.")] = 300,
    language: Annotated[str, typer.Option(help="Of the recording: zh-CN, en, ... or auto.")] = "zh-CN",
    roles: Annotated[str, typer.Option(help="Who speaks on each channel.")] = "agent,customer",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a copy that is there.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be masked, write nothing.")
    ] = False,
    output: Annotated[OutputFormat, typer.Option("--output", help="table or json")] = OutputFormat.TABLE,
) -> None:
    """Print the text as it would leave the first stage, and how much of which kind was masked.

    Each line is a turn of one conversation, so that numbers split over turns are found. A line may begin
    with its speaker ("客户: ..."); what one party asks then says what the other one's number is. With --audio
    the recording is heard first; the copy keeps every other sample, and the original is never touched.
    """
    from processors.redaction import redact
    from streams.settings import Settings

    if audio:
        _mask_recording(file, roles, language, AudioMask(to, tone, padding_ms, overwrite, dry_run), output)
        return
    with clear_errors():
        policy = Settings().redaction_policy()
        lines = _lines(file)
        speakers = [_speaker(line) for line in lines]
        texts = [line[len(speaker) :] for line, speaker in zip(lines, speakers, strict=True)]
        masked = redact(texts, _parties(speakers), policy)
    shown = [speaker + one.text for speaker, one in zip(speakers, masked, strict=True)]
    counts = Counter(span.entity.value for one in masked for span in one.spans)
    if output is OutputFormat.JSON:
        print_json(
            {"redaction_version": policy.version, "lines": shown, "masked": dict(sorted(counts.items()))}
        )
        return
    for speaker, one in zip(speakers, masked, strict=True):
        _show(speaker, one)
    _show_counts(counts)


def _mask_recording(file: Path, roles: str, language: str, wanted: AudioMask, output: OutputFormat) -> None:
    from streams.cli.mask_audio import mask_audio
    from streams.cli.transcribe import channel_roles
    from streams.listening import LocalCall, RecordingFile
    from streams.settings import Settings

    recording = RecordingFile(path=file, roles=channel_roles(roles))
    tag = None if language == "auto" else language
    with clear_errors():
        settings = Settings()
    mask_audio(LocalCall(id=file.name, recordings=(recording,), language=tag), settings, wanted, output)


def _lines(file: Path) -> list[str]:
    try:
        text = typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file} is not UTF-8 text") from None
    return text.splitlines()


def _speaker(line: str) -> str:
    found = _SPEAKER.match(line)
    return found.group() if found else ""


def _parties(speakers: list[str]) -> list[str]:
    """A line without a speaker goes on speaking for the one before it."""
    parties: list[str] = []
    for speaker in speakers:
        name = re.sub(r"\W", "", speaker).lower()
        parties.append(name or (parties[-1] if parties else ""))
    return parties


def _show(speaker: str, masked: Redacted) -> None:
    from rich.text import Text

    text = Text(speaker + masked.text)
    for span in masked.spans:
        text.stylize("bold yellow", len(speaker) + span.start, len(speaker) + span.end)
    console().print(text, soft_wrap=True)


def _show_counts(counts: Counter[str]) -> None:
    from rich.table import Table

    from processors.redaction import PLACEHOLDERS
    from schemas.records.terms import Entity

    if not counts:
        console().print("没有可脱敏的内容 nothing to mask")
        return
    table = Table("类别\nkind", "占位符\nplaceholder", "数量\ncount")
    for entity, count in counts.most_common():
        table.add_row(entity, PLACEHOLDERS[Entity(entity)].replace("[", r"\["), str(count))
    console().print(table)
