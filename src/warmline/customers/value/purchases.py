"""What a customer's orders come to: how many, how recent, since when, and for how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

WEEK_DAYS = 7.0
"""The models count time in weeks, as the published parameters do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Orders one under the other: whose, on which day (counted from any day), for how much."""

    customers: Sequence[str]
    """Who is meant by the numbers in `who`."""
    who: Whole
    day: Whole
    money: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchases:
    """One entry a customer: `repeats` order days after the first, and the times in weeks.

    Orders of one day count as one, as in the published treatment: who pays twice on a day bought
    once in two parcels.
    """

    customers: Sequence[str]
    repeats: Floats
    last: Floats
    """Weeks between the first and the last order."""
    age: Floats
    """Weeks between the first order and today."""
    money: Floats
    """Of all orders together."""
    days_since: Whole
    """Days since the last order."""

    @property
    def days(self) -> Floats:
        """Days on which something was ordered, the first among them."""
        return self.repeats + 1

    @property
    def mean(self) -> Floats:
        """Money of one order day."""
        return self.money / self.days


def purchases(orders: Orders, *, until: int) -> Purchases:
    """What the orders up to a day (included) come to, for customers who have any."""
    kept = orders.day <= until
    who, day, money = orders.who[kept], orders.day[kept], orders.money[kept]
    count = len(orders.customers)
    first = np.full(count, np.iinfo(np.int64).max)
    last = np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(first, who, day)
    np.maximum.at(last, who, day)
    there = np.flatnonzero(first <= last)
    days = np.bincount(np.unique(np.stack([who, day]), axis=1)[0], minlength=count)
    total = np.bincount(who, weights=money, minlength=count)
    return Purchases(
        customers=[orders.customers[one] for one in there.tolist()],
        repeats=days[there].astype(np.float64) - 1,
        last=(last[there] - first[there]) / WEEK_DAYS,
        age=(until - first[there]) / WEEK_DAYS,
        money=total[there].astype(np.float64),
        days_since=until - last[there],
    )
