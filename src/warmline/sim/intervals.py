"""Means with the interval that the truth lies in 95 times of 100, by Student's t."""

from collections.abc import Sequence
from functools import cache
from math import atan, cos, pi, sin, sqrt
from statistics import fmean, stdev
from typing import TypeAlias

Estimate: TypeAlias = dict[str, "float | list[float] | None"]
"""`mean`, and `ci95` as [low, high]; None of nothing, and of one value without an interval."""
_TWO_SIDED = 0.95


def estimate(values: Sequence[float | None]) -> Estimate:
    """The mean of independent values with its 95 % interval; missing ones are left out."""
    known = [value for value in values if value is not None]
    if not known:
        return {"mean": None, "ci95": None}
    mean = fmean(known)
    if len(known) == 1:
        return {"mean": mean, "ci95": None}
    half = t_95(len(known) - 1) * stdev(known) / sqrt(len(known))
    return {"mean": mean, "ci95": [mean - half, mean + half]}


def paired(of: Sequence[float | None], from_: Sequence[float | None]) -> Estimate:
    """The mean of the differences `of` less `from_`, run by run on the same customers."""
    return estimate(
        [
            None if one is None or other is None else one - other
            for one, other in zip(of, from_, strict=True)
        ]
    )


@cache
def t_95(freedom: int) -> float:
    """The bound that |t| stays below with 95 %, for so many degrees of freedom (1 or more).

    >>> [round(t_95(n), 3) for n in (1, 2, 9, 19, 1000)]
    [12.706, 4.303, 2.262, 2.093, 1.962]
    """
    low, high = 0.0, 13.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < _TWO_SIDED else (low, middle)
    return low


def _within(t: float, freedom: int) -> float:
    """P(|T| < t) as the finite sum in the angle whose tangent is t / sqrt(freedom)."""
    angle = atan(t / sqrt(freedom))
    cosine = cos(angle)
    odd = freedom % 2
    term = total = (cosine if freedom > 1 else 0.0) if odd else 1.0
    for k in range(3 if odd else 2, freedom, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    if odd:
        return 2 / pi * (angle + sin(angle) * total)
    return sin(angle) * total
