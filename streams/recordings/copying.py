"""The private copy of a recording that the decoder gets: counted, hashed and recognised on the way."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO

from msgspec import Struct

from schemas.records.completed import Recording
from schemas.records.terms import DeadLetterReason
from streams.recordings.containers import HEAD_BYTES, container_of
from streams.recordings.refusals import RecordingMissing, RecordingRejected


class FetchedRecording(Struct, frozen=True, kw_only=True):
    """A private copy without a name on disk: it is gone once nobody has it open, however a process dies."""

    file: IO[bytes]
    container: str
    sha256: str
    size_bytes: int

    def close(self) -> None:
        """Drop the copy."""
        self.file.close()


class PrivateCopy:
    """A copy in the making. Leaving the ``with`` block by an exception drops it."""

    def __init__(self, scratch: Path | None, max_bytes: int) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - handed to the caller
        self._max_bytes = max_bytes
        self._digest = hashlib.sha256()
        self._size = 0
        self._head = b""

    def __enter__(self) -> PrivateCopy:
        """The copy itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop what was copied of a recording that failed."""
        if kind is not None:
            self._file.close()

    def expect(self, size_bytes: int) -> None:
        """Refuse a recording that announces more than the limit before any of it is read."""
        if size_bytes > self._max_bytes:
            raise RecordingRejected(
                DeadLetterReason.RECORDING_TOO_LARGE, f"more than {self._max_bytes} bytes"
            )

    def add(self, chunk: bytes) -> None:
        """Append bytes. Raises ``RecordingRejected`` beyond the limit."""
        self._size += len(chunk)
        self.expect(self._size)
        if len(self._head) < HEAD_BYTES:
            self._head = (self._head + chunk)[:HEAD_BYTES]
        self._digest.update(chunk)
        self._file.write(chunk)

    def content(self) -> bytes:
        """The whole copy, whatever it is. Raises ``RecordingMissing`` for an empty one."""
        if not self._size:
            raise RecordingMissing("content is still empty")
        self._file.seek(0)
        with self._file:
            return self._file.read()

    def finished(self, recording: Recording) -> FetchedRecording:
        """The whole copy, its kind told by its bytes and its SHA-256 held against the event's.

        Raises ``RecordingMissing`` for an empty one and ``RecordingRejected`` with RECORDING_CORRUPT.
        """
        if not self._size:
            raise RecordingMissing("recording is still empty")
        container = container_of(self._head)
        if container is None:
            raise RecordingRejected(DeadLetterReason.RECORDING_CORRUPT, "no known audio container")
        checksum = self._digest.hexdigest()
        if recording.sha256 and recording.sha256.lower() != checksum:
            raise RecordingRejected(DeadLetterReason.RECORDING_CORRUPT, "SHA-256 differs from the event's")
        self._file.seek(0)
        return FetchedRecording(file=self._file, container=container, sha256=checksum, size_bytes=self._size)
