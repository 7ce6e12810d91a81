"""Speech packed into windows for the recogniser, and the way back from window time to recording time.

Whisper hears at most 30 s at once and loses words in windows that are nearly full. Speech of a channel is
therefore merged, in order, up to 20 s a window (measured on the demo calls: CER 8.5 % at 20 s, 17.5 % at
28 s, 13.3 % at 8 s), with the silence between reduced to the padding on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from processors.transcription.engine import SAMPLE_RATE_HZ, ChannelSpeech, HeardWord, Samples, Span

WINDOW_MS = 20_000
PAD_MS = 300
_CUT_REACH_MS = 2_000
_CUT_STEP_MS = 50
_LOST_SPEECH_MS = 1_000
_SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000


class Window:
    """Pieces of one channel put one behind the other."""

    def __init__(self, channel: int, pieces: Sequence[Span]) -> None:
        self.channel = channel
        self.pieces = tuple(pieces)
        lengths = [piece.length_ms for piece in self.pieces]
        self._offsets_ms = np.concatenate([[0], np.cumsum(lengths)])

    @property
    def length_ms(self) -> int:
        """Duration of the audio that the recogniser gets."""
        return int(self._offsets_ms[-1])

    @property
    def speech_ms(self) -> int:
        """How much of it is speech rather than the padding around it."""
        return max(0, self.length_ms - 2 * PAD_MS * len(self.pieces))

    def samples(self, source: Samples) -> Samples:
        """The window's audio."""
        return np.concatenate(
            [
                source[piece.start_ms * _SAMPLES_PER_MS : piece.end_ms * _SAMPLES_PER_MS]
                for piece in self.pieces
            ]
        )

    def recording_span(self, start_ms: float, end_ms: float) -> Span:
        """Where ``[start_ms, end_ms)`` of the window lies in the recording.

        A span across a seam belongs to the piece that holds its middle and is cut to it.
        """
        middle = min((start_ms + end_ms) / 2, self.length_ms - 1)
        index = int(np.searchsorted(self._offsets_ms, middle, side="right")) - 1
        piece, offset = self.pieces[index], int(self._offsets_ms[index])
        start = min(max(round(start_ms) - offset, 0), piece.length_ms) + piece.start_ms
        end = min(max(round(end_ms) - offset, 0), piece.length_ms) + piece.start_ms
        return Span(start, max(start, end))


def pack(channel: int, heard: ChannelSpeech, window_ms: int = WINDOW_MS) -> list[Window]:
    """Windows of at most ``window_ms`` that hold all speech of a channel, in order."""
    windows: list[Window] = []
    pending: list[Span] = []
    pending_ms = 0
    for piece in _pieces(heard, window_ms):
        if pending and pending_ms + piece.length_ms > window_ms:
            windows.append(Window(channel, pending))
            pending, pending_ms = [], 0
        pending.append(piece)
        pending_ms += piece.length_ms
    if pending:
        windows.append(Window(channel, pending))
    return windows


def lost_pieces(window: Window, words: Sequence[HeardWord]) -> list[Window]:
    """Pieces of a window, each as a window of its own, that gave no letter though somebody speaks there.

    Whisper at times goes on to the next sentence in a window of several; alone, the sentence is heard.
    """
    if len(window.pieces) == 1:
        return []
    middles = [(word.start_ms + word.end_ms) / 2 for word in words if any(map(str.isalnum, word.text))]
    alone = [Window(window.channel, [piece]) for piece in window.pieces]
    return [
        one
        for one in alone
        if one.speech_ms >= _LOST_SPEECH_MS
        and not any(one.pieces[0].start_ms <= middle < one.pieces[0].end_ms for middle in middles)
    ]


def _pieces(heard: ChannelSpeech, window_ms: int) -> list[Span]:
    samples = heard.samples
    recording_ms = samples.size // _SAMPLES_PER_MS
    padded: list[Span] = []
    for span in heard.speech:
        start = max(0, span.start_ms - PAD_MS)
        end = min(recording_ms, span.end_ms + PAD_MS)
        if padded and start < padded[-1].end_ms:
            middle = (start + padded[-1].end_ms) // 2
            padded[-1] = Span(padded[-1].start_ms, middle)
            start = middle
        padded.append(Span(start, end))
    return [cut for piece in padded for cut in _cut(piece, samples, window_ms)]


def _cut(piece: Span, samples: Samples, window_ms: int) -> list[Span]:
    """Parts of a piece that no window can hold, cut where it is quietest near the even border."""
    parts = -(-piece.length_ms // (window_ms - _CUT_REACH_MS)) if piece.length_ms > window_ms else 1
    borders = [piece.start_ms]
    for n in range(1, parts):
        borders.append(_quietest(samples, piece.start_ms + piece.length_ms * n // parts))
    borders.append(piece.end_ms)
    return [Span(start, end) for start, end in zip(borders, borders[1:], strict=False)]


def _quietest(samples: Samples, near_ms: int) -> int:
    start_ms = near_ms - _CUT_REACH_MS // 2
    around = samples[start_ms * _SAMPLES_PER_MS : (near_ms + _CUT_REACH_MS // 2) * _SAMPLES_PER_MS]
    step = _CUT_STEP_MS * _SAMPLES_PER_MS
    energy = np.square(around[: around.size // step * step].reshape(-1, step)).mean(axis=1)
    return start_ms + int(np.argmin(energy)) * _CUT_STEP_MS + _CUT_STEP_MS // 2
