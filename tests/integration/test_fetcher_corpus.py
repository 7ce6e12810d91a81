"""Recordings made to harm, through the whole voice stage: each ends in its dead letter.

The stage runs with its real fetcher and a real child that decodes. A server beside it, and files outside the
folder, tell whether anything was asked for or read that the event had no business to name.
"""

import asyncio
import io
import json
import os
import shutil
import ssl
import struct
import subprocess
import threading
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources

import av
import numpy as np
import pytest
from msgspec.structs import replace

from processors.transcription.hearing import HearingOptions
from schemas.codec import Codec
from schemas.plain import from_plain
from schemas.records.completed import InteractionCompleted, Recording
from schemas.records.terms import DeadLetterReason, Role
from schemas.topics import COMPLETED, TRANSCRIBED
from streams.asr_child import AsrPool
from streams.asr_child.configured import configured_child
from streams.recordings import Fetcher, FetchPolicy, HostPolicy
from streams.settings import Settings
from streams.stages.outcome import Incoming, Unprocessable
from streams.stages.transcription import Hearer, Lateness, TranscriptionSteps

pytestmark = pytest.mark.integration

DENIED = DeadLetterReason.RECORDING_DENIED
CORRUPT = DeadLetterReason.RECORDING_CORRUPT
TOO_LARGE = DeadLetterReason.RECORDING_TOO_LARGE
MISSING = DeadLetterReason.RECORDING_MISSING


class Trap(BaseHTTPRequestHandler):
    """Remembers what it is asked for. ``/to/<address>`` leads there, all else is a recording."""

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(speech())

    def log_message(self, *_):
        pass


