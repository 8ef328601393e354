"""What offers brought: answers, and what followed against the hold-out, each with its interval.

The unit is a customer within the row of the report: one who was shown an offer twice counts once,
so that the people of an interval are independent of each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import sqrt
from typing import Any

from warmline.outreach.offers.model import Answer, Arm
from warmline.storage.rows import Row

Z95 = 1.959963984540054
LEAST_CUSTOMERS = 30
"""With fewer customers in one of the arms no difference is told."""


class By(StrEnum):
    """What the report is divided by."""

    OFFER = "offer"
    AGENT = "agent"
    SEGMENT = "segment"


class Finding(StrEnum):
    """What the interval says."""

    BETTER = "better"
    NONE = "no_clear_difference"
    WORSE = "worse"
    NOT_ENOUGH = "not_enough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A difference with its 95 % interval."""

    difference: float
    low: float
    high: float

    @property
    def finding(self) -> Finding:
        """Whether it is clear of nothing."""
        if self.low > 0:
            return Finding.BETTER
        return Finding.WORSE if self.high < 0 else Finding.NONE


@dataclass(slots=True, kw_only=True)
class _Side:
    """One arm of a row: how often, and by customer what followed."""

    rows: int = 0
    open: int = 0
    """Whose window still runs."""
    revenue: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def customers(self) -> int:
        return len(self.revenue)

    @property
    def bought(self) -> int:
        return sum(1 for one in self.revenue.values() if one > 0)


def wilson(many: int, of: int) -> tuple[float, float]:
    """The score interval of a share, 0 to 1 (Wilson 1927); all of it when there is nobody.

    >>> [round(one, 3) for one in wilson(56, 70)]
    [0.692, 0.877]
    """
    if of == 0:
        return 0.0, 1.0
    share, square = many / of, Z95**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z95 * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return middle - half, middle + half


def difference_of_shares(many: int, of: int, other_many: int, other_of: int) -> Interval:
    """One share less another, with Newcombe's hybrid score interval (1998, method 10).

    >>> found = difference_of_shares(56, 70, 48, 80)
    >>> [round(one, 4) for one in (found.difference, found.low, found.high)]
    [0.2, 0.0524, 0.3339]
    """
    share, other = many / max(1, of), other_many / max(1, other_of)
    (low, high), (other_low, other_high) = wilson(many, of), wilson(other_many, other_of)
    difference = share - other
    return Interval(
        difference=difference,
        low=difference - sqrt((share - low) ** 2 + (other_high - other) ** 2),
        high=difference + sqrt((high - share) ** 2 + (other - other_low) ** 2),
    )


def difference_of_means(values: Sequence[float], others: Sequence[float]) -> Interval:
    """One mean less another, with the interval of large samples; both need two values at least.

    >>> found = difference_of_means([1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    >>> round(found.difference, 2), round(found.low, 2), round(found.high, 2)
    (1.0, -0.13, 2.13)
    """
    mean, error = _mean(values)
    other, other_error = _mean(others)
    half = Z95 * sqrt(error + other_error)
    return Interval(difference=mean - other, low=mean - other - half, high=mean - other + half)


def _mean(values: Sequence[float]) -> tuple[float, float]:
    """The mean, and the square of its standard error."""
    many = len(values)
    mean = sum(values) / many
    return mean, sum((one - mean) ** 2 for one in values) / (many - 1) / many


def report(found: Iterable[Row], by: By) -> Sequence[Mapping[str, Any]]:
    """The rows of a report, those with the most shown first; the last key may be None."""
    sides: dict[str | None, dict[Arm, _Side]] = defaultdict(lambda: {one: _Side() for one in Arm})
    answers: dict[str | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Answer, 0))
    for one in found:
        key, arm = one[by.value], Arm(one["arm"])
        side = sides[key][arm]
        side.rows += 1
        if one["revenue_minor"] is None:
            side.open += 1
        else:
            who = one["customer"]
            side.revenue[who] = side.revenue.get(who, 0.0) + one["revenue_minor"]
        if one["answer"] is not None:
            answers[key][Answer(one["answer"])] += 1
    told = [_told(key, of[Arm.SHOWN], of[Arm.HELD_OUT], answers[key]) for key, of in sides.items()]
    return sorted(told, key=lambda one: (-one["shown"], str(one["key"])))


def _told(
    key: str | None, shown: _Side, held: _Side, answers: Mapping[str, int]
) -> Mapping[str, Any]:
    enough = min(shown.customers, held.customers) >= LEAST_CUSTOMERS
    uplift = revenue = None
    if enough:
        uplift = difference_of_shares(shown.bought, shown.customers, held.bought, held.customers)
        revenue = difference_of_means([*shown.revenue.values()], [*held.revenue.values()])
    return {
        "key": key,
        "shown": shown.rows,
        "held_out": held.rows,
        "open": shown.open + held.open,
        "answers": {one.value: answers[one] for one in Answer},
        "accepted_pct": _pct(answers[Answer.ACCEPTED], shown.rows),
        "shown_customers": shown.customers,
        "held_out_customers": held.customers,
        "conversion_pct": _pct(shown.bought, shown.customers),
        "held_out_conversion_pct": _pct(held.bought, held.customers),
        "revenue_minor": round(sum(shown.revenue.values())),
        "uplift_pct": _interval(uplift, 100),
        "revenue_uplift_minor": _interval(revenue, 1),
        "finding": (Finding.NOT_ENOUGH if uplift is None else uplift.finding).value,
        "least_customers": LEAST_CUSTOMERS,
    }


def _pct(many: int, of: int) -> float | None:
    return round(100 * many / of, 2) if of else None


def _interval(found: Interval | None, factor: int) -> Mapping[str, float] | None:
    if found is None:
        return None
    return {
        "difference": round(factor * found.difference, 2),
        "low": round(factor * found.low, 2),
        "high": round(factor * found.high, 2),
    }
