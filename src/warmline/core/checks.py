"""What must hold before a setting may change: ranges, known references, no contradiction.

Every check raises `Malformed` with the path of what is wrong (`rings.0.level`), or `Rejected`
`unknown_…` with the path as its fact `field`.
"""

import re
from collections.abc import Collection, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from warmline.core.settings import (
    HIGHEST_LEVEL,
    Agent,
    Calendar,
    Capacity,
    Interval,
    Need,
    Queue,
    Ring,
    Score,
    Segment,
    Target,
    WhenClosed,
    WhenUnstaffed,
)
from warmline.core.state import Center
from warmline.core.words import DAY, Malformed, Rejected

ID = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,63}")
NAME_LENGTH = 80
WORDS_LENGTH = 500
MOST_RINGS = 10
MOST_NAMED = 50
MOST_SKILLS = 200
MOST_GROUPS = 20
MOST_INTERVALS = 12
MOST_EXCEPTIONS = 1000
MOST_WAITING = 1_000_000
LARGEST_SLOTS = 50
LONGEST = 30 * DAY
PERCENT = 100
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_MINUTES = 1440
HIGHEST_VALUE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a setting may refer to."""

    skills: Collection[str]
    queues: Collection[str]
    calendars: Collection[str]
    teams: Collection[str]
    segments: Collection[str]
    agents: Collection[str]

    @staticmethod
    def to(
        center: Center,
        *,
        queues: Collection[str] = (),
        calendars: Collection[str] = (),
        segments: Collection[str] = (),
    ) -> "Known":
        """What the center knows, and what comes with it."""
        return Known(
            skills=center.skills,
            queues={*center.queues, *queues},
            calendars={*center.calendars, *calendars},
            teams=center.teams,
            segments={*center.segments, *segments},
            agents=center.agents,
        )


@contextmanager
def within(path: str) -> Generator[None]:
    """Say where: whatever is wrong in here lies below `path`."""
    try:
        yield
    except Malformed as error:
        raise Malformed(f"{path}.{error.field}", error.detail, error.code, **error.facts) from error
    except Rejected as refusal:
        below = refusal.facts.get("field")
        facts = {**refusal.facts, "field": path if below is None else f"{path}.{below}"}
        raise Rejected(refusal.code, refusal.detail, **facts) from refusal


@contextmanager
def on_a_form() -> Generator[None]:
    """Say where as a form of one setting does: by the field's own name, or `rings`."""
    try:
        yield
    except Malformed as error:
        first, *_, last = error.field, *error.field.split(".")
        field = "rings" if first.startswith("rings.") else last
        raise Malformed(field, error.detail, error.code, **error.facts) from error


def check_id(item: str) -> None:
    """An id is short and plain."""
    if not ID.fullmatch(item):
        raise Malformed(
            "id",
            "1 to 64 letters, digits, `_ . : -`, beginning with a letter or digit",
            "wrong_form",
        )


def check_name(name: str) -> None:
    """A name is there and short."""
    if not 1 <= len(name.strip()) <= NAME_LENGTH:
        raise Malformed(
            "name", f"1 to {NAME_LENGTH} characters", "wrong_length", min=1, max=NAME_LENGTH
        )


def check_range(field: str, value: float, least: int, most: int) -> None:
    """A number lies between two others."""
    if not least <= value <= most:
        raise Malformed(field, f"must be {least} to {most}", "out_of_range", min=least, max=most)


def check_known(field: str, what: str, wanted: Iterable[str], known: Collection[str]) -> None:
    """What is referred to exists."""
    for item in wanted:
        if item not in known:
            raise Rejected(f"unknown_{what}", f"There is no {what} {item}.", field=field)


def check_unique(field: str, ids: Iterable[str]) -> None:
    """No id comes twice."""
    seen: set[str] = set()
    for item in ids:
        if item in seen:
            raise Malformed(field, f"{item} comes twice", "twice", item=item)
        seen.add(item)


# Queues


def check_queue(known: Known, queue: Queue) -> None:
    """A queue's rules make sense and name what exists."""
    check_id(queue.id)
    check_name(queue.name)
    check_range("rings", len(queue.rings), 1, MOST_RINGS)
    for number, ring in enumerate(queue.rings):
        with within(f"rings.{number}"):
            check_ring(known, ring)
    with within("target"):
        check_target(queue.target)
    check_range("wrap_up.limit_ms", queue.wrap_up.limit_ms, 0, DAY)
    check_range("overflow_after_ms", queue.overflow_after_ms, 0, LONGEST)
    check_range("overflow_waiting", queue.overflow_waiting, 0, MOST_WAITING)
    check_range("preferred_ms", queue.preferred_ms, 0, DAY)
    check_known("calendar", "calendar", [queue.calendar] if queue.calendar else [], known.calendars)
    _check_overflow(known, queue)
    for texts in queue.words.values():
        _check_words(texts)


