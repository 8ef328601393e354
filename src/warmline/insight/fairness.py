"""Whether groups of customers are served alike, where an affinity rule compares groups at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log, sqrt
from statistics import fmean, stdev
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import InteractionId, SiteId
from warmline.insight import tables
from warmline.insight.metrics import Window
from warmline.insight.tables import CHUNK
from warmline.storage.rows import rows
from warmline.storage.schema import event

FEWEST = 30
"""Of a group with fewer results nothing is concluded."""
MOST = 200_000
"""Customers that one report looks at."""
_Z = 1.96
_POLICIES = ("PolicyDefined", "PolicyPublished", "TrialStarted")
_GROUP_CHARS = 64


class Interval(NamedTuple):
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(slots=True)
class Group:
    """What became of the customers of one group."""

    waits_ms: list[int] = field(default_factory=list[int])
    answered: int = 0
    abandoned: int = 0
    ratings: list[int] = field(default_factory=list[int])

    @property
    def n(self) -> int:
        """How many have an outcome."""
        return self.answered + self.abandoned


def share(good: int, n: int) -> Interval | None:
    """A share, 0 to 1, with its interval after Wilson; None of nothing.

    >>> tuple(round(part, 2) for part in share(8, 10))
    (0.8, 0.49, 0.94)
    """
    if n == 0:
        return None
    part, extra = good / n, _Z * _Z / n
    middle = (part + extra / 2) / (1 + extra)
    half = _Z * sqrt(part * (1 - part) / n + extra / (4 * n)) / (1 + extra)
    return Interval(part, max(0.0, middle - half), min(1.0, middle + half))


def mean(values: Sequence[float]) -> Interval | None:
    """A mean with its interval; None of fewer than two."""
    if len(values) < 2:  # noqa: PLR2004 - one value has no spread
        return None
    value, half = fmean(values), _Z * stdev(values) / sqrt(len(values))
    return Interval(value, value - half, value + half)


def ratio(one: Interval | None, other: Interval | None) -> Interval | None:
    """How many times the other the one is, with the interval of both; None where either is 0.

    >>> tuple(round(part, 2) for part in ratio(Interval(20, 18, 22), Interval(10, 9, 11)))
    (2.0, 1.74, 2.3)
    """
    if one is None or other is None or one.value <= 0 or other.value <= 0:
        return None
    spread = sqrt(_relative(one) ** 2 + _relative(other) ** 2)
    middle = log(one.value / other.value)
    return Interval(exp(middle), exp(middle - spread), exp(middle + spread))


def _relative(interval: Interval) -> float:
    """Half the width of an interval as a share of its value."""
    return (interval.high - interval.low) / (2 * interval.value)


def compared(groups: Mapping[str, Group]) -> dict[str, Any]:
    """Every group beside the largest: waits and outcomes, and how many times those of it."""
    if not groups:
        return {"reference": None, "groups": []}
    reference = max(groups, key=lambda name: (groups[name].n, name))
    base = groups[reference]
    base_wait, base_share = mean(base.waits_ms), share(base.answered, base.n)
    told: list[dict[str, Any]] = []
    for name, group in sorted(groups.items(), key=lambda one: (-one[1].n, one[0])):
        wait, answered = mean(group.waits_ms), share(group.answered, group.n)
        sure = name != reference and min(group.n, base.n) >= FEWEST
        told.append(
            {
                "group": name,
                "n": group.n,
                "too_small": group.n < FEWEST,
                "wait_ms": _shown(wait),
                "answered": _shown(answered),
                "rating": _shown(mean(group.ratings)),
                "wait_ratio": _shown(ratio(wait, base_wait)) if sure else None,
                "answered_ratio": _shown(ratio(answered, base_share)) if sure else None,
            }
        )
    return {"reference": reference, "groups": told}


def _shown(interval: Interval | None) -> dict[str, float] | None:
    if interval is None:
        return None
    return {name: round(part, 4) for name, part in interval._asdict().items()}


# What the log knows


class _Affinity(msgspec.Struct):
    trait: str


class _Policy(msgspec.Struct):
    affinities: list[_Affinity] = []


class _Ruleset(msgspec.Struct):
    policy: _Policy


class _Trial(msgspec.Struct):
    ruleset: _Ruleset


class _Published(msgspec.Struct):
    """Any event that brings a policy."""

    policy: _Policy | None = None
    ruleset: _Ruleset | None = None
    trial: _Trial | None = None

    def traits(self) -> Iterable[str]:
        """What its affinity rules compare."""
        ruleset = self.trial.ruleset if self.trial is not None else self.ruleset
        policy = ruleset.policy if ruleset is not None else self.policy
        return (one.trait for one in policy.affinities) if policy is not None else ()


class _Came(msgspec.Struct):
    """Who arrived, and what they stated."""

    interaction: str
    groups: dict[str, str] = {}


_PUBLISHED = msgspec.json.Decoder(_Published)
_CAME = msgspec.json.Decoder(_Came)


async def traits(connection: AsyncConnection, site: SiteId) -> list[str]:
    """Every trait that an affinity rule has ever compared here, in the order of the first time."""
    query = (
        select(event.c.body)
        .where(event.c.site == site, event.c.name.in_(_POLICIES))
        .order_by(event.c.position)
    )
    found: dict[str, None] = {}
    for one in await rows(connection, query):
        for trait in _PUBLISHED.decode(one["body"]).traits():
            found[trait] = None
    return list(found)


async def report(
    connection: AsyncConnection, site: SiteId, window: Window, wanted: Sequence[str]
) -> dict[str, dict[str, Group]]:
    """Of each trait, what became of the customers of each group who came in the window."""
    found: dict[str, dict[str, Group]] = {trait: {} for trait in wanted}
    if not wanted:
        return found
    stated: dict[InteractionId, Mapping[str, str]] = {}
    for one in await rows(connection, _came(site, window)):
        came = _CAME.decode(one["body"])
        if came.groups:
            stated[InteractionId(came.interaction)] = came.groups
    ids = list(stated)
    for start in range(0, len(ids), CHUNK):
        for stay in await rows(connection, tables.visits(site, ids[start : start + CHUNK])):
            for trait in wanted:
                group = stated[InteractionId(stay["interaction"])].get(trait)
                if group is not None:
                    _add(found[trait].setdefault(group[:_GROUP_CHARS], Group()), stay)
    return found


def _came(site: SiteId, window: Window) -> Select[Any]:
    return (
        select(event.c.body)
        .where(event.c.site == site, event.c.name == "Arrived", window.holds(event.c.at))
        .limit(MOST)
    )


def _add(group: Group, stay: Mapping[str, Any]) -> None:
    outcome = stay["answered_at"] or stay["abandoned_at"]
    if outcome is None:
        return
    group.waits_ms.append(outcome - stay["since"])
    group.answered += stay["answered_at"] is not None
    group.abandoned += stay["answered_at"] is None
    if stay["rating"] is not None:
        group.ratings.append(stay["rating"])
