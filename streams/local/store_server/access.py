"""Who may use the store."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from streams.local.store_server.faults import Code, refuse


class Credentials(Struct, frozen=True):
    """The store's one user. The store has no roles: whoever may use it may use all of it."""

    user: str
    password: str

    def check(self, headers: Mapping[str, str], query: Mapping[str, str]) -> None:
        """Compare what a request brings in its headers, by basic auth or in its URL, as ClickHouse takes it.

        Raises :class:`Fault` (REQUIRED_PASSWORD when none is given, else AUTHENTICATION_FAILED).
        """
        user, password = _given(headers, query)
        same_user = hmac.compare_digest(user.encode(), self.user.encode())
        if same_user and hmac.compare_digest(password.encode(), self.password.encode()):
            return
        if not password and same_user:
            raise refuse(Code.REQUIRED_PASSWORD, f"{self.user}: Authentication failed: password is required.")
        raise refuse(
            Code.AUTHENTICATION_FAILED,
            "Authentication failed: password is incorrect, or there is no user with such name.",
        )


def _given(headers: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str]:
    if "X-ClickHouse-User" in headers or "X-ClickHouse-Key" in headers:
        return headers.get("X-ClickHouse-User", "default"), headers.get("X-ClickHouse-Key", "")
    scheme, _, value = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise refuse(
                Code.AUTHENTICATION_FAILED, "Invalid authentication: broken basic credentials."
            ) from None
        return user, password
    return query.get("user", "default"), query.get("password", "")


def check_origin(headers: Mapping[str, str]) -> None:
    """Refuse web pages: a browser lets any page send requests to this machine, also under a name of its own.

    Raises :class:`Fault` (ACCESS_DENIED) for a page of another origin, and for a Host that is a domain name,
    because the store listens on the loopback address only.
    """
    host = headers.get("Host", "")
    origin = headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != host:
        raise refuse(Code.ACCESS_DENIED, "Requests from web pages of another origin are refused.")
    if not _is_local(urlsplit(f"//{host}").hostname or ""):
        raise refuse(Code.ACCESS_DENIED, "The store answers to addresses and local names only.")


def _is_local(name: str) -> bool:
    if "." not in name or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