def served(handler, context=None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.asked = []
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=t"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    names = ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, *files, *names], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def listed(certificate):
    """The one host that recordings may come from, over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = served(Trap, context)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def trap():
    """A host that nobody may be led to."""
    server = served(Trap)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    outside = tmp_path_factory.mktemp("files")
    (outside / "secret.wav").write_bytes(speech())
    (outside / "recordings").mkdir()
    return outside / "recordings"


@pytest.fixture(scope="module")
def hearer(folder, listed, certificate, tmp_path_factory):
    settings = Settings(model="scripted", data_dir=tmp_path_factory.mktemp("data"))
    hosts = HostPolicy(
        allowed=(f"localhost:{listed.server_port}",),
        networks=("127.0.0.0/8", "::1/128"),
        ca_file=certificate / "cert.pem",
        seconds=10,
    )

    class Unheard:
        def known(self, job):
            return None

    pool = AsrPool(configured_child(settings))
    yield Hearer(
        pool=pool,
        fetcher=Fetcher(FetchPolicy(roots=(folder,), hosts=hosts, max_bytes=64 << 20)),
        hearings=Unheard(),
        options_for=lambda language, queue: HearingOptions(),
    )
    asyncio.run(pool.close())


@pytest.fixture
async def outcome(hearer):
    """The outcome of one event with that recording, half an hour after the call."""
    codec = Codec()
    path = resources.files("schemas") / "examples" / "InteractionCompleted" / "voice.pass.json"
    event = from_plain(json.loads(path.read_text(encoding="utf-8")), InteractionCompleted)
    lateness = Lateness(wait_ms=1_800_000, retry_ms=300_000)
    steps = TranscriptionSteps(codec, hearer, lateness, lambda: event.ended_at + 1_800_000)
    await steps.open()

    async def run(uri, sha256=None):
        told = Recording(uri=uri, sha256=sha256, channel_roles=(Role.AGENT, Role.CUSTOMER))
        value = codec.encode(replace(event, recordings=(told,)))
        record = Incoming(COMPLETED, 0, 1, event.ended_at, event.interaction_id.encode(), value)
        details = []
        try:
            (output,) = await steps.work(record, steps.admit(record))
            return output.topic
        except Unprocessable as refused:
            details.append(refused.detail)
            return refused.reason
        finally:
            assert all(detail.isascii() and "secret" not in detail for detail in details)

    return run


def speech():
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes(np.full((8_000, 2), 900, dtype="<i2").tobytes())
    return target.getvalue()


def mu_law_header(data_bytes):
    form = struct.pack("<HHIIHH", 7, 1, 8_000, 8_000, 1, 8)
    riff = b"RIFF" + struct.pack("<I", min(data_bytes + 36, 0xFFFFFFFF)) + b"WAVEfmt "
    return riff + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", data_bytes)


def sample_bomb():
    """Five hours of nothing in some kilobytes."""
    target = io.BytesIO()
    with av.open(target, "w", format="flac") as out:
        stream = out.add_stream("flac", rate=8_000, layout="mono")
        block = np.zeros((1, 65_535), dtype=np.int16)
        for _ in range(5 * 3_600 * 8_000 // 65_535 + 1):
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate = 8_000
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    assert len(target.getvalue()) < 4 << 20
    return target.getvalue()


def sparse(path, header, size):
    with path.open("wb") as file:
        file.write(header)
        file.truncate(size)


async def test_a_good_recording_from_either_place_is_heard(outcome, folder, listed):
    (folder / "good.wav").write_bytes(speech())

    assert await outcome((folder / "good.wav").as_uri()) == TRANSCRIBED
    assert await outcome(f"https://localhost:{listed.server_port}/good.wav") == TRANSCRIBED


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/iam/",
        "https://169.254.169.254/latest/meta-data/iam/",
        "https://2852039166/latest/meta-data/",
        "https://0xa9fea9fe/latest/meta-data/",
        "https://0251.0376.0251.0376/latest/meta-data/",
        "https://[::ffff:a9fe:a9fe]/latest/meta-data/",
        "https://127.1:TRAP/a.wav",
        "http://127.0.0.1:TRAP/a.wav",
        "file:///etc/passwd",
    ],
)
async def test_a_redirect_to_metadata_or_another_host_is_denied_and_not_followed(
    outcome, listed, trap, target
):
    listed.asked.clear()
    address = target.replace("TRAP", str(trap.server_port))

    assert await outcome(f"https://localhost:{listed.server_port}/to/{address}") is DENIED

    assert listed.asked == [f"/to/{address}"]
    assert trap.asked == []


@pytest.mark.parametrize("path", ["../secret.wav", "%2e%2e/secret.wav", "link.wav", "folder/secret.wav"])
async def test_a_file_outside_the_folder_is_denied(outcome, folder, path):
    for name, target in (("link.wav", folder.parent / "secret.wav"), ("folder", folder.parent)):
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(target)

    assert await outcome(f"file://{folder}/{path}") is DENIED


@pytest.mark.parametrize(
    "script",
    [
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nTRAP/a.ts\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXTINF:10,\nfile://OUTSIDE/secret.wav\n",
        "ffconcat version 1.0\nfile OUTSIDE/secret.wav\nfile TRAP/b.wav\n",
        "<?xml version='1.0'?><MPD><BaseURL>TRAP/</BaseURL></MPD>",
    ],
    ids=["HLS", "HLS of a file", "concat", "DASH"],
)
async def test_a_playlist_or_script_opens_nothing(outcome, folder, trap, script):
    told = script.replace("TRAP", f"http://127.0.0.1:{trap.server_port}").replace(
        "OUTSIDE", str(folder.parent)
    )
    path = folder / "script.wav"
    path.write_text(told)
    before = os.stat(folder.parent / "secret.wav").st_atime_ns

    assert await outcome(path.as_uri()) is CORRUPT

    assert trap.asked == []
    assert os.stat(folder.parent / "secret.wav").st_atime_ns == before


async def test_a_sample_bomb_is_too_large(outcome, folder):
    (folder / "bomb.flac").write_bytes(sample_bomb())

    assert await outcome((folder / "bomb.flac").as_uri()) is TOO_LARGE


async def test_ten_hours_are_too_large(outcome, folder):
    ten_hours = 10 * 3_600 * 8_000
    sparse(folder / "long.wav", mu_law_header(ten_hours), 44 + ten_hours)

    assert await outcome((folder / "long.wav").as_uri()) is TOO_LARGE


async def test_samples_without_a_header_are_corrupt(outcome, folder):
    path = folder / "raw.wav"
    path.write_bytes((np.sin(np.arange(80_000) / 5) * 9_000).astype("<i2").tobytes())

    assert await outcome(path.as_uri()) is CORRUPT


async def test_no_bytes_are_waited_for_and_then_missing(outcome, folder):
    (folder / "empty.wav").touch()

    assert await outcome((folder / "empty.wav").as_uri()) is MISSING


async def test_other_bytes_than_the_event_states_are_corrupt(outcome, folder):
    (folder / "other.wav").write_bytes(speech())

    assert await outcome((folder / "other.wav").as_uri(), sha256="ab" * 32) is CORRUPT


@pytest.mark.parametrize(
    "uri", ["s3://calls/a.wav", "http://localhost/a.wav", "ftp://h/a", "pipe:0", "data:,x"]
)
async def test_what_is_not_served_is_denied(outcome, uri):
    assert await outcome(uri) is DENIED
