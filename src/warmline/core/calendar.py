"""Business hours: open or not, when next, and time counted in open hours."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from warmline.core.settings import Calendar, Interval, Weekday
from warmline.core.words import Instant, Millis

HORIZON_DAYS = 400
"""A calendar that does not open within this many days counts as closed for good."""

_MINUTES_A_DAY = 1440
_WEEK = tuple(Weekday)


def is_open(calendar: Calendar, at: Instant) -> bool:
    """Whether `at` lies in an open interval (its end is already closed)."""
    return any(opens <= at < closes for opens, closes in _spans(calendar, at, days=1))


def opens_at(calendar: Calendar, at: Instant) -> Instant | None:
    """`at` itself when open, else the next opening, or None when there is none in sight."""
    for opens, closes in _spans(calendar, at, days=HORIZON_DAYS):
        if at < closes:
            return max(at, opens)
    return None


def after_open_time(calendar: Calendar, at: Instant, duration: Millis) -> Instant:
    """The moment when `duration` of open time has passed since `at`.

    A calendar that never opens in sight gives `at + duration`: an aim must exist.
    """
    left = duration
    for opens, closes in _spans(calendar, at, days=HORIZON_DAYS):
        start = max(at, opens)
        if start >= closes:
            continue
        if closes - start >= left:
            return start + left
        left -= closes - start
    return at + duration


def _spans(calendar: Calendar, at: Instant, *, days: int) -> Iterator[tuple[Instant, Instant]]:
    """Open intervals of the local day of `at` and of the following days, in order."""
    zone = _zone(calendar.zone)
    day = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).date()
    for ahead in range(days):
        local = day + timedelta(days=ahead)
        for interval in _intervals(calendar, local):
            opens = _instant(local, interval.opens, zone)
            closes = _instant(local, interval.closes, zone)
            if opens < closes:
                yield opens, closes


def _intervals(calendar: Calendar, local: date) -> tuple[Interval, ...]:
    exception = calendar.exceptions.get(local.isoformat())
    given = calendar.week.get(_WEEK[local.weekday()], ()) if exception is None else exception
    return tuple(sorted(given, key=lambda interval: interval.opens))


def _instant(local: date, minutes: int, zone: ZoneInfo) -> Instant:
    """The instant of a local wall time; one that a clock change skips is taken as if it existed."""
    if minutes >= _MINUTES_A_DAY:
        local, minutes = local + timedelta(days=1), minutes - _MINUTES_A_DAY
    wall = datetime(local.year, local.month, local.day, minutes // 60, minutes % 60, tzinfo=zone)
    return int(wall.timestamp()) * 1000


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
