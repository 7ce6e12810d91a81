import pytest

from streams.recordings.containers import container_of


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "wav"),
        (b"OggS\x00\x02" + bytes(10), "ogg"),
        (b"fLaC" + bytes(12), "flac"),
        (b"ID3\x04" + bytes(12), "mp3"),
        (b"\xff\xfb\x90\x00" + bytes(12), "mp3"),
        (b"\x00\x00\x00\x20ftypM4A ", "mp4"),
        (b"#!AMR\n" + bytes(10), "amr"),
        (b"\x1aE\xdf\xa3" + bytes(12), "matroska"),
    ],
)
def test_containers_are_told_by_their_first_bytes(head, container):
    assert container_of(head) == container


@pytest.mark.parametrize(
    "head",
    [
        b"#EXTM3U\nhttp://x",
        b"ffconcat version",
        b"RIFF\x24\x00\x00\x00AVI LIST",
        b"<html>",
        b"\xff\xff\xff\xff",
        b"\xff",
        b"",
    ],
)
def test_playlists_scripts_and_anything_else_are_no_recording(head):
    assert container_of(head) is None
