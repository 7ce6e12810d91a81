"""``file://`` recordings below configured folders, opened so that no link leads out of them."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import SplitResult, unquote

from streams.recordings.refusals import RecordingMissing, denied

_NOT_THERE = (errno.ENOENT, errno.ENOTDIR)


@contextmanager
def opened(address: SplitResult, roots: Sequence[Path]) -> Iterator[IO[bytes]]:
    """The file of a ``file://`` address. ``roots`` are resolved folders.

    Raises ``RecordingMissing`` where nothing lies yet, ``RecordingRejected`` with RECORDING_DENIED.
    """
    path = _path(address)
    root = next((root for root in roots if path.is_relative_to(root) and path != root), None)
    if root is None:
        raise denied("outside the folders for recordings")
    try:
        descriptor = _open_below(root, path.relative_to(root))
    except OSError as error:
        if error.errno in _NOT_THERE:
            raise RecordingMissing("no such recording") from None
        raise denied(f"cannot be opened ({errno.errorcode.get(error.errno or 0, '?')})") from None
    with os.fdopen(descriptor, "rb") as source:
        yield source


def _path(address: SplitResult) -> Path:
    path = unquote(address.path)
    if address.netloc not in ("", "localhost") or address.query or address.fragment or "\0" in path:
        raise denied("file address with a host, a query or a fragment")
    return Path(os.path.realpath(path))


def _open_below(root: Path, relative: Path) -> int:
    """Open step by step below the root: a link put there meanwhile is not followed."""
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
