"""Who of the sample shop works when: shifts that rotate, the same in the made-up past and today."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from warmline.core.words import HOUR, SECOND, Instant
from warmline.demo import shop

ZONE = ZoneInfo(shop.ZONE)
CREWS = (
    ("nora", "tomas", "helen", "piet", "arthur", "bruno", "maja"),
    ("zofia", "rafal", "ewa", "oskar", "lidia", "jan", "kasia"),
    ("pavel", "ilya", "vera", "gleb", "sofia", "fedor", "irina", "yana"),
    ("anna", "daria"),
)
"""Those who cover the day together: a crew for each language, and the two with a chair."""
SHIFTS = ((6, 14), (9, 17), (12, 20), (14, 22), (22, 30), None, None)
"""Each agent's week, day by day: from and to in local hours, after 24 the next morning; days off.

The seven of a crew are each at another day of it, so that every shift has one of them.
"""
_PLACES: Mapping[str, int] = {id_: place for crew in CREWS for place, id_ in enumerate(crew)}


def shift(agent: str, day: date) -> tuple[Instant, Instant] | None:
    """When an agent works on a day, None on a day off."""
    hours = SHIFTS[(day.toordinal() + _PLACES[agent]) % len(SHIFTS)]
    if hours is None:
        return None
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    start = int(midnight.timestamp() * SECOND)
    return start + hours[0] * HOUR, start + hours[1] * HOUR


def shifts(agent: str, since: Instant, until: Instant) -> Iterator[tuple[Instant, Instant]]:
    """The shifts that begin between two instants."""
    day = _day(since) - timedelta(days=1)
    while day <= _day(until):
        times = shift(agent, day)
        if times is not None and since < times[0] <= until:
            yield times
        day += timedelta(days=1)


def on_duty(agent: str, at: Instant) -> bool:
    """Whether an agent works at an instant."""
    today = _day(at)
    found = (shift(agent, day) for day in (today - timedelta(days=1), today))
    return any(times is not None and times[0] <= at < times[1] for times in found)


def _day(at: Instant) -> date:
    return datetime.fromtimestamp(at / SECOND, ZONE).date()
