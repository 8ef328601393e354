"""What an order of a customer is worth on average: the Gamma–Gamma model.

Fader, Hardie (2013), The Gamma-Gamma Model of Monetary Value. Orders of one customer vary around
a mean of their own; the mean that was seen is drawn towards that of all, the more the fewer orders
there are. It is assumed that how much somebody spends does not depend on how often they order.
"""

import math
from dataclasses import dataclass

import numpy as np

from warmline.customers.value.bgnbd import TooFew
from warmline.customers.value.numerics import digamma, gammaln, lowest
from warmline.customers.value.purchases import Floats

LEAST_CUSTOMERS = 10
STARTS = ((6.0, 4.0, 0.5), (1.0, 2.0, 1.0), (30.0, 10.0, 0.3))
BOUNDS = (
    (math.log(1e-3), math.log(1e4)),
    (math.log(1.05), math.log(1e4)),
    (math.log(1e-6), math.log(1e6)),
)
"""Of ln p, ln q (a mean exists only above 1) and ln v, in units of the mean order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaGamma:
    """Orders are gamma (p, ν), ν over customers gamma (q, v); v has the unit of the money."""

    p: float
    q: float
    v: float

    @property
    def mean(self) -> float:
        """What an order of somebody of whom nothing is known is worth."""
        return self.p * self.v / (self.q - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What was fitted and how well; `related` is how much spending goes with ordering, -1 to 1."""

    model: GammaGamma
    customers: int
    log_likelihood: float
    slope: float
    related: float
    converged: bool


def fit(count: Floats, mean: Floats) -> Fit:
    """The most likely parameters for customers with `count` orders of `mean` money each."""
    kept = (count > 0) & (mean > 0)
    x, m = count[kept], mean[kept]
    if int(np.count_nonzero(x > 1)) < LEAST_CUSTOMERS:
        raise TooFew
    unit = float(m.mean())
    scaled = m / unit

    def loss(logs: Floats) -> tuple[float, Floats]:
        each, slopes = log_likelihood(_model(logs, 1.0), x, scaled)
        return -float(each.mean()), -slopes.mean(axis=1) * np.exp(logs)

    best = lowest(loss, np.log(np.asarray(STARTS)).tolist(), BOUNDS)
    return Fit(
        model=_model(best.at, unit),
        customers=len(x),
        log_likelihood=-len(x) * (best.loss + math.log(unit)),
        slope=best.slope,
        related=_correlation(x, m),
        converged=best.slope < 1e-3,  # noqa: PLR2004 - of a mean log-likelihood of about one
    )


def _model(logs: Floats, unit: float) -> GammaGamma:
    p, q, v = (float(one) for one in np.exp(logs))
    return GammaGamma(p=p, q=q, v=v * unit)


def log_likelihood(model: GammaGamma, x: Floats, m: Floats) -> tuple[Floats, Floats]:
    """Of each customer, with its slopes by p, q and v."""
    p, q, v = model.p, model.q, model.v
    whole = p * x
    spread = np.log(v + m * x)
    each = (
        gammaln(whole + q)
        - gammaln(whole)
        - gammaln(q)
        + q * np.log(v)
        + (whole - 1) * np.log(m)
        + whole * np.log(x)
        - (whole + q) * spread
    )
    slopes = np.stack(
        [
            x * (digamma(whole + q) - digamma(whole) + np.log(m) + np.log(x) - spread),
            digamma(whole + q) - digamma(q) + np.log(v) - spread,
            q / v - (whole + q) / (v + m * x),
        ]
    )
    return each, slopes


def expected(model: GammaGamma, count: Floats, mean: Floats) -> Floats:
    """What an order of each customer will be worth: their mean and everybody's, weighed."""
    seen = count * np.maximum(mean, 0.0)
    return model.p * (model.v + seen) / (model.p * count + model.q - 1)


def _correlation(x: Floats, m: Floats) -> float:
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(m) == 0:  # noqa: PLR2004 - no two to compare
        return 0.0
    return float(np.corrcoef(x, m)[0, 1])
