"""Ring-back and busy tones and hold music: what a channel carries besides people (metrics 3.1, party system).

*Tones*: 85 % of a frame's energy between 400 and 500 Hz. ITU-T E.180 Supplement 2 gives for China 450 Hz,
ring-back 1 s on and 4 s off, busy and congestion 0.35 s and 0.7 s on and off; most of Europe uses 425 Hz,
North America 440 and 480 Hz.

*Music*: partials of music stay in place while those of speech glide. Each frame's log spectrum (125-3400
Hz) is freed of its envelope (so that the colour of noise does not count) and of what stays the same for 8 s
(mains hum), and correlated with that of 96 ms later; the mean over 6 s is the *tonality*. Measured: on the
five pieces of hold music of Asterisk (asterisk-moh-opsound) 0.14 to 0.65 with the median 0.31; on 40
minutes of speech (demo calls, read speech, announcements of Asterisk), also in noise, never above 0.18;
with hum under the speech 0.29 at most for single seconds. Music starts at 0.25, goes on above 0.15 and
lasts at least 8 s.

Clean telephony costs next to nothing: a channel that is silent where nobody speaks is not analysed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from processors.transcription.engine import SAMPLE_RATE_HZ, Samples, Span
from schemas.records.terms import SystemSound

_Floats = NDArray[np.float32]
_HOP = 512
_FRAME = 1024
_HOP_MS = _HOP * 1000 // SAMPLE_RATE_HZ
_HZ_A_BIN = SAMPLE_RATE_HZ / _FRAME
_CHUNK_FRAMES = 9_376  # five minutes, so that an hour needs no more memory than that
_AUDIBLE = 10 ** (-50 / 20)
_LEAST_AUDIBLE_MS = 600
_TONE_HZ = (400, 500)
_TONE_SHARE = 0.85
_SHORTEST_TONE_MS = 200
_RING_MS = (700, 2_300)
_RING_PAUSE_MS = 6_000
_BUSY_BEATS = 3
_BUSY_PAUSE_MS = 900
_MUSIC_HZ = (125, 3_400)
_ENVELOPE_BINS = 11
_STEADY_FRAMES = 8_000 // _HOP_MS
_LAG = 3
_MEAN_FRAMES = 6_000 // _HOP_MS
_MUSIC_ON = 0.25
_MUSIC_OFF = 0.15
_SHORTEST_MUSIC_MS = 8_000
_BLUR_MS = 3_000  # half of what tonality is averaged over: so far a run may reach beyond the music
_PIECE_PAUSE_MS = 10_000
_MOSTLY = 0.8


class MachineSound(Struct, frozen=True):
    """A stretch of one channel in which a machine is heard."""

    sound: SystemSound
    span: Span


class Separated(Struct, frozen=True):
    """What a channel holds: machine sounds, and the voice activity that is a person's, both in time order."""

    sounds: tuple[MachineSound, ...]
    speech: tuple[Span, ...]


def separate(samples: Samples, speech: tuple[Span, ...]) -> Separated:
    """Tones and music of one channel at 16 kHz, and which of its voice activity ``speech`` is a person's.

    What is audible outside of ``speech`` makes the channel worth analysing. Somebody who speaks over music
    stays a person; a stretch that is speech for more than half of its time is no hold.
    """
    nothing = Separated((), speech)
    if samples.size < _FRAME:
        return nothing
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP]
    level = np.sqrt(np.einsum("ij,ij->i", frames, frames) / _FRAME)
    audible = level >= _AUDIBLE
    if np.count_nonzero(audible & ~_covered(speech, level.size)) * _HOP_MS < _LEAST_AUDIBLE_MS:
        return nothing
    spectra = _analysed(frames, audible)
    tones = _tones(_runs(audible & (spectra.tone_share >= _TONE_SHARE), _SHORTEST_TONE_MS))
    tonality = np.where(audible, spectra.tonality, 0)
    beeps = [tone.span for tone in tones]
    runs = _music(_running_mean(tonality, _MEAN_FRAMES), audible)
    music = [run for run in runs if not _shared(run, beeps)]
    persons = tuple(
        span
        for span in speech
        if _shared(span, beeps) < _MOSTLY * span.length_ms and not _is_song(span, music, tonality)
    )
    held = _holds(music, persons)
    sounds = [*tones, *(MachineSound(SystemSound.MUSIC, span) for span in held)]
    return Separated(tuple(sorted(sounds, key=lambda found: found.span.start_ms)), persons)


