"""``callqa mask --audio``: a copy of a recording without the words that redaction takes out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streams.cli.console import OutputFormat, console, fail, print_json
from streams.cli.errors import ExitCode, clear_errors

if TYPE_CHECKING:
    from streams.listening import LocalCall
    from streams.recordings.masking import Stretch
    from streams.settings import Settings


@dataclass(frozen=True)
class AudioMask:
    """What the command line says about a masked copy."""

    target: Path | None
    tone: bool
    padding_ms: int
    overwrite: bool
    dry_run: bool


def mask_audio(call: LocalCall, settings: Settings, wanted: AudioMask, output: OutputFormat) -> None:
    """Hear the call's one recording, write its copy and say how much was taken out, never what."""
    from streams.recordings.masking import beside

    path = call.recordings[0].path
    target = wanted.target or beside(path)
    if target.resolve() == path.resolve():
        fail(f"{target}: the original is never written over", ExitCode.USAGE)
    with clear_errors():
        if target.exists() and not wanted.overwrite and not wanted.dry_run:
            fail(f"{target}: exists already; --overwrite replaces it")
        stretches, counts = _heard(call, settings, wanted, quiet=output is OutputFormat.JSON)
        if not wanted.dry_run:
            _write(path, target, stretches, wanted)
    _report(None if wanted.dry_run else target, stretches, counts, output)


def _heard(
    call: LocalCall, settings: Settings, wanted: AudioMask, *, quiet: bool
) -> tuple[list[Stretch], dict[str, int]]:
    from collections import Counter

    from streams.cli.listening import configured_listener, heard_with_progress
    from streams.masked_audio import masked_stretches

    with configured_listener(settings) as listener:
        (one,) = heard_with_progress(listener, [call], quiet=quiet)
    if one.refusal is not None:
        fail(f"{call.id}: refused, {one.refusal.reason}: {one.refusal.detail}", ExitCode.SOME_DEAD_LETTERED)
    transcript = one.transcribed.transcript if one.transcribed else None
    if transcript is None:
        # Nobody knows what was said, so nobody knows what must not be heard.
        why = one.transcribed.exclusion if one.transcribed else None
        fail(f"{call.id}: nothing was heard ({why}), no copy is made", ExitCode.SOME_DEAD_LETTERED)
    counts = Counter(place.entity.value for place in transcript.redactions())
    return masked_stretches(transcript, wanted.padding_ms), dict(sorted(counts.items()))


def _write(path: Path, target: Path, stretches: list[Stretch], wanted: AudioMask) -> None:
    from schemas.records.completed import Recording
    from streams.recordings import Fetcher, FetchPolicy
    from streams.recordings.masking import Fill, write_masked

    whole = path.resolve()
    fetched = Fetcher(FetchPolicy(roots=(whole.parent,))).fetch(Recording(uri=whole.as_uri()))
    try:
        fill = Fill.TONE if wanted.tone else Fill.SILENCE
        write_masked(fetched, target, stretches, fill, overwrite=wanted.overwrite)
    finally:
        fetched.close()


def _report(
    target: Path | None, stretches: list[Stretch], counts: dict[str, int], output: OutputFormat
) -> None:
    from streams.recordings.masking import joined

    places = joined(stretches)
    masked_ms = sum(end - start for start, end in places)
    document: dict[str, Any] = {
        "written": str(target) if target else None,
        "masked": counts,
        "stretches_ms": places,
        "masked_ms": masked_ms,
    }
    if output is OutputFormat.JSON:
        print_json(document)
        return
    for start, end in places:
        console().print(f"{start / 1000:8.1f}–{end / 1000:.1f} s")
    kinds = (
        ", ".join(f"{kind} {count}" for kind, count in counts.items()) or "没有可脱敏的内容 nothing to mask"
    )
    console().print(f"消音 masked {masked_ms / 1000:.1f} s  {kinds}")
    if target is not None:
        console().print(f"已写入 written {target}", soft_wrap=True, markup=False)
