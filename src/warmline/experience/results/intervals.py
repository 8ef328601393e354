"""How sure a share or a mean is: 95 % intervals after Wilson and Student."""

from collections.abc import Sequence
from importlib import import_module
from math import fsum, sqrt
from typing import Any, NamedTuple

_Z = 1.959964
_UPPER = 0.975


class Interval(NamedTuple):
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float


def share(good: float, n: int) -> Interval | None:
    """A share, 0 to 1, with its interval after Wilson (1927); None of nothing.

    >>> tuple(round(part, 3) for part in share(8, 10))
    (0.8, 0.49, 0.943)
    """
    if n == 0:
        return None
    part, extra = good / n, _Z * _Z / n
    middle = (part + extra / 2) / (1 + extra)
    half = _Z * sqrt(part * (1 - part) / n + extra / (4 * n)) / (1 + extra)
    return Interval(part, max(0.0, min(part, middle - half)), min(1.0, max(part, middle + half)))


def mean(values: Sequence[float], *, least: float, most: float) -> Interval | None:
    """A mean with Student's interval, kept within the scale; None of no values.

    One answer says nothing of the spread, so its interval is the whole scale. Where all answers are
    equal Student would be certain after two of them; there the share of other answers that Wilson
    still allows is put at the ends of the scale.

    >>> tuple(round(part, 3) for part in mean([4, 5, 3, 4], least=1, most=5))
    (4.0, 2.701, 5)
    >>> tuple(round(part, 3) for part in mean([5] * 10, least=1, most=5))
    (5.0, 3.89, 5.0)
    """
    n = len(values)
    if n == 0:
        return None
    # A mean of equal values must not be off by a rounding, so that it stays within the scale.
    middle = min(most, max(least, fsum(values) / n))
    if n == 1:
        return Interval(middle, least, most)
    spread = 0.0
    if min(values) != max(values):
        spread = sqrt(fsum((value - middle) ** 2 for value in values) / (n - 1))
    if spread == 0:
        same = share(n, n)
        assert same is not None, "there are values"
        other = 1 - same.low
        return Interval(middle, middle - (middle - least) * other, middle + (most - middle) * other)
    special: Any = import_module("scipy.special")  # half a second, and it says no types itself
    half = float(special.stdtrit(n - 1, _UPPER)) * spread / sqrt(n)
    return Interval(middle, max(least, middle - half), min(most, middle + half))
