"""Which container a recording is in, told by its first bytes, never by its name."""

from __future__ import annotations

HEAD_BYTES = 16

# Prefix -> demuxer of FFmpeg. A demuxer is always named, so that no playlist or concatenation script,
# which would open other addresses, is ever recognised.
_MAGIC = (
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"ID3", "mp3"),
    (b"#!AMR", "amr"),
    (b"\x1aE\xdf\xa3", "matroska"),
)


def container_of(head: bytes) -> str | None:
    """FFmpeg's demuxer for a recording that begins with ``head``; None if it is none of the known ones."""
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp":
        return "mp4"
    for magic, demuxer in _MAGIC:
        if head.startswith(magic):
            return demuxer
    return "mp3" if _is_mpeg_frame(head) else None


def _is_mpeg_frame(head: bytes) -> bool:
    """An MPEG audio frame header: eleven set bits, then no reserved value in any field."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer != 0 and bitrate not in (0, 15) and rate != 3
