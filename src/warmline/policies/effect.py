"""What a trial shows: each measure in both arms, the difference, and how sure one may be of it.

Two intervals are given. `ci95` is the usual one, right for somebody who looks once. `anytime95` may
be looked at any time, however often: the mixture sequential probability ratio test of Robbins
("Statistical methods related to the law of the iterated logarithm", Annals of Mathematical
Statistics 41, 1970) as used for experiments by Johari, Koomen, Pekelis and Walsh ("Always valid
inference: continuous monitoring of A/B tests", Operations Research 70, 2022).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from warmline.ports import ArmOutcome, Sums

ALPHA = 0.05
Z = 1.959963984540054
LEAST_CUSTOMERS = 100
"""Fewer in an arm say nothing: the normal approximation does not hold yet."""
MIXING = 0.1
"""The spread of differences that is looked for, in standard deviations of one customer's result."""

MEASURES: Mapping[str, str] = {
    "service_level_pct": "more",
    "abandoned_pct": "less",
    "answer_ms": "less",
    "rating": "more",
    "handle_ms": "less",
}
"""What is compared, and which way is better."""


def mean(of: Sums) -> float | None:
    """The mean result, None without any."""
    return of.s / of.n if of.n else None


def spread(of: Sums) -> float:
    """The variance of the mean, by customers (delta method for a ratio of sums).

    A customer who comes often is one customer. A share that was never missed, or never met, is not
    taken for certain: one result more of each kind is counted in.
    """
    if not of.n:
        return math.inf
    level = of.s / of.n
    between = of.ss - 2 * level * of.ns + level**2 * of.nn
    found = max(between, 0.0) / of.n**2 * of.customers / max(of.customers - 1, 1)
    if of.share:
        cautious = (of.s + 1) / (of.n + 2)
        found = max(found, cautious * (1 - cautious) / of.n)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The difference b − a with its intervals, and the chance of seeing it if there were none."""

    difference: float
    ci95: tuple[float, float]
    anytime95: tuple[float, float]
    p_anytime: float

    @property
    def decided(self) -> bool:
        """Whether it differs, at a risk of 5 % over all looks together."""
        return self.p_anytime <= ALPHA


def compare(a: Sums, b: Sums) -> Compared | None:
    """The difference of two arms; None while one of them has nothing to say.

    With V the variance of the difference and τ² that of the mixture, the ratio
    Λ = √(V/(V+τ²)) · exp(τ²·d² / (2V(V+τ²))) is a martingale without a difference, so it ever
    reaches 1/α with a chance of α at most.
    """
    old, new = mean(a), mean(b)
    if old is None or new is None or min(a.customers, b.customers) < 2:  # noqa: PLR2004 - a spread
        return None
    difference = new - old
    v = spread(a) + spread(b)
    if v <= 0:
        return Compared(difference=difference, ci95=(difference, difference),
                        anytime95=(difference, difference), p_anytime=1.0)  # fmt: skip
    one = (spread(a) * a.customers + spread(b) * b.customers) / 2
    mix = MIXING**2 * one
    log_ratio = 0.5 * math.log(v / (v + mix)) + mix * difference**2 / (2 * v * (v + mix))
    half = math.sqrt(v * (v + mix) / mix * (2 * math.log(1 / ALPHA) + math.log((v + mix) / v)))
    usual = Z * math.sqrt(v)
    return Compared(
        difference=difference,
        ci95=(difference - usual, difference + usual),
        anytime95=(difference - half, difference + half),
        p_anytime=min(1.0, math.exp(-min(log_ratio, 700.0))),
    )


def effect(arms: Mapping[str, ArmOutcome]) -> dict[str, object]:
    """Both arms and every measure, as the API tells it: shares in percent, times in ms."""
    nobody = ArmOutcome()
    a, b = arms.get("a", nobody), arms.get("b", nobody)
    return {
        "arms": {
            name: {"customers": arm.customers, "contacts": arm.contacts}
            for name, arm in (("a", a), ("b", b))
        },
        "measures": [
            _measure(key, better, a.measures.get(key, Sums()), b.measures.get(key, Sums()))
            for key, better in MEASURES.items()
        ],
    }


def _measure(key: str, better: str, a: Sums, b: Sums) -> dict[str, object]:
    times = 100.0 if key.endswith("_pct") else 1.0
    unit = {"pct": "pct", "ms": "ms"}.get(key.rpartition("_")[2], "score")
    digits = {"pct": 2, "ms": 0, "score": 3}[unit]

    def said(value: float | None) -> float | None:
        return None if value is None else round(value * times, digits or None)

    found = compare(a, b)
    return {
        "key": key,
        "unit": unit,
        "better": better,
        "a": {"n": round(a.n), "value": said(mean(a))},
        "b": {"n": round(b.n), "value": said(mean(b))},
        "difference": said(found.difference) if found else None,
        "ci95": [said(one) for one in found.ci95] if found else None,
        "anytime95": [said(one) for one in found.anytime95] if found else None,
        "p_anytime": round(found.p_anytime, 4) if found else None,
        "verdict": _verdict(found, better, min(a.customers, b.customers)),
    }


def _verdict(found: Compared | None, better: str, customers: int) -> str:
    if found is None or customers < LEAST_CUSTOMERS:
        return "too_early"
    if not found.decided:
        return "open"
    return "better" if (found.difference > 0) == (better == "more") else "worse"