def check_ring(known: Known, ring: Ring) -> None:
    """A ring asks for skills and agents that exist."""
    check_range("needs", len(ring.needs), 0, MOST_NAMED)
    check_range("any_of", len(ring.any_of), 0, MOST_NAMED)
    check_range("agents", len(ring.agents), 0, MOST_NAMED)
    check_needs(known, (*ring.needs, *ring.any_of))
    check_known("agents", "agent", ring.agents, known.agents)
    check_range("language_level", ring.language_level, 0, HIGHEST_LEVEL)
    check_range("after_ms", ring.after_ms, 0, LONGEST)


def check_needs(known: Known, needs: Iterable[Need]) -> None:
    """Every skill exists, every level is one."""
    for need in needs:
        check_known("skill", "skill", [need.skill], known.skills)
        check_range("level", need.level, 1, HIGHEST_LEVEL)


def check_target(target: Target) -> None:
    """A service level can be reached and missed."""
    check_range("share_pct", target.share_pct, 0, PERCENT)
    check_range("within_ms", target.within_ms, 1000, LONGEST)


def _check_overflow(known: Known, queue: Queue) -> None:
    wants = (
        queue.overflow_after_ms > 0
        or queue.overflow_waiting > 0
        or queue.when_closed is WhenClosed.OVERFLOW
        or queue.when_unstaffed is WhenUnstaffed.OVERFLOW
    )
    if queue.overflow_to is None:
        if wants:
            raise Malformed("overflow_to", "overflow needs a queue to go to", "missing")
        return
    if queue.overflow_to == queue.id:
        raise Malformed("overflow_to", "a queue cannot overflow into itself")
    check_known("overflow_to", "queue", [queue.overflow_to], known.queues)


def _check_words(texts: Mapping[str, str]) -> None:
    check_range("words", len(texts), 0, MOST_NAMED)
    for language, text in texts.items():
        if not LANGUAGE.fullmatch(language):
            raise Malformed("words", "languages are tags such as ru or pt-BR", "no_language")
        if not 1 <= len(text.strip()) <= WORDS_LENGTH:
            raise Malformed(
                "words",
                f"a text has 1 to {WORDS_LENGTH} characters",
                "wrong_length",
                min=1,
                max=WORDS_LENGTH,
            )


# Segments, hours


def check_segment(segment: Segment) -> None:
    """A segment's weights are sane."""
    check_id(segment.id)
    check_name(segment.name)
    check_range("head_start_ms", segment.head_start_ms, 0, DAY)
    check_range("value", segment.value, 1, HIGHEST_VALUE)
    if segment.target is not None:
        with within("target"):
            check_target(segment.target)


def check_calendar(hours: Calendar) -> None:
    """Business hours: a zone that exists, days without overlap."""
    check_id(hours.id)
    check_name(hours.name)
    _check_zone(hours)
    check_range("exceptions", len(hours.exceptions), 0, MOST_EXCEPTIONS)
    for intervals in hours.week.values():
        _check_intervals(intervals)
    for date, intervals in hours.exceptions.items():
        if not _DATE.fullmatch(date):
            raise Malformed("exceptions", f"{date} is not a date like 2026-12-24", "no_date")
        _check_intervals(intervals)


def _check_zone(hours: Calendar) -> None:
    try:
        ZoneInfo(hours.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Malformed("zone", "is not a time zone like Europe/Warsaw", "no_zone") from error


def _check_intervals(intervals: tuple[Interval, ...]) -> None:
    check_range("intervals", len(intervals), 0, MOST_INTERVALS)
    end = 0
    for interval in sorted(intervals, key=lambda given: given.opens):
        check_range("opens", interval.opens, 0, _DAY_MINUTES - 1)
        check_range("closes", interval.closes, interval.opens + 1, _DAY_MINUTES)
        if interval.opens < end:
            raise Malformed("intervals", "two intervals of a day overlap", "overlap")
        end = interval.closes


# Agents


def check_agent(known: Known, agent: Agent) -> None:
    """An agent's skills, scores and capacity make sense."""
    check_id(agent.id)
    check_known("team", "team", [agent.team] if agent.team else [], known.teams)
    check_range("skills", len(agent.skills), 0, MOST_SKILLS)
    check_needs(known, [Need(skill=s, level=level) for s, level in agent.skills.items()])
    check_capacity(agent.capacity)
    for trait, score in agent.scores.items():
        with within(f"scores.{trait}"):
            _check_score(score)
    check_range("groups", len(agent.groups), 0, MOST_GROUPS)
    for word in (*agent.groups, *agent.groups.values()):
        if not ID.fullmatch(word):
            raise Malformed("groups", "groups are named like ids")


def check_capacity(capacity: Capacity) -> None:
    """Slots, weights and the load in all are within reason."""
    check_range("total", capacity.total, 0, LARGEST_SLOTS)
    for slots in capacity.slots.values():
        check_range("slots", slots, 0, LARGEST_SLOTS)
    for weight in capacity.weights.values():
        check_range("weights", weight, 1, LARGEST_SLOTS)


def _check_score(score: Score) -> None:
    check_range("value", score.value, 0, 1)
    if score.n < 0:
        raise Malformed("n", "cannot be less than 0", "too_small", min=0)
    low = score.value if score.low is None else score.low
    high = score.value if score.high is None else score.high
    if not 0 <= low <= score.value <= high <= 1:
        raise Malformed("low", "the interval must hold the value, within 0 and 1")
