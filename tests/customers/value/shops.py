"""Shops for the tests of value: orders drawn from the model itself, and slow formulas."""

import math

import numpy as np

from warmline.customers.value.bgnbd import BgNbd
from warmline.customers.value.gamma_gamma import GammaGamma
from warmline.customers.value.purchases import Floats, Orders, Purchases

WEEK = 7.0
PUBLISHED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
"""Fader, Hardie, Lee (2005), fitted to the CDNOW sample."""


def drawn(model: BgNbd, *, customers: int, weeks: float, seed: int) -> Purchases:
    """Customers who order as the model says, watched for so many weeks."""
    chance = np.random.default_rng(seed)
    repeats, last, age = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    for one in range(customers):
        rate = chance.gamma(model.r, 1 / model.alpha)
        stops = chance.beta(model.a, model.b)
        age[one] = weeks - chance.uniform(0, weeks / 4)
        at = chance.exponential(1 / max(rate, 1e-12))
        while at <= age[one]:
            repeats[one] += 1
            last[one] = at
            if chance.random() < stops:
                break
            at += chance.exponential(1 / max(rate, 1e-12))
    return known(repeats, last, age)


def spent(model: GammaGamma, *, customers: int, seed: int) -> tuple[Floats, Floats]:
    """How often they ordered, and the mean of what they paid."""
    chance = np.random.default_rng(seed)
    count = chance.integers(1, 12, customers).astype(np.float64)
    scale = 1 / chance.gamma(model.q, 1 / model.v, customers)
    return count, chance.gamma(model.p * count, scale) / count


def known(repeats: Floats, last: Floats, age: Floats, money: Floats | None = None) -> Purchases:
    return Purchases(
        customers=[f"c{number}" for number in range(len(repeats))],
        repeats=np.asarray(repeats, dtype=np.float64),
        last=np.asarray(last, dtype=np.float64),
        age=np.asarray(age, dtype=np.float64),
        money=np.full(len(repeats), 100.0) if money is None else money,
        days_since=np.round((np.asarray(age) - np.asarray(last)) * WEEK).astype(np.int64),
    )


def one(repeats: float, last: float, age: float) -> Purchases:
    return known(np.array([repeats]), np.array([last]), np.array([age]))


def listed(*orders: tuple[str, int, float]) -> Orders:
    names = sorted({who for who, _, _ in orders})
    return Orders(
        customers=names,
        who=np.array([names.index(who) for who, _, _ in orders], dtype=np.int64),
        day=np.array([day for _, day, _ in orders], dtype=np.int64),
        money=np.array([money for _, _, money in orders]),
    )


def slow_likelihood(model: BgNbd, x: int, last: float, age: float) -> float:
    """The density summed over who stopped after which order, by numeric integration."""
    rates = _grid(8_000, 12 / model.alpha * max(model.r, 1) + 2)
    gamma = [
        math.exp(
            model.r * math.log(model.alpha)
            + (model.r - 1) * math.log(rate)
            - model.alpha * rate
            - math.lgamma(model.r)
        )
        for rate in rates
    ]
    step = rates[1] - rates[0]
    alive = (
        sum(g * rate**x * math.exp(-rate * age) for g, rate in zip(gamma, rates, strict=True))
        * step
    )
    gone = (
        sum(g * rate**x * math.exp(-rate * last) for g, rate in zip(gamma, rates, strict=True))
        * step
    )
    stays = _beta(model.a, model.b + x) / _beta(model.a, model.b)
    stops = _beta(model.a + 1, model.b + x - 1) / _beta(model.a, model.b) if x else 0.0
    return math.log(stays * alive + stops * gone)


def _grid(count: int, most: float) -> list[float]:
    return [(place + 0.5) * most / count for place in range(count)]


def _beta(a: float, b: float) -> float:
    return math.exp(math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b))
