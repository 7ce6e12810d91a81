"""What the commands that hear files share: the child with its model, and the bar that shows how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from streams.cli.console import fail

if TYPE_CHECKING:
    from streams.listening import Listened, Listener, LocalCall
    from streams.settings import Settings


@contextmanager
def configured_listener(settings: Settings) -> Iterator[Listener]:
    """A child with the configured model. A child that cannot be started ends the command."""
    from processors.language.lexicon import load_lexicon
    from streams.asr_child import AsrCrashed, AsrTimeout
    from streams.asr_child.configured import configured_child
    from streams.listening import Listener

    lexicons = {language: load_lexicon(language) for language in ("zh", "en")}
    listener = Listener(configured_child(settings), lexicons, settings.redaction_policy())
    try:
        listener.__enter__()
    except (AsrCrashed, AsrTimeout) as error:
        fail(str(error))
    with listener:
        yield listener


def heard_with_progress(
    listener: Listener, calls: Sequence[LocalCall], *, quiet: bool = False
) -> Iterator[Listened]:
    """Hear one call after the other; the bar on standard error counts calls and seconds of audio."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[audio]}"),
    )
    audio_ms, seconds = 0, 0.0
    with Progress(*columns, console=Console(stderr=True, highlight=False), disable=quiet) as progress:
        task = progress.add_task("识别 hearing", total=len(calls), audio="")
        for call in calls:
            done_ms = audio_ms

            def decoded(current_ms: int, before_ms: int = done_ms) -> None:
                progress.update(task, audio=f"{before_ms / 1000:.0f}+{current_ms / 1000:.0f} s")

            listened = listener.hear(call, decoded)
            audio_ms += listened.audio_ms
            seconds += listened.seconds
            progress.update(task, advance=1, audio=pace(audio_ms, seconds))
            yield listened


def pace(audio_ms: int, seconds: float) -> str:
    """Seconds of audio over all channels and the real-time factor."""
    factor = f" · RTF {seconds * 1000 / audio_ms:.3f}" if audio_ms else ""
    return f"{audio_ms / 1000:.0f} s audio{factor}"
