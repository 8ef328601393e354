"""How well the models foretell: fitted on the first part of the orders, held against the rest."""

from dataclasses import dataclass

import numpy as np

from warmline.customers.value import bgnbd, gamma_gamma
from warmline.customers.value.bgnbd import BgNbd
from warmline.customers.value.gamma_gamma import GammaGamma
from warmline.customers.value.purchases import WEEK_DAYS, Floats, Orders, Purchases, purchases

TOP_SHARE = 0.2
MOST_ALONE = 7
"""Customers with more repeats than this are told together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByRepeats:
    """Customers with so many repeat orders before: how many orders they made and should make."""

    repeats: int
    customers: int
    actual: float
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdout:
    """What was foretold and what came; `total_ratio` is foretold by actual."""

    ordering: BgNbd
    spending: GammaGamma | None
    days: int
    customers: int
    repeats_before: int
    actual: int
    expected: float
    total_ratio: float
    tracking_ratio: float
    """Repeat orders of everybody from the first order to the end: what the model has for somebody
    of whom nothing else is known, by those that came; so the authors of the model follow a cohort.
    """
    mae: float
    mae_baseline: float
    """Of the forecast that everybody orders as often as in the same time before."""
    top20_revenue_share: float
    """Of the revenue that came, what the fifth of customers with the highest forecast brought."""
    top20_best_share: float
    """What the fifth that brought most brought: the most any forecast could have found."""
    by_repeats: tuple[ByRepeats, ...]


def holdout(orders: Orders, *, until: int, days: int, begin: int | None = None) -> Holdout:
    """Fit on the orders up to a day (included) and compare with the days after it.

    `TooFew` when too few customers came again before. `begin` is the first day of the orders; the
    baseline repeats what came between it and `until`, drawn to the length of the holdout.
    """
    known = purchases(orders, until=until)
    fitted = bgnbd.fit(known)
    expected = bgnbd.expected(fitted.model, known, days / WEEK_DAYS)
    actual, revenue = _after(orders, known, until=until, days=days)
    since = int(orders.day.min()) if begin is None else begin
    before = known.repeats * (days / max(1, until - since + 1))
    spending, mean = _spending(known)
    by_value = np.argsort(-(expected * mean), kind="stable")
    came = max(float(actual.sum()), 1.0)
    return Holdout(
        ordering=fitted.model,
        spending=spending,
        days=days,
        customers=len(known.customers),
        repeats_before=int(known.repeats.sum()),
        actual=int(actual.sum()),
        expected=float(expected.sum()),
        total_ratio=float(expected.sum()) / came,
        tracking_ratio=_tracking(fitted.model, known, actual, days / WEEK_DAYS),
        mae=float(np.abs(expected - actual).mean()),
        mae_baseline=float(np.abs(before - actual).mean()),
        top20_revenue_share=_share(revenue[by_value]),
        top20_best_share=_share(np.sort(revenue)[::-1]),
        by_repeats=_by_repeats(known, actual, expected),
    )


def _after(orders: Orders, known: Purchases, *, until: int, days: int) -> tuple[Floats, Floats]:
    """Order days and revenue of the known customers after the day."""
    later = (orders.day > until) & (orders.day <= until + days)
    who, day = orders.who[later], orders.day[later]
    many = len(orders.customers)
    pairs = np.unique(np.stack([who, day]), axis=1)[0]
    count = np.bincount(pairs, minlength=many)
    revenue = np.bincount(who, weights=orders.money[later], minlength=many)
    places = {name: place for place, name in enumerate(orders.customers)}
    ours = np.asarray([places[one] for one in known.customers], dtype=np.int64)
    return count[ours].astype(np.float64), revenue[ours].astype(np.float64)


def _tracking(model: BgNbd, known: Purchases, actual: Floats, weeks: float) -> float:
    foretold = float(bgnbd.since_the_first(model, known.age + weeks).sum())
    return foretold / max(float(known.repeats.sum() + actual.sum()), 1.0)


def _spending(known: Purchases) -> tuple[GammaGamma | None, Floats]:
    try:
        model = gamma_gamma.fit(known.days, known.mean).model
    except bgnbd.TooFew:
        return None, known.mean
    return model, gamma_gamma.expected(model, known.days, known.mean)


def _share(revenue: Floats) -> float:
    whole = float(revenue.sum())
    top = int(len(revenue) * TOP_SHARE)
    return float(revenue[:top].sum()) / whole if whole > 0 else 0.0


def _by_repeats(known: Purchases, actual: Floats, expected: Floats) -> tuple[ByRepeats, ...]:
    grouped = np.minimum(known.repeats, MOST_ALONE).astype(np.int64)
    found: list[ByRepeats] = []
    for repeats in np.unique(grouped):
        same = grouped == repeats
        found.append(
            ByRepeats(
                repeats=int(repeats),
                customers=int(same.sum()),
                actual=float(actual[same].mean()),
                expected=float(expected[same].mean()),
            )
        )
    return tuple(found)
