"""Times as operators type them: ISO 8601 with or without zone, epoch milliseconds, or an age such as 2h."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_AGE = re.compile(r"(\d+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_EPOCH_MS_DIGITS = 12


def parse_time(text: str, *, now_ms: int, zone: str = "Asia/Shanghai") -> int:
    """Epoch milliseconds. A time without a zone is local time in ``zone``; ``2h`` is two hours before now.

    Raises ValueError that says what is accepted.
    """
    age = _AGE.fullmatch(text)
    if age:
        return now_ms - int(age[1]) * _SECONDS[age[2]] * 1000
    if text.isdigit() and len(text) >= _EPOCH_MS_DIGITS:
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        accepted = "2026-11-23T08:00, 2026-11-23T08:00+08:00, 2h, 1d or epoch milliseconds"
        raise ValueError(f"'{text}' is no time; write {accepted}") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return int(moment.timestamp() * 1000)


def shown(at_ms: int, zone: str = "Asia/Shanghai") -> str:
    """A time in UTC and in local time, with its zones."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    local = moment.astimezone(ZoneInfo(zone))
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC ({local:%Y-%m-%d %H:%M:%S %Z})"
