"""Recordings in an object store: moto's server on this machine, asked through boto3 as any store would be."""

import builtins
import hashlib
import socket
import threading

import pytest

from schemas.records.completed import Recording
from schemas.records.terms import DeadLetterReason
from streams.recordings import (
    BucketPolicy,
    Fetcher,
    FetchPolicy,
    RecordingMissing,
    RecordingRejected,
    S3NotInstalled,
)
from streams.recordings.configured import fetch_policy
from streams.settings import Settings

boto3 = pytest.importorskip("boto3")
server = pytest.importorskip("moto.server")

pytestmark = pytest.mark.integration

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(200_000)
DENIED = DeadLetterReason.RECORDING_DENIED


@pytest.fixture(scope="module")
def endpoint():
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    """Of nobody; without them boto3 would look around on the machine."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture(scope="module")
def store(endpoint):
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name="us-east-1",
    )
    for bucket in ("calls", "secrets"):
        client.create_bucket(Bucket=bucket)
        client.put_object(Bucket=bucket, Key="2026/11/通话 1.wav", Body=WAV)
    client.put_object(Bucket="calls", Key="empty.wav", Body=b"")
    client.put_object(
        Bucket="calls", Key="list.m3u8", Body=b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n" * 9
    )
    return client


@pytest.fixture
def fetch(endpoint, store):
    def run(uri, *, max_bytes=1 << 20, sha256=None, **changes):
        policy = BucketPolicy(**{"allowed": ("calls",), "endpoint": endpoint, "seconds": 10.0, **changes})
        return Fetcher(FetchPolicy(buckets=policy, max_bytes=max_bytes)).fetch(
            Recording(uri=uri, sha256=sha256)
        )

    return run


def reason_of(fetch, uri, **changes):
    with pytest.raises(RecordingRejected) as refused:
        fetch(uri, **changes)
    assert refused.value.detail.isascii()
    assert "通话" not in refused.value.detail
    return refused.value.reason


def test_a_recording_of_an_allowed_bucket_arrives_whole(fetch):
    checksum = hashlib.sha256(WAV).hexdigest()

    fetched = fetch("s3://calls/2026/11/通话 1.wav", sha256=checksum)

    assert fetched.file.read() == WAV
    assert (fetched.sha256, fetched.container, fetched.size_bytes) == (checksum, "wav", len(WAV))
    fetched.close()


@pytest.mark.parametrize("allowed", [(), ("secrets",), ("call",), ("calls/2025/",)])
def test_a_bucket_that_is_not_on_the_list_is_denied(fetch, allowed):
    assert reason_of(fetch, "s3://calls/2026/11/通话 1.wav", allowed=allowed) is DENIED


def test_a_prefix_opens_what_lies_below_it_alone(fetch):
    fetch("s3://calls/2026/11/通话 1.wav", allowed=("calls/2026/",)).close()

    assert reason_of(fetch, "s3://calls/empty.wav", allowed=("calls/2026/",)) is DENIED


@pytest.mark.parametrize(
    "uri",
    [
        "s3://calls",
        "s3://calls/",
        "s3:///2026/11/x.wav",
        "s3://calls/2026/../../secrets/2026/11/x.wav",
        "s3://calls/./x.wav",
        "s3://calls//x.wav",
        "s3://calls/x.wav?versionId=1",
        "s3://calls/x.wav#a",
        "s3://user:word@calls/x.wav",
        "s3://169.254.169.254/latest/meta-data/x",
        "s3://calls/a\nb.wav",
    ],
)
def test_other_forms_of_address_are_denied(fetch, uri):
    assert reason_of(fetch, uri) is DENIED


def test_an_object_that_is_not_there_is_waited_for(fetch):
    with pytest.raises(RecordingMissing, match="no such object"):
        fetch("s3://calls/2026/11/later.wav")
    with pytest.raises(RecordingMissing, match="empty"):
        fetch("s3://calls/empty.wav")


def test_a_bucket_that_does_not_exist_is_denied(fetch):
    assert reason_of(fetch, "s3://nowhere/a.wav", allowed=("nowhere",)) is DENIED


def test_more_bytes_than_the_limit_are_too_large(fetch):
    reason = reason_of(fetch, "s3://calls/2026/11/通话 1.wav", max_bytes=100_000)

    assert reason is DeadLetterReason.RECORDING_TOO_LARGE


def test_another_checksum_than_the_events_is_corrupt(fetch):
    reason = reason_of(fetch, "s3://calls/2026/11/通话 1.wav", sha256="0" * 64)

    assert reason is DeadLetterReason.RECORDING_CORRUPT


def test_a_playlist_is_no_recording(fetch):
    assert reason_of(fetch, "s3://calls/list.m3u8") is DeadLetterReason.RECORDING_CORRUPT


def test_a_store_that_is_not_there_is_waited_for(fetch):
    with pytest.raises(RecordingMissing, match="EndpointConnectionError"):
        fetch("s3://calls/a.wav", endpoint="http://127.0.0.1:1")


def test_a_store_that_holds_the_line_is_left(fetch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        held = []
        threading.Thread(target=lambda: held.append(silent.accept()), daemon=True).start()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"

        with pytest.raises(RecordingMissing, match="ReadTimeout"):
            fetch("s3://calls/a.wav", endpoint=address, seconds=0.5)


def test_the_settings_name_buckets_and_the_store(monkeypatch, endpoint):
    assert fetch_policy(Settings()).buckets.allowed == ()
    monkeypatch.setenv("CALLQA_RECORDING_BUCKETS", "calls/2026/, archive")
    monkeypatch.setenv("CALLQA_RECORDING_S3_ENDPOINT", endpoint)

    policy = fetch_policy(Settings()).buckets

    assert (policy.allowed, policy.endpoint) == (("calls/2026/", "archive"), endpoint)


def test_without_the_extra_buckets_are_refused_at_the_start_in_one_line(monkeypatch):
    real = builtins.__import__

    def without_boto3(name, *arguments, **keywords):
        if name.partition(".")[0] == "boto3":
            raise ImportError(name)
        return real(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", without_boto3)

    with pytest.raises(S3NotInstalled, match=r"pip install 'callqa\[s3\]'"):
        Fetcher(FetchPolicy(buckets=BucketPolicy(allowed=("calls",))))
    Fetcher(FetchPolicy())
