"""What counts as a bad, a good and a top answer, whose case it is, and when it is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from warmline.core.calendar import after_open_time
from warmline.core.center import Center
from warmline.core.words import AgentId, Instant, Millis, QueueId, UserId
from warmline.experience.cases.model import Member

BAD: Mapping[str, float] = {"csat": 2, "nps": 6, "ces": 3, "feeling": 2}
"""An answer of a kind that is at most this is bad: somebody was let down."""
GOOD: Mapping[str, float] = {"csat": 4, "nps": 7, "ces": 5, "feeling": 4}
"""An answer of a kind that is at least this is good."""
TOP: Mapping[str, float] = {"csat": 5, "nps": 9, "feeling": 5}
"""At least this is praise, when there are words with it; of feelings all must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer to one question."""

    kind: str
    value: float | None = None
    words: str | None = None


def is_bad(answers: Sequence[Said]) -> bool:
    """Whether any answer on a scale says that the customer was let down.

    >>> is_bad([Said(kind="csat", value=5), Said(kind="feeling", value=2)])
    True
    >>> is_bad([Said(kind="csat", value=3), Said(kind="text", words="Fine.")])
    False
    """
    return any(one.value <= BAD[one.kind] for one in _scaled(answers) if one.value is not None)


def is_good(answers: Sequence[Said]) -> bool | None:
    """Whether every answer on a scale is good; None when there is none.

    >>> is_good([Said(kind="csat", value=4)]), is_good([Said(kind="nps", value=5)]), is_good([])
    (True, False, None)
    """
    scaled = _scaled(answers)
    if not scaled:
        return None
    return all(one.value is not None and one.value >= GOOD[one.kind] for one in scaled)


def is_top(answers: Sequence[Said]) -> bool:
    """Whether it is praise: nothing bad, words, and csat, nps or all feelings at the top.

    >>> is_top([Said(kind="csat", value=5), Said(kind="text", words="Thank you, Anna!")])
    True
    >>> is_top([Said(kind="csat", value=5)])
    False
    """
    if is_bad(answers) or not words_of(answers):
        return False
    feelings = [one.value for one in answers if one.kind == "feeling" and one.value is not None]
    single = any(
        one.value is not None and one.value >= TOP[one.kind]
        for one in answers
        if one.kind in {"csat", "nps"}
    )
    return single or (bool(feelings) and min(feelings) >= TOP["feeling"])


def words_of(answers: Sequence[Said]) -> str:
    """What the customer wrote, line by line.

    >>> words_of([Said(kind="text", words=" Late again. "), Said(kind="csat", value=1)])
    'Late again.'
    """
    return "\n".join(one.words.strip() for one in answers if one.words and one.words.strip())


def _scaled(answers: Sequence[Said]) -> list[Said]:
    return [one for one in answers if one.kind in BAD and one.value is not None]


def due_at(center: Center, queue: str | None, at: Instant, open_ms: Millis) -> Instant:
    """When so much business time of a queue has passed; a queue without hours is always open."""
    known = None if queue is None else center.queues.get(QueueId(queue))
    hours = None if known is None or known.calendar is None else known.calendar
    calendar = None if hours is None else center.calendars.get(hours)
    return at + open_ms if calendar is None else after_open_time(calendar, at, open_ms)


def owner_of(
    agent: AgentId | None,
    *,
    center: Center,
    leaders: Mapping[str, str],
    staff: Sequence[Member],
    load: Mapping[str, int],
) -> UserId | None:
    """Who sees to a case: the leader of the agent's team, else the supervisor with the fewest.

    None when there is no supervisor.
    """
    here = {one.user for one in staff}
    known = None if agent is None else center.agents.get(agent)
    team = None if known is None else known.spec.team
    leader = None if team is None else leaders.get(team)
    if leader is not None and UserId(leader) in here:
        return UserId(leader)
    supervisors = [one.user for one in staff if one.supervises]
    return min(supervisors, key=lambda one: (load.get(one, 0), one), default=None)


def week_of(at: Instant, zone: ZoneInfo) -> tuple[Instant, Instant]:
    """The week of a moment: from Monday's midnight where the center is, to the next one.

    >>> week_of(1_781_000_000_000, ZoneInfo("UTC"))  # a Tuesday
    (1780876800000, 1781481600000)
    """
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)
    monday = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(
        days=local.weekday()
    )
    after = (monday + timedelta(days=7)).replace(hour=0)
    return round(monday.timestamp() * 1000), round(after.timestamp() * 1000)


def day_end(at: Instant, zone: ZoneInfo) -> Instant:
    """The midnight that ends the day of a moment, where the center is."""
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return round((midnight + timedelta(days=1)).timestamp() * 1000)
