"""Decode a recording to 16 kHz, a row a channel, within limits that hold whatever the file says of itself."""

from __future__ import annotations

from typing import IO, Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from processors.transcription.engine import SAMPLE_RATE_HZ
from schemas.records.terms import DeadLetterReason
from streams.recordings.refusals import RecordingRejected

_MAX_BAD_PACKETS_SHARE = 0.01


class DecodeLimits(Struct, frozen=True, kw_only=True):
    """Largest recording that is decoded. The defaults are four hours and eight channels."""

    duration_ms: int = 4 * 3_600_000
    channels: int = 8
    sample_rate_hz: int = 192_000


class DecodedRecording(Struct, frozen=True, kw_only=True):
    """``samples[channel]`` at 16 kHz in -1..1. ``bad_packets`` were skipped."""

    samples: NDArray[np.float32]
    bad_packets: int = 0

    @property
    def duration_ms(self) -> int:
        """Length of the recording."""
        return int(self.samples.shape[1]) * 1000 // SAMPLE_RATE_HZ


def decode(file: IO[bytes], container: str, limits: DecodeLimits = DecodeLimits()) -> DecodedRecording:
    """Decode the first audio stream of ``file`` with the demuxer ``container``.

    Raises ``RecordingRejected``: RECORDING_TOO_LARGE beyond a limit, RECORDING_CORRUPT if the bytes do not
    decode, hold no audio, or more than 1 % of the packets are broken.
    """
    import av

    try:
        with av.open(file, mode="r", format=container, metadata_errors="ignore") as source:
            if not source.streams.audio:
                raise _corrupt("no audio stream")
            stream = source.streams.audio[0]
            _check(stream, limits)
            return _decoded(source, stream, limits)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise _corrupt(f"does not decode ({type(error).__name__})") from None


def _check(stream: Any, limits: DecodeLimits) -> None:
    if not 1 <= stream.channels <= limits.channels:
        raise _too_large(f"{stream.channels} channels")
    if not 1 <= stream.rate <= limits.sample_rate_hz:
        raise _corrupt(f"sample rate {stream.rate}")


def _decoded(source: Any, stream: Any, limits: DecodeLimits) -> DecodedRecording:
    import av

    resampler = av.AudioResampler(format="fltp", layout=stream.layout, rate=SAMPLE_RATE_HZ)
    most = limits.duration_ms * SAMPLE_RATE_HZ // 1000
    pieces: list[NDArray[np.float32]] = []
    packets = bad = samples = 0
    for packet in source.demux(stream):
        packets += 1
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            bad += 1
            continue
        for frame in frames:
            # A damaged file may change its shape on the way; its channels are then no longer the parties'.
            if frame.layout.nb_channels != stream.channels:
                raise _corrupt("number of channels changes")
            for piece in resampler.resample(frame):
                pieces.append(piece.to_ndarray())
                samples += piece.samples
            if samples > most:
                raise _too_large(f"longer than {limits.duration_ms} ms")
    pieces += [piece.to_ndarray() for piece in resampler.resample(None)]
    if not samples or bad > packets * _MAX_BAD_PACKETS_SHARE:
        raise _corrupt(f"{bad} of {packets} packets broken")
    return DecodedRecording(samples=np.concatenate(pieces, axis=1), bad_packets=bad)


def _corrupt(detail: str) -> RecordingRejected:
    return RecordingRejected(DeadLetterReason.RECORDING_CORRUPT, detail)


def _too_large(detail: str) -> RecordingRejected:
    return RecordingRejected(DeadLetterReason.RECORDING_TOO_LARGE, detail)
