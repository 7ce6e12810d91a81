"""The clock of the demo: times of a day, as epoch milliseconds."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LAST_EVENT = time(19, 0)


class DemoDay:
    """One business day at a site."""

    def __init__(self, day: date, timezone: str) -> None:
        self._day = day
        self._zone = ZoneInfo(timezone)

    def at(self, clock: str) -> int:
        """Epoch milliseconds of ``HH:MM:SS`` on this day at the site.

        Raises:
            ValueError: not a time of day.
        """
        moment = datetime.combine(self._day, time.fromisoformat(clock), tzinfo=self._zone)
        return int(moment.timestamp()) * 1000


def latest_full_day(now_ms: int, timezone: str) -> date:
    """The latest day whose demo events all lie in the past: today after business hours, else yesterday."""
    now = datetime.fromtimestamp(now_ms / 1000, tz=ZoneInfo(timezone))
    return now.date() if now.time() >= LAST_EVENT else now.date() - timedelta(days=1)
