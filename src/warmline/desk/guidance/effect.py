"""What guidance came to: conversations with it against those without, state by state.

The differences are of means, with Welch's interval (B. L. Welch, "The generalization of 'Student's'
problem when several different population variances are involved", Biometrika 34, 1947).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from math import sqrt
from typing import Any

from warmline.desk.guidance.rule import Guidance
from warmline.storage.rows import Row

FEWEST = 20
"""Fewer results in an arm say nothing."""
_HIGH = 0.975


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Results of one arm: how many, their sum, the sum of their squares."""

    n: int = 0
    s: float = 0.0
    ss: float = 0.0

    @property
    def mean(self) -> float | None:
        """The mean result, None without any."""
        return self.s / self.n if self.n else None

    @property
    def variance_of_mean(self) -> float:
        """The variance of the mean, of two results or more."""
        return max(self.ss - self.s * self.s / self.n, 0.0) / (self.n - 1) / self.n


def difference(with_: Sums, without: Sums) -> dict[str, Any] | None:
    """The mean with guidance less that without, and its 95 % interval; None of too few.

    >>> difference(Sums(n=20, s=40, ss=100), Sums(n=19, s=57, ss=180)) is None
    True
    >>> found = difference(Sums(n=20, s=40, ss=100), Sums(n=20, s=60, ss=200))
    >>> found["value"], [round(bound, 2) for bound in found["ci95"]]
    (-1.0, [-1.66, -0.34])
    """
    a, b = with_.mean, without.mean
    if a is None or b is None or min(with_.n, without.n) < FEWEST:
        return None
    one, other = with_.variance_of_mean, without.variance_of_mean
    both = one + other
    if both <= 0:
        return {"value": a - b, "ci95": [a - b, a - b]}
    freedom = both**2 / (one**2 / (with_.n - 1) + other**2 / (without.n - 1))
    special: Any = import_module("scipy.special")  # half a second, only for who looks at effects
    half = float(special.stdtrit(freedom, _HIGH)) * sqrt(both)
    return {"value": a - b, "ci95": [a - b - half, a - b + half]}


def effect(found: Iterable[Row]) -> list[dict[str, Any]]:
    """For each state: both arms, and the differences of handle time (s) and rating."""
    arms: dict[tuple[str, bool], Row] = {(one["state"], bool(one["guided"])): one for one in found}
    return [
        {
            "state": state.value,
            "with": _arm(arms.get((state.value, True))),
            "without": _arm(arms.get((state.value, False))),
            "handle_s": difference(
                _sums(arms.get((state.value, True)), "handle"),
                _sums(arms.get((state.value, False)), "handle"),
            ),
            "rating": difference(
                _sums(arms.get((state.value, True)), "rating"),
                _sums(arms.get((state.value, False)), "rating"),
            ),
        }
        for state in Guidance
    ]


def _arm(found: Row | None) -> dict[str, Any]:
    return {
        "seen": found["seen"] if found else 0,
        "handled": found["handled"] if found else 0,
        "handle_s": _sums(found, "handle").mean,
        "rated": found["rated"] if found else 0,
        "rating": _sums(found, "rating").mean,
    }


_COLUMNS: Mapping[str, tuple[str, str, str]] = {
    "handle": ("handled", "handle_s", "handle_ss"),
    "rating": ("rated", "rating_s", "rating_ss"),
}


def _sums(found: Row | None, what: str) -> Sums:
    if found is None:
        return Sums()
    n, s, ss = (found[name] for name in _COLUMNS[what])
    return Sums(n=int(n), s=float(s or 0), ss=float(ss or 0))
