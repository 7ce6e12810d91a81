"""Loopback ports for the embedded parts."""

from __future__ import annotations

import contextlib
import secrets
import socket

# Below the range that Linux (32768) and macOS (49152) give to outgoing connections, so that no client
# takes a stopped server's port before it comes back.
_LOWEST, _HIGHEST = 20_000, 32_000
_ATTEMPTS = 200


class NoFreePort(Exception):
    """No port of the range could be bound."""


def is_free(port: int) -> bool:
    """Whether a server could bind ``port`` on the loopback interface now."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(*, excluding: frozenset[int] = frozenset()) -> int:
    """A free loopback port chosen at random. Raises NoFreePort."""
    for _ in range(_ATTEMPTS):
        port = _LOWEST + secrets.randbelow(_HIGHEST - _LOWEST)
        if port not in excluding and is_free(port):
            return port
    raise NoFreePort(f"no free port between {_LOWEST} and {_HIGHEST} on 127.0.0.1")
