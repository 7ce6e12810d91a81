import hashlib
import os

import pytest

from schemas.records.completed import Recording
from schemas.records.terms import DeadLetterReason
from streams.recordings import Fetcher, FetchPolicy, RecordingMissing, RecordingRejected

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(100)


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "recordings"
    (folder / "day").mkdir(parents=True)
    (folder / "day" / "call.wav").write_bytes(WAV)
    (tmp_path / "secret.wav").write_bytes(WAV)
    return folder


def fetch(root, uri, max_bytes=1 << 20, **facts):
    policy = FetchPolicy(roots=(root,), max_bytes=max_bytes)
    return Fetcher(policy).fetch(Recording(uri=uri, **facts))


def reason_of(root, uri, **facts):
    with pytest.raises(RecordingRejected) as refused:
        fetch(root, uri, **facts)
    assert refused.value.detail.isascii()
    return refused.value.reason


def test_a_recording_below_the_root_comes_with_its_checksum(root):
    fetched = fetch(root, f"file://{root}/day/call.wav")

    assert fetched.file.read() == WAV
    assert fetched.sha256 == hashlib.sha256(WAV).hexdigest()
    assert (fetched.container, fetched.size_bytes) == ("wav", len(WAV))
    fetched.close()


def test_the_copy_has_no_name_on_disk(root, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    policy = FetchPolicy(roots=(root,), scratch=scratch)

    fetched = Fetcher(policy).fetch(Recording(uri=f"file://{root}/day/call.wav"))

    assert list(scratch.iterdir()) == []
    fetched.close()


def test_percent_encoded_names_are_understood(root):
    (root / "通话 1.wav").write_bytes(WAV)

    fetch(root, f"file://{root}/%E9%80%9A%E8%AF%9D%201.wav").close()


@pytest.mark.parametrize(
    "uri",
    [
        "http://example.com/call.wav",
        "https://example.com/call.wav",
        "s3://bucket/call.wav",
        "concat:/etc/passwd",
        "call.wav",
        "",
        "file://[::1",
        "file://otherhost/day/call.wav",
        "file:///etc/passwd",
    ],
)
def test_other_addresses_are_denied(root, uri):
    assert reason_of(root, uri) is DeadLetterReason.RECORDING_DENIED


@pytest.mark.parametrize(
    "path", ["../secret.wav", "day/../../secret.wav", "%2e%2e/secret.wav", "day/call.wav%00x", ""]
)
def test_no_path_leads_out_of_the_root(root, path):
    assert reason_of(root, f"file://{root}/{path}") is DeadLetterReason.RECORDING_DENIED


def test_a_link_out_of_the_root_is_denied(root, tmp_path):
    (root / "link.wav").symlink_to(tmp_path / "secret.wav")
    (root / "out").symlink_to(tmp_path)

    assert reason_of(root, f"file://{root}/link.wav") is DeadLetterReason.RECORDING_DENIED
    assert reason_of(root, f"file://{root}/out/secret.wav") is DeadLetterReason.RECORDING_DENIED


def test_a_link_inside_the_root_is_followed(root):
    (root / "latest.wav").symlink_to(root / "day" / "call.wav")

    fetch(root, f"file://{root}/latest.wav").close()


def test_a_folder_beside_the_root_with_a_longer_name_is_outside(root, tmp_path):
    other = tmp_path / "recordings-private"
    other.mkdir()
    (other / "call.wav").write_bytes(WAV)

    assert reason_of(root, f"file://{other}/call.wav") is DeadLetterReason.RECORDING_DENIED


def test_what_is_not_a_file_is_denied_and_holds_nobody_up(root):
    os.mkfifo(root / "pipe.wav")

    assert reason_of(root, f"file://{root}/pipe.wav") is DeadLetterReason.RECORDING_DENIED
    assert reason_of(root, f"file://{root}/day") is DeadLetterReason.RECORDING_DENIED


@pytest.mark.parametrize("name", ["late.wav", "tomorrow/call.wav"])
def test_what_is_not_there_yet_is_missing(root, name):
    with pytest.raises(RecordingMissing):
        fetch(root, f"file://{root}/{name}")


def test_an_empty_file_is_still_missing(root):
    (root / "empty.wav").touch()

    with pytest.raises(RecordingMissing):
        fetch(root, f"file://{root}/empty.wav")


def test_a_file_above_the_limit_is_too_large(root):
    uri = f"file://{root}/day/call.wav"

    assert reason_of(root, uri, max_bytes=len(WAV) - 1) is DeadLetterReason.RECORDING_TOO_LARGE
    fetch(root, uri, max_bytes=len(WAV)).close()


def test_what_is_no_audio_is_corrupt(root):
    (root / "list.wav").write_bytes(b"#EXTM3U\nfile:///etc/passwd\n")

    assert reason_of(root, f"file://{root}/list.wav") is DeadLetterReason.RECORDING_CORRUPT


def test_the_checksum_of_the_event_is_held_against_the_bytes(root):
    uri = f"file://{root}/day/call.wav"

    fetch(root, uri, sha256=hashlib.sha256(WAV).hexdigest().upper()).close()
    assert reason_of(root, uri, sha256="0" * 64) is DeadLetterReason.RECORDING_CORRUPT


def test_without_a_root_everything_is_denied(root):
    with pytest.raises(RecordingRejected):
        Fetcher(FetchPolicy()).fetch(Recording(uri=f"file://{root}/day/call.wav"))
