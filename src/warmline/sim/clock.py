"""The days of a model: when they begin, which weekday they are, what a time of day is in them."""

from datetime import UTC, date, datetime, timedelta

from warmline.core.settings import Weekday
from warmline.core.words import DAY, MINUTE, Instant, Millis
from warmline.sim.model import Model

_WEEK = tuple(Weekday)


def first_midnight(model: Model) -> Instant:
    """The moment the first day begins."""
    day = date.fromisoformat(model.starts)
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def weekday(model: Model, day: int) -> Weekday:
    """The day of the week of the day number `day`, 0 is the first."""
    return _WEEK[(date.fromisoformat(model.starts) + timedelta(days=day)).weekday()]


def time_of_day(clock: str) -> Millis:
    """The time from midnight to `clock`.

    >>> time_of_day("01:30")
    5400000
    """
    hours, minutes = clock.split(":")
    return (int(hours) * 60 + int(minutes)) * MINUTE


def midnight(model: Model, day: int) -> Instant:
    """The moment the day number `day` begins."""
    return first_midnight(model) + day * DAY
