"""Fetch a recording that an event names, without letting the event choose what this machine reads.

Served are ``file://`` below configured folders, ``https://`` from configured hosts and ``s3://`` from
configured buckets; by default none.
Everything else is refused: an event is data from outside, and an address in it must reach neither other
files nor other machines.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from schemas.records.completed import Recording
from streams.recordings.addresses import HostPolicy
from streams.recordings.copying import FetchedRecording, PrivateCopy
from streams.recordings.files import opened
from streams.recordings.https import download
from streams.recordings.refusals import denied
from streams.recordings.s3 import BucketPolicy, Buckets

_CHUNK_BYTES = 1 << 20


class FetchPolicy(Struct, frozen=True, kw_only=True):
    """What may be fetched. ``scratch`` is where the private copy lives, the system's default if unset."""

    roots: tuple[Path, ...] = ()
    hosts: HostPolicy = HostPolicy()
    buckets: BucketPolicy = BucketPolicy()
    max_bytes: int = 512 << 20
    scratch: Path | None = None


class Fetcher:
    """Fetches under one policy."""

    def __init__(self, policy: FetchPolicy) -> None:
        """Raises ``S3NotInstalled`` where buckets are allowed and the extra is missing."""
        self._policy = policy
        self._buckets = Buckets(policy.buckets)
        self._roots = tuple(Path(os.path.realpath(root)) for root in policy.roots)

    def fetch(self, recording: Recording) -> FetchedRecording:
        """Copy the recording, check its size, its kind and, where the event gives one, its SHA-256.

        Blocking; not to be called on a running event loop. Raises ``RecordingMissing`` if there is nothing
        yet, and ``RecordingRejected`` with RECORDING_DENIED, RECORDING_TOO_LARGE or RECORDING_CORRUPT.
        """
        with PrivateCopy(self._policy.scratch, self._policy.max_bytes) as copy:
            self._download(recording.uri, copy)
            return copy.finished(recording)

    def fetch_content(self, uri: str, max_bytes: int) -> bytes:
        """What lies at an address, whatever it is, under the same policy and with a limit of its own.

        Blocking. Raises as ``fetch`` does, but for RECORDING_CORRUPT.
        """
        with PrivateCopy(self._policy.scratch, min(max_bytes, self._policy.max_bytes)) as copy:
            self._download(uri, copy)
            return copy.content()

    def _download(self, uri: str, copy: PrivateCopy) -> None:
        address = _address(uri)
        if address.scheme == "file":
            with opened(address, self._roots) as source:
                while chunk := source.read(_CHUNK_BYTES):
                    copy.add(chunk)
        elif address.scheme == "https":
            asyncio.run(download(uri, self._policy.hosts, copy))
        elif address.scheme == "s3":
            self._buckets.download(uri, copy)
        else:
            scheme = address.scheme[:16] if address.scheme.isascii() else "?"
            raise denied(f"scheme '{scheme}' is not served")


def _address(uri: str) -> SplitResult:
    try:
        return urlsplit(uri)
    except ValueError:
        raise denied("malformed address") from None
