"""Draws of durations from the laws of a model, one uniform number each, so runs stay in step."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from math import exp, log, log1p, sqrt
from statistics import NormalDist
from typing import Protocol

from warmline.sim.model import (
    Constant,
    Empirical,
    Exponential,
    Hyperexponential,
    Law,
    Lognormal,
    Survival,
)

ENDLESS = -1
"""A duration without an end, as for somebody who never gives up."""
_STANDARD = NormalDist()
_MOST_MS = 10**12


class Draw(Protocol):
    """Turns one uniform number (0 or more, below 1) into whole milliseconds, or `ENDLESS`."""

    def __call__(self, uniform: float) -> int:
        """The duration."""
        ...


class _Constant:
    def __init__(self, law: Constant) -> None:
        self._ms = round(law.value_s * 1000)

    def ms(self, uniform: float) -> int:
        del uniform
        return self._ms


class _Exponential:
    def __init__(self, law: Exponential) -> None:
        self._mean_ms = law.mean_s * 1000

    def ms(self, uniform: float) -> int:
        return round(-log1p(-uniform) * self._mean_ms)


class _Lognormal:
    def __init__(self, law: Lognormal) -> None:
        variance = log1p((law.sd_s / law.mean_s) ** 2)
        self._sigma = sqrt(variance)
        self._scale_ms = law.mean_s * 1000 * exp(-variance / 2)

    def ms(self, uniform: float) -> int:
        if uniform <= 0.0:
            return 0
        drawn = exp(self._sigma * _STANDARD.inv_cdf(uniform)) * self._scale_ms
        return round(drawn) if drawn < _MOST_MS else _MOST_MS


class _Hyperexponential:
    def __init__(self, law: Hyperexponential) -> None:
        self._bounds = cumulated(law.weights)
        self._means_ms = [mean * 1000 for mean in law.means_s]

    def ms(self, uniform: float) -> int:
        # The place within its kind is uniform again: one number serves both draws.
        kind = min(bisect_right(self._bounds, uniform), len(self._bounds) - 1)
        before = self._bounds[kind - 1] if kind else 0.0
        within = (uniform - before) / (self._bounds[kind] - before)
        return round(-log1p(-min(within, 1 - 1e-16)) * self._means_ms[kind])


class _Empirical:
    def __init__(self, law: Empirical) -> None:
        self._values_ms = [round(value * 1000) for value in sorted(law.values_s)]

    def ms(self, uniform: float) -> int:
        return self._values_ms[int(uniform * len(self._values_ms))]


class _Survival:
    def __init__(self, law: Survival) -> None:
        self._gone = [1.0 - share for share in law.survive]
        self._times_ms = [round(time * 1000) for time in law.times_s]
        self._tail_ms = law.tail_mean_s * 1000 if law.tail_mean_s else None

    def ms(self, uniform: float) -> int:
        row = bisect_right(self._gone, uniform)
        if row < len(self._times_ms):
            return self._times_ms[row]
        if self._tail_ms is None:
            return ENDLESS
        beyond = (uniform - self._gone[-1]) / (1.0 - self._gone[-1])
        return self._times_ms[-1] + round(-log(max(1.0 - beyond, 1e-16)) * self._tail_ms)


def cumulated(weights: Sequence[float]) -> list[float]:
    """The running share of each weight in all; the last one is 1."""
    total = sum(weights)
    return [*[part / total for part in accumulate(weights)][:-1], 1.0]


def draw(law: Law) -> Draw:
    """What draws from `law`, by inversion: a larger number gives no shorter duration.

    >>> draw(Constant(value_s=2.5))(0.3)
    2500
    >>> [draw(Exponential(mean_s=60))(u) for u in (0.0, 0.5)]
    [0, 41589]
    """
    match law:
        case Constant():
            return _Constant(law).ms
        case Exponential():
            return _Exponential(law).ms
        case Lognormal():
            return _Lognormal(law).ms
        case Hyperexponential():
            return _Hyperexponential(law).ms
        case Empirical():
            return _Empirical(law).ms
        case Survival():
            return _Survival(law).ms


def mean_s(law: Law) -> float:
    """The mean duration in seconds; of a survival table up to its last row, then its tail."""
    match law:
        case Constant():
            return law.value_s
        case Exponential() | Lognormal():
            return law.mean_s
        case Hyperexponential():
            pairs = zip(law.weights, law.means_s, strict=True)
            return sum(weight * mean for weight, mean in pairs) / sum(law.weights)
        case Empirical():
            return sum(law.values_s) / len(law.values_s)
        case Survival():
            starts = (0.0, *law.times_s)
            shares = (1.0, *law.survive)
            inside = sum(
                share * (end - start)
                for start, end, share in zip(starts, law.times_s, shares, strict=False)
            )
            return inside + law.survive[-1] * (law.tail_mean_s or 0.0)
