"""What a person usually does: which language, channel, time of day and agent, counted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from warmline.core.words import SECOND, Instant
from warmline.ports import Contact

CONTACTS = 200
"""So many of the newest contacts are counted."""
PARTS_OF_DAY: Sequence[tuple[int, str]] = (
    (6, "night"),
    (11, "morning"),
    (14, "midday"),
    (18, "afternoon"),
    (23, "evening"),
    (24, "night"),
)
"""Until which hour each part of the day lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What somebody does most often: `count` of `of` times."""

    value: str
    count: int
    of: int

    def plain(self) -> dict[str, object]:
        """As a screen reads it."""
        return {"value": self.value, "count": self.count, "of": self.of}


def part_of_day(at: Instant, zone: ZoneInfo) -> str:
    """The part of the day in the center's zone.

    >>> part_of_day(1_781_000_000_000, ZoneInfo("UTC"))  # 10:13
    'morning'
    """
    hour = datetime.fromtimestamp(at / SECOND, zone).hour
    return next(name for until, name in PARTS_OF_DAY if hour < until)


def most(values: Iterable[str | None]) -> Habit | None:
    """What is there most often; of equals, what came first in the list.

    >>> most(["pl", None, "en", "pl"])
    Habit(value='pl', count=2, of=3)
    """
    counted = Counter(value for value in values if value is not None)
    if not counted:
        return None
    value, count = counted.most_common(1)[0]
    return Habit(value=value, count=count, of=counted.total())


def habits(contacts: Sequence[Contact], zone: ZoneInfo) -> Mapping[str, Habit | None]:
    """What a person does most often; the contacts are the newest first."""
    return {
        "language": most(one.language for one in contacts),
        "channel": most(one.medium.value for one in contacts),
        "time": most(part_of_day(one.at, zone) for one in contacts),
        "agent": most(one.agent for one in contacts),
    }