def _is_song(span: Span, music: Sequence[Span], tonality: _Floats) -> bool:
    """Whether speech in the midst of music is sung, or the instruments themselves: as tonal as they are."""
    inner = [Span(run.start_ms + _BLUR_MS, run.end_ms - _BLUR_MS) for run in music]
    within = _shared(span, inner) >= _MOSTLY * span.length_ms
    return within and tonality[_frames_of(span)].mean() >= _MUSIC_ON


def _holds(music: Sequence[Span], persons: Sequence[Span]) -> list[Span]:
    """Music without the blurred ends over which a person speaks, pauses between pieces filled."""
    held: list[Span] = []
    for run in music:
        start, end = run.start_ms, run.end_ms
        for span in persons:
            if span.start_ms < run.start_ms + _BLUR_MS and span.end_ms > start:
                start = min(span.end_ms, end)
            if span.end_ms > run.end_ms - _BLUR_MS and start < span.start_ms < end:
                end = span.start_ms
        trimmed = Span(start, end)
        if trimmed.length_ms < _SHORTEST_MUSIC_MS or _shared(trimmed, persons) > trimmed.length_ms / 2:
            continue
        between = Span(held[-1].end_ms, trimmed.start_ms) if held else None
        if between and between.length_ms <= _PIECE_PAUSE_MS and not _shared(between, persons):
            held[-1] = Span(held[-1].start_ms, trimmed.end_ms)
        else:
            held.append(trimmed)
    return held


class _Spectra(Struct):
    """Share of energy in the band of tones, and likeness to the spectrum 96 ms later, by frame."""

    tone_share: _Floats
    tonality: _Floats


def _analysed(frames: _Floats, audible: NDArray[np.bool_]) -> _Spectra:
    window = np.hanning(_FRAME).astype(np.float32)
    parts = [slice(at, at + _CHUNK_FRAMES) for at in range(0, len(frames), _CHUNK_FRAMES)]
    chunks = [
        _analysed_chunk(np.abs(np.fft.rfft(frames[part] * window, axis=1)), audible[part]) for part in parts
    ]
    return _Spectra(
        np.concatenate([chunk.tone_share for chunk in chunks]),
        np.concatenate([chunk.tonality for chunk in chunks]),
    )


def _analysed_chunk(magnitude: _Floats, audible: NDArray[np.bool_]) -> _Spectra:
    power = np.square(magnitude)
    band = _bins(_TONE_HZ)
    share = power[:, band].sum(axis=1) / np.maximum(power[:, 2:].sum(axis=1), 1e-12)
    shape = _shape(np.log10(magnitude[:, _bins(_MUSIC_HZ)] + 1e-3), audible)
    tonality = np.zeros(len(shape), dtype=np.float32)
    if len(shape) > _LAG:
        tonality[:-_LAG] = np.einsum("ij,ij->i", shape[_LAG:], shape[:-_LAG])
    return _Spectra(share, tonality)


