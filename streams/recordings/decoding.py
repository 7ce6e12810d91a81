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
# Below the rate of any telephone. Every sample of such a file would become thousands.
_LOWEST_RATE_HZ = 4_000
_BLOCK_SAMPLES = 1 << 20


class DecodeLimits(Struct, frozen=True, kw_only=True):
    """Largest recording that is decoded: four hours of at most eight channels at up to 192 kHz.

    ``samples`` bounds the memory: what comes out over all channels at 16 kHz, four bytes each. The default
    is four hours of two channels.
    """

    duration_ms: int = 4 * 3_600_000
    channels: int = 8
    sample_rate_hz: int = 192_000
    samples: int = 4 * 3_600 * SAMPLE_RATE_HZ * 2


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
            _check(source, stream, limits)
            return _decoded(source, stream, limits)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise _corrupt(f"does not decode ({type(error).__name__})") from None


def _check(source: Any, stream: Any, limits: DecodeLimits) -> None:
    # A stream that no decoder knows has no channels at all.
    channels = stream.channels if stream.codec_context is not None else 0
    if not channels:
        raise _corrupt("no channels")
    if channels > limits.channels:
        raise _too_large(f"{channels} channels")
    if not _LOWEST_RATE_HZ <= stream.rate <= limits.sample_rate_hz:
        raise _corrupt(f"sample rate {stream.rate}")
    if _promised_ms(source, stream) > limits.duration_ms:
        raise _too_large(f"longer than {limits.duration_ms} ms")


def _promised_ms(source: Any, stream: Any) -> float:
    """The length that the file states, as far as its size can hold it.

    A recorder that was cut off leaves the largest number there is in the header of a short file.
    """
    stated = float(stream.duration * stream.time_base) * 1000 if stream.duration else 0.0
    possible = source.size * 8_000 / stream.bit_rate if stream.bit_rate and source.size > 0 else stated
    return min(stated, possible)


def _decoded(source: Any, stream: Any, limits: DecodeLimits) -> DecodedRecording:
    import av

    # Packed: PyAV reads past the end of the planes of a planar frame with eight channels.
    # Packets hold 20 ms; pieces of a second cost less to take over.
    resampler = av.AudioResampler(
        format="flt", layout=stream.layout, rate=SAMPLE_RATE_HZ, frame_size=SAMPLE_RATE_HZ
    )
    most = min(limits.duration_ms * SAMPLE_RATE_HZ // 1000, limits.samples // stream.channels)
    pieces = _Pieces(stream.channels)
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
                pieces.add(piece.to_ndarray())
                samples += piece.samples
            if samples > most:
                raise _too_large(f"more than {most} samples a channel")
    for piece in resampler.resample(None):
        pieces.add(piece.to_ndarray())
        samples += piece.samples
    if not samples or bad > packets * _MAX_BAD_PACKETS_SHARE:
        raise _corrupt(f"{bad} of {packets} packets broken")
    return DecodedRecording(samples=pieces.joined(), bad_packets=bad)


class _Pieces:
    """Decoded audio as it comes. Joining it frees what is copied, so that memory does not double."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._blocks: list[NDArray[np.float32]] = []
        self._small: list[NDArray[np.float32]] = []
        self._small_samples = 0

    def add(self, packed: NDArray[np.float32]) -> None:
        piece = packed.reshape(-1, self._channels).T
        self._small.append(piece)
        self._small_samples += piece.shape[1]
        if self._small_samples >= _BLOCK_SAMPLES:
            self._gather()

    def joined(self) -> NDArray[np.float32]:
        if self._small:
            self._gather()
        total = sum(block.shape[1] for block in self._blocks)
        whole = np.empty((self._channels, total), dtype=np.float32)
        self._blocks.reverse()
        at = 0
        while self._blocks:
            block = self._blocks.pop()
            whole[:, at : at + block.shape[1]] = block
            at += block.shape[1]
        return whole

    def _gather(self) -> None:
        self._blocks.append(np.concatenate(self._small, axis=1))
        self._small, self._small_samples = [], 0


def _corrupt(detail: str) -> RecordingRejected:
    return RecordingRejected(DeadLetterReason.RECORDING_CORRUPT, detail)


def _too_large(detail: str) -> RecordingRejected:
    return RecordingRejected(DeadLetterReason.RECORDING_TOO_LARGE, detail)
