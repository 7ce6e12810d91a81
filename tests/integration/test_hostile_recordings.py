"""Recordings made to harm: each ends with its reason, and nothing else is read, opened or sent."""

import io
import struct
import threading
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av
import numpy as np
import pytest

from schemas.records.completed import Recording
from schemas.records.terms import DeadLetterReason
from streams.recordings import Fetcher, FetchPolicy, RecordingMissing, RecordingRejected, decode
from streams.recordings.decoding import DecodeLimits

pytestmark = pytest.mark.integration

DENIED = DeadLetterReason.RECORDING_DENIED
CORRUPT = DeadLetterReason.RECORDING_CORRUPT
TOO_LARGE = DeadLetterReason.RECORDING_TOO_LARGE


@pytest.fixture
def trap():
    """A server that a recording may name; whatever asks it for anything is remembered."""
    asked = []

    class Remember(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"RIFF")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Remember)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "recordings"
    folder.mkdir()
    (tmp_path / "secret.wav").write_bytes(wav(np.zeros((8_000, 1))))
    return folder


def wav(samples, rate=8_000):
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(samples.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.astype("<i2").tobytes())
    return target.getvalue()


def wav_header(data_bytes, rate=8_000, channels=1):
    """A mu-law header that promises ``data_bytes``."""
    form = struct.pack("<HHIIHH", 7, channels, rate, rate * channels, channels, 8)
    return (
        (
            b"RIFF"
            + struct.pack("<I", min(data_bytes + 36, 0xFFFFFFFF))
            + b"WAVEfmt "
            + struct.pack("<I", 16)
            + form
        )
        + b"data"
        + struct.pack("<I", data_bytes)
    )


def silent_flac(seconds, rate, channels):
    """Constant signals cost FLAC some bytes a frame, however long they last."""
    target = io.BytesIO()
    with av.open(target, "w", format="flac") as out:
        stream = out.add_stream("flac", rate=rate, layout="mono" if channels == 1 else "7.1")
        block = np.zeros((1, 4_096 * 16 * channels), dtype=np.int16)
        for _ in range(seconds * rate // (4_096 * 16)):
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout=stream.layout.name)
            frame.sample_rate = rate
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return target.getvalue()


def heard(fetcher, uri, limits):
    fetched = fetcher.fetch(Recording(uri=uri))
    try:
        return decode(fetched.file, fetched.container, limits)
    finally:
        fetched.close()


def refusal(root, uri, limits=DecodeLimits()):
    """Fetch and decode like the stage; the reason with which that ended."""
    with pytest.raises(RecordingRejected) as refused:
        heard(Fetcher(FetchPolicy(roots=(root,), max_bytes=64 << 20)), uri, limits)
    assert refused.value.detail.isascii()
    assert "secret" not in refused.value.detail
    return refused.value.reason


def stored(root, content, name="call.wav"):
    path = root / name
    path.write_bytes(content)
    return path.as_uri()


@pytest.mark.parametrize(
    "path", ["../secret.wav", "%2e%2e/secret.wav", "x/../../secret.wav", "..%2fsecret.wav"]
)
def test_a_path_out_of_the_folder_is_denied(root, path):
    assert refusal(root, f"file://{root}/{path}") is DENIED


def test_a_link_out_of_the_folder_is_denied(root):
    (root / "call.wav").symlink_to(root.parent / "secret.wav")

    assert refusal(root, (root / "call.wav").as_uri().replace("secret", "call")) is DENIED


@pytest.mark.parametrize(
    "uri",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/",
        "ftp://127.0.0.1/call.wav",
        "gopher://127.0.0.1/",
        "data:audio/wav;base64,UklGRg==",
        "concat:/etc/passwd|/etc/hosts",
        "pipe:0",
    ],
)
def test_an_address_of_another_kind_is_denied(root, uri):
    assert refusal(root, uri) is DENIED


def test_a_playlist_opens_none_of_its_addresses(root, trap):
    address, asked = trap
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{address}/a.ts\n#EXT-X-ENDLIST\n"

    assert refusal(root, stored(root, playlist.encode())) is CORRUPT
    assert refusal(root, stored(root, playlist.encode(), "call.m3u8")) is CORRUPT
    assert asked == []


