"""How much more or less customers buy after a contact than matched others, and in money."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from math import fsum, sqrt
from typing import Any

from warmline.experience.loyalty.following import YEAR_DAYS, Followed, Others
from warmline.experience.loyalty.model import LEAST, PUBLISHED_PCT, Kind, Standing

_UPPER = 0.975


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A mean beside that of matched others; `by` is theirs taken from ours, with its interval."""

    mean: float
    others: float
    by: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """By how many percent loyalty changes: our own figure, or the published one."""

    pct: float
    low: float | None = None
    high: float | None = None

    @property
    def own(self) -> bool:
        """Whether it is our own."""
        return self.low is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What the contacts of a period come to, in minor units: won where it is above nothing."""

    minor: int
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What is known of one kind of contact, of all customers or of a segment."""

    kind: Kind
    contacts: int
    waiting: int
    no_orders: int
    alone: int
    counted: int
    again: Difference | None
    """The share that bought again, 0 to 1; None of fewer than two."""
    lost: Difference | None
    spent: Difference | None
    loyalty: Standard
    money: Money

    @property
    def enough(self) -> bool:
        """Whether the own figure can be told."""
        return self.counted >= LEAST


def effect(kind: Kind, found: Sequence[Followed], *, days: int) -> Effect:
    """The effect of a kind of contact over so many days."""
    theirs = [one for one in found if one.contact.kind is kind]
    many = Counter(one.standing for one in theirs)
    counted = [(one, one.others) for one in theirs if one.others is not None]
    again = difference(counted, lambda one: one.again, lambda one: one.again)
    spent = difference(counted, lambda one: one.spent, lambda one: one.spent)
    enough = len(counted) >= LEAST
    buyers = [one for one in theirs if one.standing is not Standing.NO_ORDERS]
    return Effect(
        kind=kind,
        contacts=len(theirs),
        waiting=many[Standing.WAITING],
        no_orders=many[Standing.NO_ORDERS],
        alone=many[Standing.ALONE],
        counted=len(counted),
        again=again,
        lost=difference(counted, lambda one: one.lost, lambda one: one.lost),
        spent=spent,
        loyalty=_loyalty(kind, again if enough else None),
        money=_money(kind, buyers, spent if enough else None, days),
    )


def _loyalty(kind: Kind, again: Difference | None) -> Standard:
    """Own, where enough others bought again that a share of theirs can be told."""
    if again is None or again.others == 0:
        return Standard(pct=PUBLISHED_PCT[kind])
    pct, low, high = (100 * part / again.others for part in (again.by, again.low, again.high))
    return Standard(pct=pct, low=low, high=high)


def _money(kind: Kind, buyers: Sequence[Followed], spent: Difference | None, days: int) -> Money:
    many = len(buyers)
    if spent is not None:
        minor, low, high = (round(part * many) for part in (spent.by, spent.low, spent.high))
        return Money(minor=minor, low=low, high=high)
    usual = fsum(one.year for one in buyers) * days / YEAR_DAYS
    return Money(minor=round(usual * PUBLISHED_PCT[kind] / 100))


def difference(
    counted: Sequence[tuple[Followed, Others]],
    mine: Callable[[Followed], float],
    theirs: Callable[[Others], tuple[float, float]],
) -> Difference | None:
    """The mean difference to matched others with Student's 95 % interval; None of fewer than two.

    Its variance is that of the differences, and that of the means of the others: contacts with the
    same others share the chance in these.
    """
    n = len(counted)
    if n <= 1:
        return None
    apart = [mine(one) - theirs(others)[0] for one, others in counted]
    by = fsum(apart) / n
    variance = fsum((one - by) ** 2 for one in apart) / (n - 1) / n
    same = Counter(others.stratum for _, others in counted)
    spread = {others.stratum: theirs(others)[1] / others.count for _, others in counted}
    variance += fsum((many / n) ** 2 * spread[stratum] for stratum, many in same.items())
    special: Any = import_module("scipy.special")  # half a second, only for who looks at effects
    half = float(special.stdtrit(n - 1, _UPPER)) * sqrt(variance)
    return Difference(
        mean=fsum(mine(one) for one, _ in counted) / n,
        others=fsum(theirs(others)[0] for _, others in counted) / n,
        by=by,
        low=by - half,
        high=by + half,
    )
