"""Content encodings of request and response bodies."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Callable
from typing import IO, Protocol

import cramjam
import lz4.frame

from streams.local.store_server.faults import Code, refuse

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_BROKEN = (
    OSError, EOFError, ValueError, RuntimeError, zlib.error, lzma.LZMAError, zstd.ZstdError,
    cramjam.DecompressionError,
)  # fmt: skip
# Read in one piece, because no streaming reader is at hand: the compressed body must stay small.
_WHOLE_BYTES = 64 << 20


class _Reader(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Body:
    """A request body, decoded while it is read. Never longer than ``limit`` bytes after decoding."""

    def __init__(self, spooled: IO[bytes], encoding: str, limit: int) -> None:
        open_reader = _READERS.get(encoding)
        if open_reader is None:
            raise refuse(Code.NOT_IMPLEMENTED, "Unknown compression method in Content-Encoding.")
        self._open_reader = open_reader
        self._spooled = spooled
        self._reader: _Reader | None = None
        self._left = limit

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes, none at the end. Raises :class:`Fault` for a broken or overlong body."""
        try:
            if self._reader is None:
                self._spooled.seek(0)
                self._reader = self._open_reader(self._spooled)
            piece = self._reader.read(size)
        except _BROKEN as error:
            raise refuse(Code.CANNOT_DECOMPRESS, "The body is not what its Content-Encoding says.") from error
        self._left -= len(piece)
        if self._left < 0:
            raise refuse(Code.TOO_MANY_BYTES, "The decoded body is larger than this server takes.")
        return piece

    def close(self) -> None:
        """Give back the spooled bytes."""
        self._spooled.close()


class Encoder(Protocol):
    """Compresses a response piece by piece."""

    def compress(self, data: bytes) -> bytes:
        """Encoded bytes that are ready so far."""

    def flush(self) -> bytes:
        """The rest, after which the encoded stream is complete."""


class _Lz4Encoder:
    def __init__(self) -> None:
        self._frame = lz4.frame.LZ4FrameCompressor()
        self._begun = False

    def compress(self, data: bytes) -> bytes:
        return self._begin() + bytes(self._frame.compress(data))

    def flush(self) -> bytes:
        return self._begin() + bytes(self._frame.flush())

    def _begin(self) -> bytes:
        if self._begun:
            return b""
        self._begun = True
        return bytes(self._frame.begin())


class _BrotliEncoder:
    def __init__(self) -> None:
        self._stream = cramjam.brotli.Compressor(level=4)

    def compress(self, data: bytes) -> bytes:
        self._stream.compress(data)
        return bytes(self._stream.flush())

    def flush(self) -> bytes:
        return bytes(self._stream.finish())


def _inflate(spooled: IO[bytes]) -> _Reader:
    return io.BytesIO(zlib.decompress(_whole(spooled)))


def _brotli(spooled: IO[bytes]) -> _Reader:
    return io.BytesIO(bytes(cramjam.brotli.decompress(_whole(spooled))))


def _snappy(spooled: IO[bytes]) -> _Reader:
    return io.BytesIO(bytes(cramjam.snappy.decompress(_whole(spooled))))


def _whole(spooled: IO[bytes]) -> bytes:
    data = spooled.read(_WHOLE_BYTES + 1)
    if len(data) > _WHOLE_BYTES:
        raise refuse(Code.TOO_MANY_BYTES, "Use lz4, zstd or gzip for a body of this size.")
    return data


_READERS: dict[str, Callable[[IO[bytes]], _Reader]] = {
    "": lambda spooled: spooled,
    "identity": lambda spooled: spooled,
    "gzip": lambda spooled: gzip.GzipFile(fileobj=spooled, mode="rb"),
    "x-gzip": lambda spooled: gzip.GzipFile(fileobj=spooled, mode="rb"),
    "deflate": _inflate,
    "lz4": lz4.frame.LZ4FrameFile,
    "zstd": zstd.ZstdFile,
    "br": _brotli,
    "snappy": _snappy,
    "xz": lzma.LZMAFile,
    "bz2": bz2.BZ2File,
}
# In the order in which this server prefers them: all traffic is local, so speed counts more than size.
_ENCODERS: dict[str, Callable[[], Encoder]] = {
    "lz4": _Lz4Encoder,
    "zstd": lambda: zstd.ZstdCompressor(level=1),
    "gzip": lambda: zlib.compressobj(level=3, wbits=31),
    "br": _BrotliEncoder,
    "deflate": lambda: zlib.compressobj(level=3),
}


def response_encoding(accepted: str) -> str | None:
    """The encoding of a response to a client that sent ``accepted`` as Accept-Encoding; None: as it is."""
    offers = {offer.partition(";")[0].strip().lower() for offer in accepted.split(",")}
    return next((name for name in _ENCODERS if name in offers), None)


def encoder(name: str) -> Encoder:
    """A new encoder for an encoding that :func:`response_encoding` chose."""
    return _ENCODERS[name]()
