"""Which hosts recordings may come from, and which network addresses those hosts may have.

A host name is data of whoever runs its zone. What it resolves to is therefore checked once and used as it
was checked: a second answer is never asked for (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from msgspec import Struct

from streams.recordings.refusals import denied

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Awaitable[list[str]]]
"""Addresses of a host name, as text. Raises ``OSError``."""

# Where clouds keep credentials of the machine. No setting opens these.
_METADATA = tuple(
    ipaddress.ip_network(network)
    for network in (
        "169.254.0.0/16",
        "fe80::/10",
        "fd00:ec2::254/128",
        "fd20:ce::254/128",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "192.0.0.192/32",
    )
)
# Global by the registry, but ways to write an IPv4 address, or given up: no recording lies there.
_NOWHERE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "::/96",
        "::ffff:0:0:0/96",
        "64:ff9b:1::/48",
        "fec0::/10",
        "192.88.99.0/24",
        "192.0.0.0/24",
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_HTTPS_PORT = 443


class HostPolicy(Struct, frozen=True, kw_only=True):
    """From where ``https://`` recordings may come; from nowhere by default.

    ``allowed`` are ``host`` or ``host:port``, exactly as events write them. ``networks`` (CIDR) are private
    networks in which such a host may lie. ``ca_file`` is trusted instead of the system's authorities.
    """

    allowed: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    ca_file: Path | None = None
    seconds: float = 120.0
    redirects: int = 3

    def permits_host(self, host: str, port: int) -> bool:
        """Whether the host stands on the list; without a port only 443 is meant."""
        name = f"[{host}]" if ":" in host else host.lower()
        return any(
            entry == f"{name}:{port}" or (port == _HTTPS_PORT and entry == name)
            for entry in map(str.lower, self.allowed)
        )

    def permits_address(self, text: str) -> bool:
        """Whether a connection to this address may be made at all."""
        address = _meant(ipaddress.ip_address(text.partition("%")[0]))
        if any(address in network for network in _METADATA):
            return False
        if any(address in ipaddress.ip_network(network) for network in self.networks):
            return True
        if any(address in network for network in _NOWHERE):
            return False
        return address.is_global and not address.is_multicast


class PinningResolver(AbstractResolver):
    """Asks for each host once and gives only addresses that the policy permits."""

    def __init__(self, policy: HostPolicy, lookup: Lookup | None = None) -> None:
        self._policy = policy
        self._lookup = lookup or _system_lookup
        self._known: dict[str, list[str]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Addresses to connect to. Raises ``RecordingRejected`` where any of them is not permitted."""
        if host not in self._known:
            found = await self._lookup(host, port)
            if not all(self._policy.permits_address(address) for address in found):
                raise denied("host has an address in a network that is not served")
            self._known[host] = found
        return [_result(host, port, address) for address in self._known[host]]

    async def close(self) -> None:
        """Nothing is held open."""


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _result(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)


async def _system_lookup(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    answers: list[Any] = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))
