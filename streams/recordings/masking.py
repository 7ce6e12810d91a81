"""A copy of a recording in which what was masked in the words cannot be heard either.

A plain WAV file (PCM, A-law, mu-law) keeps its form, and every sample outside the masked stretches keeps its
bits. Anything else comes out as 16-bit WAV at its own rate: encoding it anew would change all of it. Masked
are all channels of the recording, since one party's voice is often heard, softly, on the other's line.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import wave
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from schemas.records.terms import DeadLetterReason
from streams.recordings.copying import FetchedRecording
from streams.recordings.refusals import RecordingRejected
from streams.recordings.riff import PlainWav, plain_wav

_TONE_HZ = 1_000
_TONE_LEVEL = 0.1
_SUFFIX = ".masked.wav"

Stretch = tuple[int, int]
"""Start and end in milliseconds from the recording's first sample."""


class Fill(StrEnum):
    """What is heard in place of masked words: nothing, or a soft tone of 1 kHz."""

    SILENCE = "silence"
    TONE = "tone"


def beside(recording: Path) -> Path:
    """Where the masked copy of a recording goes when nothing else is said."""
    return recording.with_name(recording.stem + _SUFFIX)


def write_masked(
    recording: FetchedRecording,
    target: Path,
    masked: Iterable[Stretch],
    fill: Fill = Fill.SILENCE,
    *,
    overwrite: bool = False,
) -> None:
    """Write the copy of ``recording`` to ``target``, whole or not at all.

    Raises ``FileExistsError`` where something lies at ``target`` and ``overwrite`` is not given,
    ``RecordingRejected`` for what does not decode, and ``OSError``.
    """
    if target.exists() and not overwrite:
        raise FileExistsError(17, "exists already", str(target))
    stretches = joined(masked)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            form = plain_wav(recording.file, recording.size_bytes) if recording.container == "wav" else None
            if form is not None and (form.linear or fill is Fill.SILENCE):
                _patched(recording.file, file, form, stretches, fill)
            else:
                _decoded(recording, file, stretches, fill)
        if overwrite:
            unfinished.replace(target)
        else:
            # Fails where somebody else was faster, as a rename would not.
            os.link(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def joined(masked: Iterable[Stretch]) -> list[Stretch]:
    """The stretches in order, none touching another, none beginning before 0."""
    found: list[Stretch] = []
    for start, end in sorted((max(0, start), end) for start, end in masked if end > max(0, start)):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _patched(
    source: IO[bytes], target: IO[bytes], form: PlainWav, stretches: Sequence[Stretch], fill: Fill
) -> None:
    source.seek(0)
    shutil.copyfileobj(source, target)
    for first, last in _frames(stretches, form.rate_hz, form.frames):
        target.seek(form.offset + first * form.frame_bytes)
        count = last - first
        target.write(
            form.encoded(_tone(first, count, form.rate_hz)) if fill is Fill.TONE else form.silence(count)
        )


def _decoded(
    recording: FetchedRecording, target: IO[bytes], stretches: Sequence[Stretch], fill: Fill
) -> None:
    import av

    recording.file.seek(0)
    try:
        with av.open(
            recording.file, mode="r", format=recording.container, metadata_errors="ignore"
        ) as opened:
            stream = opened.streams.audio[0]
            with wave.open(target, "wb") as out:
                out.setnchannels(stream.channels)
                out.setsampwidth(2)
                out.setframerate(stream.rate)
                _write_blocks(out, _blocks(opened, stream), _frames(stretches, stream.rate), fill)
    except (av.error.FFmpegError, IndexError, wave.Error) as error:
        raise RecordingRejected(
            DeadLetterReason.RECORDING_CORRUPT, f"does not decode ({type(error).__name__})"
        ) from None


def _blocks(opened: Any, stream: Any) -> Iterator[NDArray[np.int16]]:
    """Samples as they come, a row a frame. Broken packets are left out, as where the recording was heard."""
    import av

    resampler = av.AudioResampler(format="s16", layout=stream.layout, rate=stream.rate)
    for packet in opened.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue
        for frame in frames:
            for block in resampler.resample(frame):
                yield block.to_ndarray().reshape(-1, stream.channels)
    for block in resampler.resample(None):
        yield block.to_ndarray().reshape(-1, stream.channels)


def _write_blocks(
    out: wave.Wave_write,
    blocks: Iterable[NDArray[np.int16]],
    masked: Sequence[tuple[int, int]],
    fill: Fill,
) -> None:
    at = 0
    for block in blocks:
        samples = block.copy()
        for first, last in masked:
            low, high = max(first - at, 0), min(last - at, len(samples))
            if low >= high:
                continue
            sound = _tone(at + low, high - low, out.getframerate()) if fill is Fill.TONE else np.zeros(1)
            samples[low:high] = (sound * 32767).astype(np.int16)[:, None]
        out.writeframes(samples.astype("<i2").tobytes())
        at += len(samples)


def _frames(stretches: Sequence[Stretch], rate_hz: int, most: int | None = None) -> list[tuple[int, int]]:
    """First frame and the one behind the last; a frame that is touched is masked."""
    found = []
    for start, end in stretches:
        first, last = start * rate_hz // 1000, -(-end * rate_hz // 1000)
        if most is not None:
            first, last = min(first, most), min(last, most)
        if first < last:
            found.append((first, last))
    return found


def _tone(first: int, count: int, rate_hz: int) -> NDArray[np.float64]:
    return np.asarray(_TONE_LEVEL * np.sin(2 * np.pi * _TONE_HZ * np.arange(first, first + count) / rate_hz))
