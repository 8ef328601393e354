"""Whether a target is attained: judged by the interval, never by the bare figure."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from warmline.experience.results.intervals import Interval


class Verdict(StrEnum):
    """What can be said of a target."""

    ATTAINED = "attained"
    NOT_ATTAINED = "not_attained"
    NOT_ENOUGH = "not_enough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A target beside the figure; `needed` is about how many answers would tell, where known."""

    aim: float
    verdict: Verdict
    needed: int | None = None


NEEDED_LIMIT = 10_000
"""More answers than that nobody waits for."""


def judge(estimate: Interval | None, n: int, *, aim: float, least: int) -> Judged:
    """Attained from the low end on, not attained below the high end, else not enough answers.

    >>> judge(Interval(90, 85, 94), 200, aim=80, least=30).verdict.value
    'attained'
    >>> judge(Interval(90, 85, 94), 200, aim=96, least=30).verdict.value
    'not_attained'
    >>> judge(Interval(90, 80, 95), 60, aim=88, least=30).verdict.value
    'not_enough'
    """
    if estimate is None or n < least:
        return Judged(aim=aim, verdict=Verdict.NOT_ENOUGH, needed=least)
    if estimate.low >= aim:
        return Judged(aim=aim, verdict=Verdict.ATTAINED)
    if estimate.high < aim:
        return Judged(aim=aim, verdict=Verdict.NOT_ATTAINED)
    return Judged(aim=aim, verdict=Verdict.NOT_ENOUGH, needed=_needed(estimate, n, aim))


def _needed(estimate: Interval, n: int, aim: float) -> int | None:
    """The interval narrows with the root of n: until it no longer holds the aim, in two digits."""
    away = abs(estimate.value - aim)
    if away == 0:
        return None
    half = (
        estimate.value - estimate.low if aim <= estimate.value else estimate.high - estimate.value
    )
    needed = ceil(n * (half / away) ** 2)
    if not n < needed <= NEEDED_LIMIT:
        return None
    step = 10 ** max(0, len(str(needed)) - 2)
    return ceil(needed / step) * step
