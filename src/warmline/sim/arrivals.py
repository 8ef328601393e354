"""When customers come: moments drawn from rates that change over the day, or as recorded."""

from bisect import bisect_right
from itertools import pairwise
from math import log1p
from random import Random

from warmline.core.words import DAY, HOUR, MINUTE, Instant
from warmline.sim.clock import first_midnight, midnight, time_of_day, weekday
from warmline.sim.model import Arrivals, Burst, Model

MOST = 20_000_000
"""More customers of one stream are refused: they would not fit into memory."""

Piece = tuple[float, float, float]
"""From, to (ms after midnight), and the mean number an hour."""


class TooMany(Exception):
    """The model asks for more customers than one run can hold."""


def instants(model: Model, given: Arrivals, *, seed: int, stream: str, days: int) -> list[Instant]:
    """The moments of all arrivals within `days`, in order; each day has chance of its own.

    Raises `TooMany`.
    """
    if given.instants_s:
        start, end = first_midnight(model), midnight(model, days)
        recorded = sorted(start + round(moment * 1000) for moment in given.instants_s)
        return [at for at in recorded if at < end]
    if expected(model, given, days) > MOST:
        raise TooMany(f"{stream}: more than {MOST:,} customers; make it fewer days.")
    found: list[Instant] = []
    for day in range(days):
        chance = Random(f"{seed}/{stream}/arrivals/{day}")
        factor = given.weekday_factors.get(weekday(model, day), 1.0)
        if day < len(given.day_factors):
            factor *= given.day_factors[day]
        if given.day_cv > 0:
            variance = given.day_cv**2
            factor *= chance.gammavariate(1 / variance, variance)
        found += _drawn(_pieces(given, day), factor, midnight(model, day), chance)
    return found


def expected(model: Model, given: Arrivals, days: int) -> float:
    """The mean number of arrivals within `days`; of recorded ones, how many were recorded."""
    if given.instants_s:
        return float(sum(moment * 1000 < days * DAY for moment in given.instants_s))
    total = 0.0
    for day in range(days):
        factor = given.weekday_factors.get(weekday(model, day), 1.0)
        if day < len(given.day_factors):
            factor *= given.day_factors[day]
        total += factor * sum((end - start) * rate for start, end, rate in _pieces(given, day))
    return total / HOUR


def usual(model: Model, given: Arrivals, *, day: int, since: float, until: float) -> float:
    """What a forecast would say of part of a day (ms after midnight): no bursts, no chance.

    Of recorded moments it is the mean of that part over all days that were recorded.
    """
    if given.instants_s:
        moments = [moment * 1000 for moment in given.instants_s]
        days = max(int(max(moments) // DAY) + 1, 1)
        return sum(since <= moment % DAY < until for moment in moments) / days
    factor = given.weekday_factors.get(weekday(model, day), 1.0)
    if day < len(given.day_factors):
        factor *= given.day_factors[day]
    inside = sum(
        max(min(end, until) - max(start, since), 0.0) * rate for start, end, rate in _steps(given)
    )
    return factor * inside / HOUR


def _steps(given: Arrivals) -> list[Piece]:
    """The rates of a day as said; several may hold at once."""
    steps: list[Piece] = []
    if given.per_hour is not None:
        steps.append((0.0, DAY, given.per_hour))
    steps += [
        (time_of_day(rate.start), time_of_day(rate.end), rate.per_hour) for rate in given.rates
    ]
    if given.counts:
        length = DAY / len(given.counts)
        steps += [
            (number * length, (number + 1) * length, count * HOUR / length)
            for number, count in enumerate(given.counts)
        ]
    return steps


def _pieces(given: Arrivals, day: int) -> list[Piece]:
    """The rates of a day as steps that do not overlap, bursts included."""
    steps = _steps(given)
    bursts = [burst for burst in given.bursts if burst.day is None or burst.day == day]
    if not bursts and len(steps) == 1:
        return steps
    edges = {0.0, float(DAY)}
    edges.update(edge for start, end, _ in steps for edge in (start, end))
    edges.update(edge for burst in bursts for edge in _span(burst))
    pieces: list[Piece] = []
    for start, end in pairwise(sorted(edges)):
        rate = sum(rate for first, last, rate in steps if first <= start < last)
        for burst in bursts:
            first, last = _span(burst)
            if first <= start < last:
                rate *= burst.factor
        if rate > 0:
            pieces.append((start, end, rate))
    return pieces


def _span(burst: Burst) -> tuple[float, float]:
    start = float(time_of_day(burst.at))
    return start, min(start + burst.minutes * MINUTE, float(DAY))


def _drawn(pieces: list[Piece], factor: float, start: Instant, chance: Random) -> list[Instant]:
    """A Poisson process: exponential steps on the scale of the expected number."""
    ends: list[float] = []
    total = 0.0
    for first, last, rate in pieces:
        total += (last - first) * rate * factor / HOUR
        ends.append(total)
    found: list[Instant] = []
    uniform = chance.random
    passed = -log1p(-uniform())
    while passed < total:
        row = bisect_right(ends, passed)
        first, last, rate = pieces[row]
        left = (ends[row] - passed) * HOUR / (rate * factor)
        found.append(start + int(max(last - left, first)))
        passed -= log1p(-uniform())
    return found
