"""``https://`` recordings from allowed hosts: every hop checked, bytes and time bounded."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import ssl

import aiohttp
from yarl import URL

from schemas.records.terms import DeadLetterReason
from streams.recordings.addresses import HostPolicy, Lookup, PinningResolver
from streams.recordings.copying import PrivateCopy
from streams.recordings.refusals import RecordingMissing, RecordingRejected, denied

_CHUNK_BYTES = 1 << 18
_OK = 200
_PLAIN = re.compile(r"[!-~]*")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Not there yet, or a server that may recover: worth another try.
_LATER = frozenset({404, 408, 425, 429})
_SERVER_ERROR = 500


async def download(address: str, policy: HostPolicy, copy: PrivateCopy, lookup: Lookup | None = None) -> None:
    """Add the body at ``address`` to ``copy``, following redirects that the policy permits.

    Raises ``RecordingMissing`` where the server has nothing yet, does not answer or takes too long, and
    ``RecordingRejected``. No proxy, cookie or credential of this machine is used.
    """
    connector = aiohttp.TCPConnector(
        resolver=PinningResolver(policy, lookup), use_dns_cache=False, ssl=_trust(policy), limit=1
    )
    try:
        async with (
            asyncio.timeout(policy.seconds),
            aiohttp.ClientSession(
                connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
            ) as session,
        ):
            await _follow(session, address, policy, copy)
    except TimeoutError:
        raise RecordingMissing(f"not fetched within {policy.seconds:.0f} s") from None
    except aiohttp.ClientSSLError:
        raise denied("no trusted certificate") from None
    except (aiohttp.ClientError, OSError) as error:
        refusal = _refusal_behind(error)
        if refusal is not None:
            raise refusal from None
        raise RecordingMissing(f"server not reached ({type(error).__name__})") from None


async def _follow(
    session: aiohttp.ClientSession, address: str, policy: HostPolicy, copy: PrivateCopy
) -> None:
    url = _permitted(address, policy)
    for _ in range(policy.redirects + 1):
        async with session.get(
            url, allow_redirects=False, headers={"Accept-Encoding": "identity"}
        ) as response:
            if response.status not in _REDIRECTS:
                await _read(response, copy)
                return
            target = response.headers.get("Location", "")
        url = _permitted(_joined(url, target), policy)
    raise denied("too many redirects")


async def _read(response: aiohttp.ClientResponse, copy: PrivateCopy) -> None:
    if response.status in _LATER or response.status >= _SERVER_ERROR:
        raise RecordingMissing(f"server answers {response.status}")
    if response.status != _OK:
        raise denied(f"server answers {response.status}")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise RecordingRejected(DeadLetterReason.RECORDING_CORRUPT, "compressed on the way unasked")
    copy.expect(response.content_length or 0)
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        copy.add(chunk)


def _permitted(address: str, policy: HostPolicy) -> URL:
    try:
        url = _parsed(address)
        host, port = url.host, url.port
    except ValueError:
        raise denied("malformed address") from None
    if url.scheme != "https" or not host or port is None:
        raise denied("only https addresses are followed")
    if url.user is not None or url.password is not None:
        raise denied("address with a user or a password")
    if not policy.permits_host(host, port):
        raise denied("host is not on the list")
    # aiohttp connects to a literal address without asking the resolver.
    if _is_literal(host) and not policy.permits_address(host):
        raise denied("host has an address in a network that is not served")
    return url


def _parsed(address: str) -> URL:
    """Escapes stay as they are written: a signature in the query counts every byte."""
    return URL(address, encoded=_PLAIN.fullmatch(address) is not None)


def _joined(url: URL, target: str) -> str:
    try:
        return str(url.join(_parsed(target)))
    except ValueError:
        raise denied("malformed redirect") from None


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _trust(policy: HostPolicy) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(policy.ca_file) if policy.ca_file else None)


def _refusal_behind(error: BaseException) -> RecordingRejected | None:
    """A refusal of the resolver reaches us inside the client's own error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, RecordingRejected):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None
