"""Copies of recordings without the masked words, written where the audio is decoded anyway: in the child."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from streams.asr_child.messages import HearJob, MaskedCopies
from streams.recordings import FetchedRecording
from streams.recordings.masking import Stretch, write_masked


class CopyNotWritten(Exception):
    """The folder for copies takes none at the moment, as when a disk is full; no recording is to blame."""


def write_copies(
    job: HearJob, copies: MaskedCopies, files: Sequence[IO[bytes]], masked: Sequence[Sequence[Stretch]]
) -> None:
    """One copy for each recording of the job; a copy that an earlier hearing wrote is replaced.

    Raises ``CopyNotWritten``, and ``RecordingRejected`` as decoding does.
    """
    for file, container, checksum, path, stretches in zip(
        files, job.containers, job.checksums, copies.paths, masked, strict=True
    ):
        size_bytes = os.fstat(file.fileno()).st_size
        recording = FetchedRecording(file=file, container=container, sha256=checksum, size_bytes=size_bytes)
        target = Path(path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_masked(recording, target, stretches, copies.fill, overwrite=True)
        except OSError as error:
            raise CopyNotWritten(f"masked copy not written ({type(error).__name__})") from None