def test_a_concatenation_script_opens_none_of_its_files(root, trap):
    address, asked = trap
    script = f"ffconcat version 1.0\nfile {root.parent}/secret.wav\nfile {address}/b.wav\n"

    assert refusal(root, stored(root, script.encode(), "call.ffconcat")) is CORRUPT
    assert asked == []


@pytest.mark.parametrize("container", ["wav", "ogg", "mp3", "flac", "mp4", "amr", "matroska"])
def test_no_decoder_reads_a_playlist_as_one(container, trap):
    address, asked = trap
    playlist = io.BytesIO(f"#EXTM3U\n#EXTINF:10,\n{address}/a.ts\nfile {address}/b.wav\n".encode() * 20)

    with pytest.raises(RecordingRejected) as refused:
        decode(playlist, container)

    assert refused.value.reason is CORRUPT
    assert asked == []


def test_a_film_that_keeps_its_sound_elsewhere_opens_nothing(root, trap):
    """A track of an MP4 may name another file as its data; the decoder must not follow."""
    address, asked = trap
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=8_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8_000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8_000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    name = f"{address}/c.aac".encode() + b"\0"
    outside = struct.pack(">I", 12 + len(name)) + b"url \0\0\0\0" + name
    inside = b"\0\0\0\x0curl \0\0\0\x01"
    content = target.getvalue().replace(inside, outside)
    assert content.count(outside) == 1

    assert refusal(root, stored(root, content)) is CORRUPT
    assert asked == []


def test_few_bytes_that_become_many_samples_are_too_large(root):
    bomb = silent_flac(seconds=8 * 60, rate=48_000, channels=8)
    assert len(bomb) < 1 << 20

    # Eight channels of two minutes: the length alone would pass.
    limits = DecodeLimits(samples=2 * 60 * 16_000 * 8)
    assert refusal(root, stored(root, bomb, "bomb.flac"), limits) is TOO_LARGE


def test_a_rate_no_telephone_has_is_corrupt(root):
    """One sample a second would become 16,000 of them."""
    assert refusal(root, stored(root, wav(np.zeros((4_000, 1)), rate=1))) is CORRUPT


def test_ten_hours_are_refused_before_they_are_decoded(root):
    path = root / "call.wav"
    seconds = 10 * 3_600
    with path.open("wb") as file:
        file.write(wav_header(seconds * 1_000, rate=8_000))
        file.truncate(44 + seconds * 1_000)

    limits = DecodeLimits(duration_ms=3_600_000)
    assert refusal(root, path.as_uri(), limits) is TOO_LARGE


def test_a_file_beyond_the_byte_limit_is_not_decoded(root):
    path = root / "call.wav"
    with path.open("wb") as file:
        file.write(wav_header(100 << 20))
        file.truncate(100 << 20)

    assert refusal(root, path.as_uri()) is TOO_LARGE


def test_a_header_that_promises_ten_hours_of_nothing_is_corrupt(root):
    assert refusal(root, stored(root, wav_header(10 * 3_600 * 8_000))) is CORRUPT


def test_samples_without_a_header_are_corrupt(root):
    raw = (np.sin(np.arange(80_000) / 5) * 9_000).astype("<i2").tobytes()

    assert refusal(root, stored(root, raw)) is CORRUPT


def test_an_empty_file_is_waited_for(root):
    (root / "call.wav").touch()

    with pytest.raises(RecordingMissing):
        Fetcher(FetchPolicy(roots=(root,))).fetch(Recording(uri=(root / "call.wav").as_uri()))


def test_the_devices_of_the_machine_are_no_recordings(root):
    fetcher = Fetcher(FetchPolicy(roots=(Path("/dev"), Path("/proc"))))

    for uri in ("file:///dev/zero", "file:///dev/stdin"):
        with pytest.raises((RecordingRejected, RecordingMissing)):
            fetcher.fetch(Recording(uri=uri))
