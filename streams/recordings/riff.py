"""Where the samples of a plain WAV file lie, so that some can be replaced and all others stay as they are."""

from __future__ import annotations

import struct
from typing import IO

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

_PCM, _FLOAT, _A_LAW, _MU_LAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_QUIET = {(_PCM, 8): 0x80, (_A_LAW, 8): 0xD5, (_MU_LAW, 8): 0xFF}
_LINEAR_BITS = {_PCM: (8, 16, 24, 32), _FLOAT: (32, 64)}
_CHUNK_HEADER = 8


class PlainWav(Struct, frozen=True, kw_only=True):
    """Samples begin at ``offset`` and take ``size_bytes``; a frame holds one sample of each channel."""

    encoding: int
    bits: int
    channels: int
    rate_hz: int
    offset: int
    size_bytes: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame."""
        return self.channels * self.bits // 8

    @property
    def frames(self) -> int:
        """Whole frames."""
        return self.size_bytes // self.frame_bytes

    @property
    def linear(self) -> bool:
        """Whether a sample's value is the pressure itself, not its logarithm."""
        return self.encoding in _LINEAR_BITS

    def silence(self, frames: int) -> bytes:
        """So many frames without sound."""
        return bytes([_QUIET.get((self.encoding, self.bits), 0)]) * (frames * self.frame_bytes)

    def encoded(self, samples: NDArray[np.float64]) -> bytes:
        """Frames of ``samples`` in -1..1, the same on all channels. Only for linear encodings."""
        every = np.repeat(samples, self.channels)
        if self.encoding == _FLOAT:
            return every.astype(f"<f{self.bits // 8}").tobytes()
        if self.bits == 8:
            return (every * 127 + 128).astype(np.uint8).tobytes()
        whole = (every * (2 ** (self.bits - 1) - 1)).astype("<i4")
        low_bytes: NDArray[np.uint8] = whole.view(np.uint8).reshape(-1, 4)[:, : self.bits // 8]
        return low_bytes.tobytes()


def plain_wav(file: IO[bytes], length: int) -> PlainWav | None:
    """The form of a RIFF WAV file of ``length`` bytes; None where it is packed, compressed or damaged."""
    file.seek(0)
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return None
    form: tuple[int, int, int, int] | None = None
    while len(header := file.read(_CHUNK_HEADER)) == _CHUNK_HEADER:
        name, size = header[:4], struct.unpack("<I", header[4:])[0]
        if name == b"data":
            offset = file.tell()
            # A recorder that was cut off leaves a size that the file does not have.
            return _wav(form, offset, min(size, length - offset)) if form else None
        body_at = file.tell()
        if name == b"fmt ":
            form = _form(file.read(min(size, 40)))
        file.seek(body_at + size + size % 2)
    return None


def _form(fmt: bytes) -> tuple[int, int, int, int] | None:
    if len(fmt) < 16:
        return None
    encoding, channels, rate, _, _, bits = struct.unpack("<HHIIHH", fmt[:16])
    if encoding == _EXTENSIBLE and len(fmt) >= 26:
        encoding = struct.unpack("<H", fmt[24:26])[0]
    return encoding, channels, rate, bits


def _wav(form: tuple[int, int, int, int], offset: int, size_bytes: int) -> PlainWav | None:
    encoding, channels, rate, bits = form
    known = bits in _LINEAR_BITS.get(encoding, ()) or (encoding, bits) in _QUIET
    if not known or not channels or not rate:
        return None
    return PlainWav(
        encoding=encoding, bits=bits, channels=channels, rate_hz=rate, offset=offset, size_bytes=size_bytes
    )
