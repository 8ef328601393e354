"""How often customers will order: the BG/NBD model, fitted by maximum likelihood.

Fader, Hardie, Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD
Model, Marketing Science 24(2). A customer orders at a rate of their own (gamma over customers) and
stops after any order with a probability of their own (beta over customers).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from warmline.customers.value.numerics import digamma, eigen, expit, gammaln, lowest
from warmline.customers.value.purchases import Floats, Purchases

NODES = 48
TINY = 1e-12
LEAST, MOST = math.log(1e-4), math.log(1e5)
"""Between these the logarithm of a parameter is looked for."""
STARTS = ((0.5, 5.0, 0.5, 2.0), (1.0, 20.0, 1.0, 5.0), (0.2, 2.0, 0.3, 1.0))
LEAST_REPEATERS = 10
"""Of fewer customers who came again nothing can be learnt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BgNbd:
    """The parameters: rates are gamma (r, alpha weeks), the chance to stop is beta (a, b)."""

    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What was fitted and how well: customers, log-likelihood, the largest slope that is left."""

    model: BgNbd
    customers: int
    log_likelihood: float
    slope: float
    converged: bool


class TooFew(Exception):
    """Not enough customers came again for a fit."""


def fit(known: Purchases) -> Fit:
    """The most likely parameters; customers with the same history are weighed, not repeated."""
    if int(np.count_nonzero(known.repeats)) < LEAST_REPEATERS:
        raise TooFew
    table = np.stack([known.repeats, known.last, known.age], axis=1)
    alike, weight = np.unique(table, axis=0, return_counts=True)
    share = weight / weight.sum()
    x, last, age = alike.T

    def loss(logs: Floats) -> tuple[float, Floats]:
        each, slopes = log_likelihood(_model(logs), x, last, age)
        return -float(share @ each), -(slopes @ share) * np.exp(logs)

    best = lowest(loss, np.log(np.asarray(STARTS)).tolist(), [(LEAST, MOST)] * 4)
    return Fit(
        model=_model(best.at),
        customers=len(known.customers),
        log_likelihood=-best.loss * float(weight.sum()),
        slope=best.slope,
        converged=best.slope < 1e-4,  # noqa: PLR2004 - of a mean log-likelihood of about one
    )


def _model(logs: Floats) -> BgNbd:
    r, alpha, a, b = (float(one) for one in np.exp(logs))
    return BgNbd(r=r, alpha=alpha, a=a, b=b)


def log_likelihood(model: BgNbd, x: Floats, last: Floats, age: Floats) -> tuple[Floats, Floats]:
    """Of each customer, with its slopes by r, alpha, a and b."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    again = x > 0
    orders = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stays = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    alive = -(r + x) * np.log(alpha + age)
    before = np.where(again, b + x - 1, 1.0)
    gone = np.where(again, np.log(a) - np.log(before) - (r + x) * np.log(alpha + last), -np.inf)
    both = np.logaddexp(alive, gone)
    is_alive, is_gone = np.exp(alive - both), np.exp(gone - both)
    slopes = np.stack(
        [
            digamma(r + x)
            - digamma(r)
            + np.log(alpha)
            - is_alive * np.log(alpha + age)
            - is_gone * np.log(alpha + last),
            r / alpha - (r + x) * (is_alive / (alpha + age) + is_gone / (alpha + last)),
            digamma(a + b) - digamma(a + b + x) + is_gone / a,
            digamma(a + b)
            + digamma(b + x)
            - digamma(b)
            - digamma(a + b + x)
            - np.where(again, is_gone / before, 0.0),
        ]
    )
    return orders + stays + both, slopes


def alive(model: BgNbd, known: Purchases) -> Floats:
    """How likely it is that each customer has not stopped; 1 for who never came again."""
    again = known.repeats > 0
    before = np.where(again, model.b + known.repeats - 1, 1.0)
    odds = (
        np.log(model.a)
        - np.log(before)
        + (model.r + known.repeats)
        * (np.log(model.alpha + known.age) - np.log(model.alpha + known.last))
    )
    return np.where(again, expit(-odds), 1.0)


def silent(model: BgNbd, known: Purchases, weeks: float) -> Floats:
    """How likely it is that each customer orders nothing in the coming weeks."""
    then = model.alpha + known.age
    still = np.exp((model.r + known.repeats) * (np.log(then) - np.log(then + weeks)))
    here = alive(model, known)
    return 1 - here * (1 - still)


def expected(model: BgNbd, known: Purchases, weeks: float) -> Floats:
    """How many orders each customer will make in the coming weeks, on average."""
    if weeks <= 0:
        return np.zeros_like(known.age)
    here = alive(model, known)
    found = np.empty_like(known.age)
    stretch = weeks / (model.alpha + known.age)
    for x in np.unique(known.repeats):
        same = known.repeats == x
        found[same] = _orders(model, float(x), stretch[same])
    return here * found


def since_the_first(model: BgNbd, weeks: Floats) -> Floats:
    """How many repeat orders somebody makes in so many weeks after the first, on average."""
    return _orders(model, 0.0, weeks / model.alpha)


def _orders(model: BgNbd, x: float, stretch: Floats) -> Floats:
    """Of customers who have come again x times and not stopped.

    The published form has a hypergeometric function that fails where a is near 1 or a + b is
    below 1. It is the integral over p of (1 - (1 + p·s)^-(r+x)) / p, weighed by the beta
    distribution that is left of the chance p to stop; smooth, so a few nodes are exact.
    """
    places, weights = _chances(model.a, model.b + x)
    grown = np.log1p(np.outer(stretch, places))
    return -np.expm1(-(model.r + x) * grown) @ (weights / places)


@lru_cache(maxsize=1_024)
def _chances(a: float, b: float) -> tuple[Floats, Floats]:
    """Nodes and weights that average over a beta distribution."""
    # Gauss–Jacobi by Golub and Welsch: eigenvalues are the nodes, and the weights add up to 1.
    n = np.arange(1, NODES, dtype=np.float64)
    u, v = b - 1, a - 1
    whole = 2 * n + u + v
    middle = np.empty(NODES)
    middle[0] = (v - u) / (u + v + 2)
    middle[1:] = (v - u) * (v + u) / (whole * (whole + 2))
    beside = 4 * n * (n + u) * (n + v) / (whole**2 * (whole + 1))
    beside[1:] *= (n[1:] + u + v) / (whole[1:] - 1)
    nodes, parts = eigen(middle, np.sqrt(beside))
    return np.maximum((1 + nodes) / 2, TINY), parts**2
