"""Fetch a recording that an event names, without letting the event choose what this machine reads.

Only ``file://`` below a configured folder is served. Everything else is refused: an event is data from
outside, and an address in it must reach neither other files nor other machines.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from schemas.records.completed import Recording
from schemas.records.terms import DeadLetterReason
from streams.recordings.containers import HEAD_BYTES, container_of
from streams.recordings.refusals import RecordingMissing, RecordingRejected

_CHUNK_BYTES = 1 << 20
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR)


class FetchPolicy(Struct, frozen=True, kw_only=True):
    """What may be fetched. ``scratch`` is where the private copy lives, the system's default if unset."""

    roots: tuple[Path, ...] = ()
    max_bytes: int = 512 << 20
    scratch: Path | None = None


class FetchedRecording(Struct, frozen=True, kw_only=True):
    """A private copy without a name on disk: it is gone once nobody has it open, however a process dies."""

    file: IO[bytes]
    container: str
    sha256: str
    size_bytes: int

    def close(self) -> None:
        """Drop the copy."""
        self.file.close()


class Fetcher:
    """Fetches under one policy."""

    def __init__(self, policy: FetchPolicy) -> None:
        self._policy = policy
        self._roots = tuple(Path(os.path.realpath(root)) for root in policy.roots)

    def fetch(self, recording: Recording) -> FetchedRecording:
        """Copy the recording, check its size, its kind and, where the event gives one, its SHA-256.

        Raises ``RecordingMissing`` if there is nothing yet, and ``RecordingRejected`` with
        RECORDING_DENIED, RECORDING_TOO_LARGE or RECORDING_CORRUPT.
        """
        path = self._path(recording.uri)
        with self._opened(path) as source:
            copy = tempfile.TemporaryFile(dir=self._policy.scratch)  # noqa: SIM115 - handed to the caller
            try:
                return self._copied(source, copy, recording)
            except BaseException:
                copy.close()
                raise

    def _path(self, uri: str) -> Path:
        try:
            parts = urlsplit(uri)
        except ValueError:
            raise _denied("malformed address") from None
        if parts.scheme != "file":
            scheme = parts.scheme[:16] if parts.scheme.isascii() else "?"
            raise _denied(f"scheme '{scheme}' is not served")
        path = unquote(parts.path)
        if parts.netloc not in ("", "localhost") or parts.query or parts.fragment or "\0" in path:
            raise _denied("file address with a host, a query or a fragment")
        return Path(os.path.realpath(path))

    @contextmanager
    def _opened(self, path: Path) -> Iterator[IO[bytes]]:
        """Open a resolved path step by step below its root: a link put there meanwhile is not followed."""
        root = next((root for root in self._roots if path.is_relative_to(root) and path != root), None)
        if root is None:
            raise _denied("outside the folders for recordings")
        try:
            descriptor = _open_below(root, path.relative_to(root))
        except OSError as error:
            if error.errno in _NOT_THERE:
                raise RecordingMissing("no such recording") from None
            raise _denied(f"cannot be opened ({errno.errorcode.get(error.errno or 0, '?')})") from None
        with os.fdopen(descriptor, "rb") as source:
            yield source

    def _copied(self, source: IO[bytes], copy: IO[bytes], recording: Recording) -> FetchedRecording:
        digest, size, head = hashlib.sha256(), 0, b""
        while chunk := source.read(_CHUNK_BYTES):
            head = head or chunk[:HEAD_BYTES]
            size += len(chunk)
            if size > self._policy.max_bytes:
                raise RecordingRejected(
                    DeadLetterReason.RECORDING_TOO_LARGE, f"more than {self._policy.max_bytes} bytes"
                )
            digest.update(chunk)
            copy.write(chunk)
        if not size:
            raise RecordingMissing("recording is still empty")
        container = container_of(head)
        if container is None:
            raise RecordingRejected(DeadLetterReason.RECORDING_CORRUPT, "no known audio container")
        if recording.sha256 and recording.sha256.lower() != digest.hexdigest():
            raise RecordingRejected(DeadLetterReason.RECORDING_CORRUPT, "SHA-256 differs from the event's")
        copy.seek(0)
        return FetchedRecording(file=copy, container=container, sha256=digest.hexdigest(), size_bytes=size)


def _open_below(root: Path, relative: Path) -> int:
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in relative.parts[:-1]:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            os.close(folder)
            folder = inner
        # Without O_NONBLOCK a named pipe would hold the worker for ever.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        descriptor = os.open(relative.name, flags, dir_fd=folder)
    finally:
        os.close(folder)
    return _regular(descriptor)


def _regular(descriptor: int) -> int:
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, "not a regular file")


def _denied(detail: str) -> RecordingRejected:
    return RecordingRejected(DeadLetterReason.RECORDING_DENIED, detail)
