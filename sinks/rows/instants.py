"""Points in time as ClickHouse keeps them: business days, bounded dates, versions that decide who wins."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = date(1970, 1, 1)
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2299, 12, 31)
_FIRST_MS, _LAST_MS = -2_208_988_800_000, 10_413_791_999_999
_TIE_BITS = 20
_HORIZON_MS = 1 << 43
_LATEST_MS = _HORIZON_MS - 1


def business_day(at_ms: int, zone: str) -> date:
    """The local day of ``at_ms`` in an IANA ``zone``; in UTC where the zone is not known.

    Outside 1900-2299, the range of ClickHouse's Date32, it is the nearest day that can be stored: a ledger
    row must not fail on an event that is contradictory.
    """
    bounded = min(max(at_ms, _FIRST_MS), _LAST_MS)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=bounded)
    try:
        local = moment.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError, OverflowError):
        local = moment
    return min(max(local.date(), _FIRST_DAY), _LAST_DAY)


def day_number(days: int | None) -> date | None:
    """Days since 1970-01-01 as a date, cut to what Date32 can hold."""
    if days is None:
        return None
    bounded = min(max(days, (_FIRST_DAY - _EPOCH).days), (_LAST_DAY - _EPOCH).days)
    return _EPOCH + timedelta(days=bounded)


def storable(at_ms: int | None) -> int | None:
    """``at_ms`` where DateTime64(3) can show it (1900-2299), else null."""
    return at_ms if at_ms is not None and _FIRST_MS <= at_ms <= _LAST_MS else None


def first_wins(at_ms: int, tie: str) -> int:
    """A version for ReplacingMergeTree, which keeps the highest, under which the earliest ``at_ms`` wins.

    Two rows of the same millisecond are told apart by a hash of ``tie``, so that every order of arrival ends
    alike. Fits UInt64 for times from 1970 to 2248; others are cut to that range.
    """
    bounded = min(max(at_ms, 0), _LATEST_MS)
    digest = hashlib.blake2b(tie.encode(), digest_size=4).digest()
    return ((_HORIZON_MS - bounded) << _TIE_BITS) | (int.from_bytes(digest) >> (32 - _TIE_BITS))


def last_wins(at_ms: int | None, preferred: bool) -> int:
    """A version under which the latest ``at_ms`` wins, null being the earliest; ``preferred`` on a tie."""
    return (min(max(at_ms or 0, 0), _LATEST_MS) << 1) | int(preferred)
