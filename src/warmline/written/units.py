"""Values as people write them: "10 min", "billing >= 3", "80 % in 20 s", "08:00-18:00"."""

import re
from dataclasses import dataclass

from warmline.core.settings import HIGHEST_LEVEL, Interval, Measure, Need, Target
from warmline.core.words import DAY, HOUR, MINUTE, SECOND, Millis, SkillId
from warmline.written.problems import Wrong, nearest

UNITS: dict[str, Millis] = {"ms": 1, "s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY}
_ALIASES = {"sec": "s", "second": "s", "seconds": "s", "m": "min", "mins": "min", "minute": "min",
            "minutes": "min", "hour": "h", "hours": "h", "day": "d", "days": "d"}  # fmt: skip
DURATION = r"\d{1,9}(?:\.\d{1,3})? ?[a-z]+(?: \d{1,9}(?:\.\d{1,3})? ?[a-z]+)*"
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?([a-z]+)")
_HOW = "Write a number with its unit: 90 s, 10 min, 2 h."
_NEED = re.compile(r"(\S+?)(?:\s*>=\s*(\d{1,3}))?")
_TARGET = re.compile(rf"(\d{{1,3}}) ?% (?:in|within) ({DURATION}?)( of business hours)?")
_CONDITION = re.compile(r"([a-z_ ]+?)\s*(>=|<=)\s*(.+)")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_MIDNIGHT_MINUTES = 1440
_HUNDRED = 100


def duration(text: str) -> Millis:
    """A duration in milliseconds.

    >>> duration("1 h 30 min"), duration("90 s"), duration("0")
    (5400000, 90000, 0)
    """
    if text == "0":
        return 0
    if not re.fullmatch(DURATION, text):
        raise Wrong("not_a_duration", f"{text[:40]!r} is not a duration.", _HOW)
    total = 0.0
    for number, unit in _PART.findall(text):
        known = _ALIASES.get(unit, unit)
        if known not in UNITS:
            raise Wrong("not_a_duration", f"There is no unit {unit[:20]}.", _HOW)
        total += float(number) * UNITS[known]
    if total != round(total):
        raise Wrong("not_a_duration", f"{text[:40]!r} is finer than a millisecond.", _HOW)
    return round(total)


def said_duration(length: Millis, *, seconds: bool = False) -> str:
    """A duration in the largest unit that says it without a fraction; `seconds` at most.

    >>> said_duration(5400000), said_duration(20000), said_duration(600000, seconds=True)
    ('90 min', '20 s', '600 s')
    """
    if length == 0:
        return "0 s"
    for unit in ("s",) if seconds else ("h", "min", "s"):
        if length % UNITS[unit] == 0:
            return f"{length // UNITS[unit]} {unit}"
    return f"{length} ms"


def need(text: str) -> Need:
    """A skill with the least level that will do; without one, 1.

    >>> need("billing >= 3")
    Need(skill='billing', level=3)
    """
    found = _NEED.fullmatch(text)
    if found is None:
        raise Wrong("not_a_need", f"{text[:60]!r} is not a skill.", "Write it as: billing >= 3.")
    level = int(found[2] or 1)
    if not 1 <= level <= HIGHEST_LEVEL:
        raise Wrong(
            "out_of_range", f"There is no level {level}.", f"Levels are 1 to {HIGHEST_LEVEL}."
        )
    return Need(skill=SkillId(found[1]), level=level)


def said_need(given: Need) -> str:
    """A need as it is written."""
    return given.skill if given.level == 1 else f"{given.skill} >= {given.level}"


def target(text: str) -> Target:
    """A service level.

    >>> target("80 % in 20 s")
    Target(within_ms=20000, share_pct=80, in_business_hours=False)
    """
    found = _TARGET.fullmatch(text)
    if found is None:
        raise Wrong(
            "not_a_target",
            f"{text[:60]!r} is not a service level.",
            "Write it as: 80 % in 20 s, or 80 % in 4 h of business hours.",
        )
    if int(found[1]) > _HUNDRED:
        raise Wrong("out_of_range", f"{found[1]} % is too much.", "A share is 0 to 100 %.")
    return Target(
        share_pct=int(found[1]), within_ms=duration(found[2]), in_business_hours=bool(found[3])
    )


def said_target(given: Target) -> str:
    """A service level as it is written."""
    hours = " of business hours" if given.in_business_hours else ""
    return f"{given.share_pct} % in {said_duration(given.within_ms)}{hours}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A live figure against a bound: `waiting >= 25`."""

    measure: Measure
    sign: str
    bound: int


_MEASURES = {
    "waiting": Measure.WAITING,
    "longest wait": Measure.LONGEST_WAIT_S,
    "occupancy": Measure.OCCUPANCY_PCT,
}
_NAMES = {measure: name for name, measure in _MEASURES.items()}


def condition(text: str) -> Condition:
    """A condition on a live figure: how many wait, the longest wait, or occupancy.

    >>> condition("longest wait >= 5 min").bound
    300
    """
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise Wrong(
            "not_a_condition",
            f"{text[:60]!r} is not a condition.",
            "Write it as: waiting >= 25, longest wait >= 5 min, or occupancy >= 90 %.",
        )
    name = found[1].replace("_", " ").strip()
    if name not in _MEASURES:
        raise Wrong("unknown_measure", f"There is no figure {name[:40]}.", nearest(name, _MEASURES))
    return Condition(
        measure=_MEASURES[name], sign=found[2], bound=_bound(_MEASURES[name], found[3])
    )


def _bound(measure: Measure, text: str) -> int:
    if measure is Measure.LONGEST_WAIT_S:
        length = duration(text)
        if length % SECOND:
            raise Wrong("not_a_duration", f"{text[:40]!r} is finer than a second.", _HOW)
        return length // SECOND
    wanted = r"\d{1,6}" if measure is Measure.WAITING else r"\d{1,3} ?%?"
    if not re.fullmatch(wanted, text):
        how = "25" if measure is Measure.WAITING else "90 %"
        raise Wrong("not_a_number", f"{text[:40]!r} is not a bound.", f"Write it as: {how}.")
    return int(text.rstrip(" %"))


def said_condition(given: Condition) -> str:
    """A condition as it is written."""
    bound = {
        Measure.WAITING: str(given.bound),
        Measure.LONGEST_WAIT_S: said_duration(given.bound * SECOND),
        Measure.OCCUPANCY_PCT: f"{given.bound} %",
    }[given.measure]
    return f"{_NAMES[given.measure]} {given.sign} {bound}"


def opening(text: str) -> tuple[Interval, ...]:
    """The hours of a day.

    >>> opening("08:00-12:30")
    (Interval(opens=480, closes=750),)
    """
    if text == "closed":
        return ()
    return tuple(_span(part.strip()) for part in text.split(","))


def _span(text: str) -> Interval:
    found = _SPAN.fullmatch(text)
    minutes = [int(found[n]) * 60 + int(found[n + 1]) for n in (1, 3)] if found else [0, 0]
    fits = found is not None and int(found[2]) < 60 and int(found[4]) < 60  # noqa: PLR2004 - minutes
    if not fits or not minutes[0] < minutes[1] <= _MIDNIGHT_MINUTES:
        raise Wrong(
            "not_hours",
            f"{text[:40]!r} are not hours of one day.",
            "Write them as: 08:00-12:00, 13:00-18:00, or closed.",
        )
    return Interval(opens=minutes[0], closes=minutes[1])


def said_opening(given: tuple[Interval, ...]) -> str:
    """The hours of a day as they are written."""
    if not given:
        return "closed"
    return ", ".join(f"{_clock(one.opens)}-{_clock(one.closes)}" for one in given)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
