"""Times as operators type them: ISO 8601 with or without zone, epoch milliseconds, or an age such as 2h."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_AGE = re.compile(r"([0-9]+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_EPOCH_MS = re.compile(r"[0-9]{12,}")
_LATEST_MS = 4_102_444_800_000
SITE_ZONE = "Asia/Shanghai"
"""Zone of times that are typed without one."""


def parse_time(text: str, *, now_ms: int, zone: str = SITE_ZONE) -> int:
    """Epoch milliseconds. A time without a zone is local time in ``zone``; ``2h`` is two hours before now.

    Raises ValueError that says what is accepted.
    """
    age = _AGE.fullmatch(text)
    if age:
        return now_ms - int(age[1]) * _SECONDS[age[2]] * 1000
    try:
        if _EPOCH_MS.fullmatch(text):
            return _in_this_century(int(text))
        moment = datetime.fromisoformat(text)
    except ValueError:
        accepted = "2026-11-23T08:00, 2026-11-23T08:00+08:00, 2h, 1d or epoch milliseconds"
        raise ValueError(f"'{text}' is no time; write {accepted}") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return round(moment.timestamp() * 1000)


def _in_this_century(at_ms: int) -> int:
    if at_ms >= _LATEST_MS:
        raise ValueError("microseconds, or a slip of the key")
    return at_ms


def shown(at_ms: int, zone: str = SITE_ZONE) -> str:
    """A time in UTC and in local time, with its zones."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    local = moment.astimezone(ZoneInfo(zone))
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC ({local:%Y-%m-%d %H:%M:%S %Z})"


def local(at_ms: int, zone: str = SITE_ZONE) -> str:
    """A time as a person in ``zone`` reads it, to the millisecond; name the zone beside it."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    return f"{moment:%Y-%m-%d %H:%M:%S}.{at_ms % 1000:03d}"
