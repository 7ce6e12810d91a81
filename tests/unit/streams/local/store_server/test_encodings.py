"""Bodies are decoded while they are read, and responses encoded piece by piece."""

import bz2
import gzip
import lzma
import tempfile
import zlib
from collections.abc import Callable
from typing import IO

import cramjam
import lz4.frame
import pytest

from streams.local.store_server.encodings import Body, encoder, response_encoding
from streams.local.store_server.faults import Fault

TEXT = "坐席,客户\n".encode() * 50_000


def _packed(name: str, data: bytes) -> bytes:
    packer = encoder(name)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "lz4": lz4.frame.compress,
    "zstd": lambda data: _packed("zstd", data),
    "br": lambda data: bytes(cramjam.brotli.compress(data)),
    "snappy": lambda data: bytes(cramjam.snappy.compress(data)),
    "xz": lzma.compress,
    "bz2": bz2.compress,
}


def _spooled(data: bytes) -> IO[bytes]:
    spooled = tempfile.SpooledTemporaryFile(max_size=1000)  # noqa: SIM115
    spooled.write(data)
    return spooled


def _read_all(body: Body) -> bytes:
    return b"".join(iter(lambda: body.read(70_001), b""))


@pytest.mark.parametrize("name", PACKERS)
def test_a_body_reads_as_it_was_before_encoding(name: str) -> None:
    body = Body(_spooled(PACKERS[name](TEXT)), name, len(TEXT))

    assert _read_all(body) == TEXT


@pytest.mark.parametrize("name", [name for name in PACKERS if name not in ("", "identity")])
def test_a_broken_body_is_named_so(name: str) -> None:
    body = Body(_spooled(b"\x00\x01 not encoded at all" * 9), name, len(TEXT))

    with pytest.raises(Fault) as raised:
        _read_all(body)

    assert raised.value.code == 271


@pytest.mark.parametrize("name", ["gzip", "lz4", "zstd", "xz", "bz2"])
def test_a_body_cut_short_is_never_taken_for_whole(name: str) -> None:
    body = Body(_spooled(PACKERS[name](TEXT)[:-9]), name, len(TEXT))

    with pytest.raises(Fault) as raised:
        _read_all(body)

    assert raised.value.code == 271


@pytest.mark.parametrize("name", ["", "gzip", "lz4", "zstd"])
def test_a_body_that_unpacks_to_more_than_allowed_is_refused(name: str) -> None:
    body = Body(_spooled(PACKERS[name](TEXT)), name, len(TEXT) - 1)

    with pytest.raises(Fault) as raised:
        _read_all(body)

    assert raised.value.code == 307


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(Fault) as raised:
        Body(_spooled(b""), "compress", 1)

    assert raised.value.code == 48


@pytest.mark.parametrize("name", ["gzip", "deflate", "lz4", "zstd", "br"])
def test_an_encoded_response_reads_as_it_was(name: str) -> None:
    packer = encoder(name)

    packed = b"".join([packer.compress(TEXT[:1000]), packer.compress(TEXT[1000:]), packer.flush()])

    assert _read_all(Body(_spooled(packed), name, len(TEXT))) == TEXT


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate", "gzip"),
        ("lz4,zstd,gzip", "lz4"),
        ("GZIP;q=1.0", "gzip"),
        ("identity", None),
        ("", None),
        ("unheard-of", None),
    ],
)
def test_the_response_takes_an_encoding_the_client_offers(accepted: str, chosen: str | None) -> None:
    assert response_encoding(accepted) == chosen
