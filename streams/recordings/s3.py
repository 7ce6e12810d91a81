"""``s3://bucket/key`` recordings from allowed buckets of one configured object store, by boto3.

The event chooses a key, never a host: the endpoint is the settings' or Amazon's. Credentials come from where
boto3 looks for them (AWS_* variables, profile, role); callqa neither reads nor stores any.
"""

from __future__ import annotations

import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from streams.recordings.copying import PrivateCopy
from streams.recordings.refusals import RecordingMissing, denied

_CHUNK_BYTES = 1 << 18
_LONGEST_SILENCE_SECONDS = 30.0
_SCHEME = "s3://"
# Answers by which the store says that it has nothing yet, or cannot answer at the moment.
_NOT_THERE = frozenset({"NoSuchKey", "404"})
_LATER = frozenset(
    {"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "Throttling", "503", "500"}
)


class S3NotInstalled(Exception):
    """Buckets are configured, but the optional extra is not installed. The text is for the operator."""


class BucketPolicy(Struct, frozen=True, kw_only=True):
    """From where ``s3://`` recordings may come; from nowhere by default.

    ``allowed`` are ``bucket`` or ``bucket/prefix``, the prefix to the letter. ``endpoint`` is the address of
    an S3-compatible store, unset for Amazon's. ``seconds`` is the longest time one recording may take.
    """

    allowed: tuple[str, ...] = ()
    endpoint: str | None = None
    region: str | None = None
    ca_file: Path | None = None
    seconds: float = 120.0

    def permits(self, bucket: str, key: str) -> bool:
        """Whether that object lies in an allowed bucket, below its prefix if it has one."""
        return any(
            name == bucket and key.startswith(prefix)
            for name, _, prefix in (entry.partition("/") for entry in self.allowed)
        )


class Buckets:
    """The object store under one policy; safe for several threads."""

    def __init__(self, policy: BucketPolicy) -> None:
        """Raises ``S3NotInstalled`` where buckets are allowed and boto3 is missing."""
        self._policy = policy
        self._client: Any = None
        self._lock = threading.Lock()
        if policy.allowed:
            _boto3()

    def download(self, uri: str, copy: PrivateCopy) -> None:
        """Add the object at ``uri`` to ``copy``.

        Raises ``RecordingMissing`` where there is nothing yet, or the store does not answer or takes too
        long, and ``RecordingRejected``.
        """
        bucket, key = _named(uri)
        if not self._policy.permits(bucket, key):
            raise denied("bucket is not on the list")
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._copy(bucket, key, copy)
        except ClientError as error:
            raise _meant(str(error.response.get("Error", {}).get("Code", "?"))) from None
        except BotoCoreError as error:
            raise RecordingMissing(f"store not reached ({type(error).__name__})") from None

    def _copy(self, bucket: str, key: str, copy: PrivateCopy) -> None:
        deadline = time.monotonic() + self._policy.seconds
        answer = self._connected().get_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
        with closing(answer["Body"]) as body:
            copy.expect(int(answer["ContentLength"]))
            for chunk in body.iter_chunks(_CHUNK_BYTES):
                copy.add(chunk)
                if time.monotonic() > deadline:
                    raise RecordingMissing(f"not fetched within {self._policy.seconds:.0f} s")

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = _client(self._policy)
            return self._client


def _client(policy: BucketPolicy) -> Any:
    from botocore.config import Config

    patience = min(policy.seconds, _LONGEST_SILENCE_SECONDS)
    config = Config(
        connect_timeout=patience,
        read_timeout=patience,
        # The stage tries again by itself, without holding the worker.
        retries={"total_max_attempts": 1},
        proxies={},
        s3={"addressing_style": "path" if policy.endpoint else "auto"},
    )
    return _boto3().client(
        "s3",
        endpoint_url=policy.endpoint,
        region_name=policy.region,
        verify=str(policy.ca_file) if policy.ca_file else None,
        config=config,
    )


def _boto3() -> Any:
    try:
        import boto3
    except ImportError:
        raise S3NotInstalled("s3:// recordings need the extra: pip install 'callqa[s3]'") from None
    return boto3


def _named(uri: str) -> tuple[str, str]:
    """Bucket and key; the key is taken to the letter, as the store's own tools write it."""
    if not uri.isprintable() or urlsplit(uri).query or urlsplit(uri).fragment:
        raise denied("s3 address with a query, a fragment or unprintable characters")
    bucket, _, key = uri[len(_SCHEME) :].partition("/")
    if not bucket or not key or "@" in bucket or ":" in bucket:
        raise denied("s3 address without a bucket and a key")
    # To the store a key is one name; what stands between may take it for a path.
    if any(part in ("", ".", "..") for part in key.split("/")):
        raise denied("s3 key with an empty or relative part")
    return bucket, key


def _meant(code: str) -> Exception:
    if code in _NOT_THERE:
        return RecordingMissing("no such object")
    if code in _LATER:
        return RecordingMissing(f"store answers {code[:40]}")
    return denied(f"store answers {code[:40]}" if code.isascii() else "store refuses")
