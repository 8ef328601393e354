"""What customers are worth: expected orders, the money of each, discounted to today."""

from dataclasses import dataclass

import numpy as np

from warmline.customers.value import bgnbd, gamma_gamma, rfm
from warmline.customers.value.bgnbd import BgNbd, TooFew
from warmline.customers.value.gamma_gamma import GammaGamma
from warmline.customers.value.purchases import WEEK_DAYS, Floats, Purchases, Whole
from warmline.customers.value.rfm import Scale

STEP_DAYS = 28
"""Money is discounted in steps of four weeks."""
YEAR_DAYS = 365.25
HORIZON_DAYS = (28, 1_095)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a site counts: what stays of an order, what a year costs, how far it looks."""

    margin_pct: float = 30.0
    discount_pct: float = 10.0
    """What money loses in a year."""
    horizon_days: int = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good a fit is: how many customers, how likely they are, whether it came to rest."""

    customers: int
    repeaters: int
    log_likelihood: float
    slope: float
    converged: bool
    related: float | None = None
    """How much spending goes with ordering; the model of money assumes that it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """All that is needed to value one customer anew: models, scales, terms.

    Without `ordering` too few customers came again; without `spending` each keeps their own mean.
    """

    terms: Terms
    ordering: BgNbd | None
    spending: GammaGamma | None
    quality: Quality
    recency: Scale
    frequency: Scale
    money: Scale
    value: Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What each of some customers is worth; money in the unit of the orders."""

    alive: Floats
    churn: Floats
    """How likely it is that nothing is ordered within the horizon."""
    orders: Floats
    """Expected within the horizon."""
    mean: Floats
    value: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where each of some customers stands among all."""

    r: Whole
    f: Whole
    m: Whole
    value_top: Whole
    money_top: Whole
    orders_top: Whole


def learn(known: Purchases, terms: Terms) -> Basis:
    """Fit the models to all customers and say on which scales they stand."""
    repeaters = int(np.count_nonzero(known.repeats))
    ordering, spending = None, None
    quality = Quality(
        customers=len(known.customers),
        repeaters=repeaters,
        log_likelihood=0.0,
        slope=0.0,
        converged=False,
    )
    try:
        fitted = bgnbd.fit(known)
    except TooFew:
        pass
    else:
        ordering = fitted.model
        spending, related = _spending(known)
        quality = Quality(
            customers=fitted.customers,
            repeaters=repeaters,
            log_likelihood=fitted.log_likelihood,
            slope=fitted.slope,
            converged=fitted.converged,
            related=related,
        )
    value = _worth(known, ordering, spending, terms).value if ordering else known.money[:0]
    return Basis(
        terms=terms,
        ordering=ordering,
        spending=spending,
        quality=quality,
        recency=rfm.scale(-known.days_since.astype(np.float64)),
        frequency=rfm.scale(known.days),
        money=rfm.scale(known.money),
        value=rfm.scale(np.round(value)),
    )


def _spending(known: Purchases) -> tuple[GammaGamma | None, float | None]:
    try:
        fitted = gamma_gamma.fit(known.days, known.mean)
    except TooFew:
        return None, None
    return fitted.model, fitted.related


def worth(known: Purchases, basis: Basis) -> Worth | None:
    """What customers are worth; None when there is no model yet."""
    if basis.ordering is None:
        return None
    return _worth(known, basis.ordering, basis.spending, basis.terms)


def standing(known: Purchases, basis: Basis, found: Worth | None) -> Standing:
    """Where customers stand; without a model all are at the bottom by value."""
    bottom = np.full(len(known.customers), rfm.STEPS, dtype=np.int64)
    return Standing(
        r=basis.recency.fifth(-known.days_since.astype(np.float64)),
        f=basis.frequency.fifth(known.days),
        m=basis.money.fifth(known.money),
        value_top=bottom if found is None else basis.value.top(np.round(found.value)),
        money_top=basis.money.top(known.money),
        orders_top=basis.frequency.top(known.days),
    )


def _worth(known: Purchases, ordering: BgNbd, spending: GammaGamma | None, terms: Terms) -> Worth:
    mean = known.mean
    if spending is not None:
        mean = gamma_gamma.expected(spending, known.days, known.mean)
    orders, discounted = _orders(known, ordering, terms)
    weeks = terms.horizon_days / WEEK_DAYS
    return Worth(
        alive=bgnbd.alive(ordering, known),
        churn=bgnbd.silent(ordering, known, weeks),
        orders=orders,
        mean=mean,
        value=np.maximum(discounted * mean * terms.margin_pct / 100, 0.0),
    )


def _orders(known: Purchases, ordering: BgNbd, terms: Terms) -> tuple[Floats, Floats]:
    """Expected orders within the horizon, and the same with later ones counting less."""
    reached = np.zeros_like(known.age)
    discounted = np.zeros_like(known.age)
    since = 0
    while since < terms.horizon_days:
        until = min(since + STEP_DAYS, terms.horizon_days)
        further = bgnbd.expected(ordering, known, until / WEEK_DAYS)
        years = (since + until) / 2 / YEAR_DAYS
        discounted += (further - reached) / (1 + terms.discount_pct / 100) ** years
        reached, since = further, until
    return reached, discounted
