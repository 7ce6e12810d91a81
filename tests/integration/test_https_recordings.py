"""Recordings over TLS from a real server on this machine, well-behaved and hostile."""

import hashlib
import shutil
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from schemas.records.completed import Recording
from schemas.records.terms import DeadLetterReason
from streams.recordings import Fetcher, FetchPolicy, HostPolicy, RecordingMissing, RecordingRejected
from streams.recordings.configured import fetch_policy
from streams.recordings.copying import PrivateCopy
from streams.recordings.https import download
from streams.settings import Settings

pytestmark = pytest.mark.integration

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(200_000)
DENIED = DeadLetterReason.RECORDING_DENIED


class Server(BaseHTTPRequestHandler):
    """/call.wav is a recording; /to/<address> sends elsewhere; the other paths misbehave."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path.startswith("/to/"):
            self.answer(302, b"", Location=self.path.removeprefix("/to/").replace("PORT", str(self.port)))
        elif self.path.startswith("/status/"):
            self.answer(int(self.path.removeprefix("/status/")), b"no")
        elif self.path == "/slow":
            self.answer(200, b"", length=100)
            time.sleep(3)
        elif self.path == "/endless":
            self.endless()
        elif self.path == "/gzip":
            self.answer(200, WAV, **{"Content-Encoding": "gzip"})
        elif self.path == "/short":
            self.answer(200, WAV, length=len(WAV) + 1_000)
            self.close_connection = True
        else:
            self.answer(200, WAV, **{"Set-Cookie": "a=b"})

    @property
    def port(self):
        return self.server.server_port

    def answer(self, status, body, length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def endless(self):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            while True:
                self.wfile.write(WAV)
        except OSError:
            return

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost and files.test that signs itself."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    names = "subjectAltName=DNS:localhost,DNS:files.test,IP:127.0.0.1"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=t"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"), "-addext", names]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return folder


@pytest.fixture
def server(certificate):
    running = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    running.asked = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    running.socket = context.wrap_socket(running.socket, server_side=True)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def policy(certificate, server):
    """localhost and files.test on the server's port, this machine's own network open."""

    def build(**changes):
        facts = {
            "allowed": (f"localhost:{server.server_port}", f"files.test:{server.server_port}"),
            "networks": ("127.0.0.0/8", "::1/128"),
            "ca_file": certificate / "cert.pem",
            "seconds": 10.0,
        }
        return HostPolicy(**{**facts, **changes})

    return build


@pytest.fixture
def fetch(server, policy):
    def run(path, *, recording=None, max_bytes=1 << 20, **changes):
        uri = f"https://localhost:{server.server_port}{path}" if path.startswith("/") else path
        fetcher = Fetcher(FetchPolicy(hosts=policy(**changes), max_bytes=max_bytes))
        return fetcher.fetch(Recording(uri=uri, **(recording or {})))

    return run


def reason_of(fetch, path, **changes):
    with pytest.raises(RecordingRejected) as refused:
        fetch(path, **changes)
    assert refused.value.detail.isascii()
    return refused.value.reason


def test_a_recording_of_an_allowed_host_arrives_whole(fetch, server):
    checksum = hashlib.sha256(WAV).hexdigest()

    fetched = fetch("/call.wav?signature=x%2Fy", recording={"sha256": checksum})

    assert fetched.file.read() == WAV
    assert (fetched.sha256, fetched.container, fetched.size_bytes) == (checksum, "wav", len(WAV))
    assert server.asked == ["/call.wav?signature=x%2Fy"]
    fetched.close()


def test_nothing_is_allowed_by_default_and_nothing_is_asked(fetch, server):
    assert reason_of(fetch, "/call.wav", allowed=()) is DENIED
    assert server.asked == []


def test_an_allowed_host_in_a_private_network_is_not_asked_unless_that_is_open_too(fetch, server):
    assert reason_of(fetch, "/call.wav", networks=()) is DENIED
    address = f"127.0.0.1:{server.server_port}"
    assert reason_of(fetch, f"https://{address}/call.wav", allowed=(address,), networks=()) is DENIED
    assert server.asked == []


def test_an_authority_that_is_not_trusted_is_denied(fetch):
    assert reason_of(fetch, "/call.wav", ca_file=None) is DENIED


@pytest.mark.parametrize(
    "uri",
    ["http://localhost:PORT/call.wav", "https://user:word@localhost:PORT/call.wav", "https:///call.wav"],
)
def test_other_forms_of_address_are_denied(fetch, server, uri):
    assert reason_of(fetch, uri.replace("PORT", str(server.server_port))) is DENIED
    assert server.asked == []


def test_a_redirect_inside_the_list_is_followed(fetch, server):
    fetch("/to/https://localhost:PORT/call.wav").close()
    fetch("/to//call.wav").close()

    assert server.asked[-1] == "/call.wav"


@pytest.mark.parametrize(
    "target",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:169.254.169.254]/latest/meta-data/",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost:PORT/call.wav",
        "https://127.0.0.1:PORT/call.wav",
        "https://example.com/call.wav",
        "file:///etc/passwd",
        "ftp://localhost:PORT/call.wav",
        "https://[::1",
        "",
    ],
)
def test_a_redirect_elsewhere_is_denied_and_not_followed(fetch, server, target):
    # An empty Location leads back to the same address, and so on until there were too many.
    assert reason_of(fetch, f"/to/{target}") is DENIED
    assert set(server.asked) == {f"/to/{target}"}


def test_a_redirect_to_the_metadata_address_is_denied_even_where_it_stands_on_the_list(fetch, server):
    allowed = (f"localhost:{server.server_port}", "169.254.169.254")

    reason = reason_of(
        fetch, "/to/https://169.254.169.254/x", allowed=allowed, networks=("0.0.0.0/0", "::/0")
    )

    assert reason is DENIED
    assert server.asked == ["/to/https://169.254.169.254/x"]


async def test_a_name_that_turns_private_between_two_questions_is_asked_for_once(server, policy):
    questions = []

    async def rebinding(host, port):
        questions.append(host)
        return ["127.0.0.1"] if len(questions) == 1 else ["169.254.169.254"]

    with PrivateCopy(None, 1 << 20) as copy:
        start = f"https://files.test:{server.server_port}/to//call.wav"
        await download(start, policy(), copy, rebinding)
        copy.finished(Recording(uri=start)).close()

    assert questions == ["files.test"]


async def test_a_name_that_leads_into_a_private_network_is_denied(server, policy):
    async def private(host, port):
        return ["10.0.0.1"]

    with pytest.raises(RecordingRejected) as refused, PrivateCopy(None, 1 << 20) as copy:
        await download(f"https://files.test:{server.server_port}/call.wav", policy(), copy, private)

    assert refused.value.reason is DENIED
    assert server.asked == []


@pytest.mark.parametrize("path", ["/call.wav", "/endless"])
def test_more_bytes_than_the_limit_are_too_large(fetch, path):
    assert reason_of(fetch, path, max_bytes=100_000) is DeadLetterReason.RECORDING_TOO_LARGE


def test_a_compressed_body_is_not_unpacked(fetch):
    assert reason_of(fetch, "/gzip") is DeadLetterReason.RECORDING_CORRUPT


@pytest.mark.parametrize("path", ["/status/404", "/status/429", "/status/503", "/short"])
def test_what_may_be_there_later_is_missing(fetch, path):
    with pytest.raises(RecordingMissing):
        fetch(path)


@pytest.mark.parametrize("status", [401, 403, 410])
def test_what_the_server_refuses_is_denied(fetch, status):
    assert reason_of(fetch, f"/status/{status}") is DENIED


def test_a_server_that_holds_the_line_is_left(fetch):
    with pytest.raises(RecordingMissing, match="not fetched within"):
        fetch("/slow", seconds=0.5)


def test_a_server_that_is_not_there_is_missing(fetch):
    with pytest.raises(RecordingMissing):
        fetch("https://localhost:1/call.wav", allowed=("localhost:1",))


def test_the_settings_open_hosts_and_networks(monkeypatch):
    assert fetch_policy(Settings()).hosts.allowed == ()
    monkeypatch.setenv("CALLQA_RECORDING_HOSTS", "files.example.com, pbx.local:8443")
    monkeypatch.setenv("CALLQA_RECORDING_NETWORKS", "10.20.0.0/16")

    policy = fetch_policy(Settings())

    assert policy.hosts.permits_host("pbx.local", 8443)
    assert policy.hosts.permits_address("10.20.3.4")
    monkeypatch.setenv("CALLQA_RECORDING_NETWORKS", "10.20.0.0/99")
    with pytest.raises(ValueError, match="10.20"):
        fetch_policy(Settings())