def _shape(log_spectra: _Floats, audible: NDArray[np.bool_]) -> _Floats:
    """Spectra of length 1, without their envelope and what stays in place over the audible frames of 8 s."""
    half = _ENVELOPE_BINS // 2
    sums = np.cumsum(np.pad(log_spectra, ((0, 0), (half + 1, half)), mode="edge"), axis=1)
    shape = log_spectra - (sums[:, _ENVELOPE_BINS:] - sums[:, :-_ENVELOPE_BINS]) / _ENVELOPE_BINS
    blocks = max(1, len(shape) // _STEADY_FRAMES)
    for block in np.array_split(np.arange(len(shape)), blocks):
        heard = block[audible[block]]
        if heard.size:
            shape[block] -= np.median(shape[heard], axis=0)
    shape /= np.linalg.norm(shape, axis=1, keepdims=True) + 1e-9
    return cast("_Floats", shape)


def _bins(hertz: tuple[int, int]) -> slice:
    return slice(round(hertz[0] / _HZ_A_BIN), round(hertz[1] / _HZ_A_BIN) + 1)


def _covered(speech: Sequence[Span], frames: int) -> NDArray[np.bool_]:
    steps = np.zeros(frames + 1, dtype=np.int32)
    for span in speech:
        steps[min(span.start_ms // _HOP_MS, frames)] += 1
        steps[min(span.end_ms // _HOP_MS + 1, frames)] -= 1
    covered: NDArray[np.bool_] = np.cumsum(steps[:-1]) > 0
    return covered


def _runs(marked: NDArray[np.bool_], shortest_ms: int) -> list[Span]:
    edges = np.diff(marked.astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(edges == 1) * _HOP_MS, np.flatnonzero(edges == -1) * _HOP_MS
    return [Span(int(s), int(e)) for s, e in zip(starts, ends, strict=True) if e - s >= shortest_ms]


def _running_mean(values: _Floats, width: int) -> _Floats:
    sums = np.cumsum(np.pad(values, (1, 0)), dtype=np.float64)
    at = np.arange(values.size)
    first, last = np.maximum(at - width // 2, 0), np.minimum(at + width // 2 + 1, values.size)
    return cast("_Floats", (sums[last] - sums[first]) / (last - first))


def _music(tonality: _Floats, audible: NDArray[np.bool_]) -> list[Span]:
    """Runs above the lower threshold that reach the upper one, from the first sound to the last."""
    found = []
    for run in _runs(tonality >= _MUSIC_OFF, _SHORTEST_MUSIC_MS):
        frames = _frames_of(run)
        sounding = np.flatnonzero(audible[frames]) + frames.start
        span = Span(int(sounding[0]) * _HOP_MS, (int(sounding[-1]) + 1) * _HOP_MS)
        if span.length_ms >= _SHORTEST_MUSIC_MS and tonality[frames].max() >= _MUSIC_ON:
            found.append(span)
    return found


def _tones(beats: Sequence[Span]) -> list[MachineSound]:
    """Ring-back from every beat of 0.7 s or more; three shorter ones in quick succession are a busy tone."""
    ringing = [beat for beat in beats if _RING_MS[0] <= beat.length_ms <= _RING_MS[1]]
    short = [beat for beat in beats if beat.length_ms < _RING_MS[0]]
    quick = [group for group in _grouped([*short, *ringing], _BUSY_PAUSE_MS) if len(group) >= _BUSY_BEATS]
    busy = {beat for group in quick for beat in group}
    rings = _grouped([beat for beat in ringing if beat not in busy], _RING_PAUSE_MS)
    return [
        *(MachineSound(SystemSound.BUSY, _hull(group)) for group in quick),
        *(MachineSound(SystemSound.RING_BACK, _hull(group)) for group in rings),
    ]


def _grouped(beats: Sequence[Span], pause_ms: int) -> list[list[Span]]:
    groups: list[list[Span]] = []
    for beat in sorted(beats):
        if groups and beat.start_ms - groups[-1][-1].end_ms <= pause_ms:
            groups[-1].append(beat)
        else:
            groups.append([beat])
    return groups


def _hull(group: Sequence[Span]) -> Span:
    return Span(group[0].start_ms, group[-1].end_ms)


def _frames_of(span: Span) -> slice:
    return slice(span.start_ms // _HOP_MS, max(span.end_ms // _HOP_MS, span.start_ms // _HOP_MS + 1))


def _shared(span: Span, others: Sequence[Span]) -> int:
    return sum(max(0, min(span.end_ms, o.end_ms) - max(span.start_ms, o.start_ms)) for o in others)
