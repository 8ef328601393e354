"""Agents' scores from answers: adjusted to the mix of customers, shrunk toward the team's mean."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from warmline.core.words import AgentId, TeamId

LEAST_SPREAD2: Final = 0.01
"""Answers that are all alike still leave a doubt: no variance is taken as less."""
USUAL_PRIOR: Final = 20.0
PRIORS: Final = (5.0, 200.0)
"""Between these many answers the team's mean is worth, when it is estimated."""
FEWEST_AGENTS: Final = 4
"""With fewer agents who have answers, how much agents differ is not estimated."""
FEWEST_OF_TEAM: Final = 3
"""A team with fewer agents who have answers is judged by the whole site's mean."""
_Z: Final = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One answer, 0 to 1, about an agent, and the kind of customer who gave it."""

    agent: AgentId
    kind: Hashable
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What an agent scores, and from what."""

    value: float
    low: float
    high: float
    n: int
    mean: float | None
    """The bare mean of the own answers."""
    adjusted: float | None
    """The same at the whole site's mix of customers."""
    team: float
    """What it is drawn toward."""
    weight: float
    """How much the own answers count, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """All scores, with what they share."""

    mean: float
    spread: float
    """Standard deviation of answers about one agent from one kind of customer."""
    prior: float
    """How many answers the team's mean is worth."""
    estimated: bool
    agents: Mapping[AgentId, Scored]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mix:
    """The answers of the whole site by kind of customer."""

    weights: Mapping[Hashable, float]
    means: Mapping[Hashable, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Away:
    """How far some answers are from what the same kinds of customers say of everybody."""

    by: float = 0
    n: int = 0
    worth: float = 0
    """As many answers of the site's own mix would be as sure."""


def scores(
    told: Sequence[Told], teams: Mapping[AgentId, TeamId | None], *, prior: float | None = None
) -> Scores | None:
    """The scores of all agents in `teams`; None while nobody answered. Who has none: the team's.

    score = team + w · (adjusted − team), w = worth ÷ (worth + prior). `adjusted` is the site's mean
    plus the mean difference from the site, kind by kind, weighed by the site's mix. Not accounted
    for: what customers of a kind differ in beyond their segment and channel.
    """
    if not told:
        return None
    mean = sum(one.value for one in told) / len(told)
    mix = _mix(told)
    apart = _by(told, lambda one: one.agent)
    away = {agent: _away(apart.get(agent, ()), mix) for agent in teams}
    centers = _centers(told, teams, mix)
    spread2 = _spread2(told)
    estimated = prior is None
    worth = (
        _prior(away, {a: centers[t] for a, t in teams.items()}, spread2) if prior is None else prior
    )
    found = {
        agent: _scored(away[agent], mean, centers[team], apart.get(agent, ()), spread2, worth)
        for agent, team in teams.items()
    }
    return Scores(mean=mean, spread=sqrt(spread2), prior=worth, estimated=estimated, agents=found)


def _by(told: Iterable[Told], key: Callable[[Told], Hashable]) -> dict[Hashable, list[Told]]:
    found: dict[Hashable, list[Told]] = defaultdict(list)
    for one in told:
        found[key(one)].append(one)
    return found


def _mean(told: Sequence[Told]) -> float:
    return sum(one.value for one in told) / len(told)


def _mix(told: Sequence[Told]) -> _Mix:
    kinds = _by(told, lambda one: one.kind)
    return _Mix(
        weights={kind: len(part) / len(told) for kind, part in kinds.items()},
        means={kind: _mean(part) for kind, part in kinds.items()},
    )


def _away(told: Sequence[Told], mix: _Mix) -> _Away:
    """Direct standardisation over the kinds of customers that these answers have."""
    if not told:
        return _Away()
    kinds = _by(told, lambda one: one.kind)
    whole = sum(mix.weights[kind] for kind in kinds)
    by = sum(mix.weights[kind] * (_mean(part) - mix.means[kind]) for kind, part in kinds.items())
    doubt = sum(mix.weights[kind] ** 2 / len(part) for kind, part in kinds.items())
    return _Away(by=by / whole, n=len(told), worth=whole**2 / doubt)


def _centers(
    told: Sequence[Told], teams: Mapping[AgentId, TeamId | None], mix: _Mix
) -> Mapping[TeamId | None, float]:
    """How far each team is from the site; a small one, and no team, is not."""
    by_team = _by((one for one in told if one.agent in teams), lambda one: teams[one.agent])
    found: dict[TeamId | None, float] = {}
    for team in set(teams.values()):
        theirs = by_team.get(team, [])
        few = len({one.agent for one in theirs}) < FEWEST_OF_TEAM
        found[team] = 0.0 if team is None or few else _away(theirs, mix).by
    return found


def _spread2(told: Sequence[Told]) -> float:
    """The variance of answers about one agent from one kind of customer, over all of them."""
    cells = _by(told, lambda one: (one.agent, one.kind))
    free = len(told) - len(cells)
    if free < 1:
        middle = _mean(told)
        return max(LEAST_SPREAD2, sum((one.value - middle) ** 2 for one in told) / len(told))
    off = 0.0
    for part in cells.values():
        middle = _mean(part)
        off += sum((one.value - middle) ** 2 for one in part)
    return max(LEAST_SPREAD2, off / free)


def _prior(
    away: Mapping[AgentId, _Away], centers: Mapping[AgentId, float], spread2: float
) -> float:
    """Empirical Bayes by moments: the variance of answers ÷ the variance between agents."""
    known = [(one, centers[agent]) for agent, one in away.items() if one.n]
    if len(known) < FEWEST_AGENTS:
        return USUAL_PRIOR
    seen = sum(one.worth * (one.by - center) ** 2 for one, center in known)
    between2 = (seen - (len(known) - 1) * spread2) / sum(one.worth for one, _ in known)
    least, most = PRIORS
    return most if between2 <= 0 else min(most, max(least, spread2 / between2))


def _scored(
    away: _Away, mean: float, center: float, own: Sequence[Told], spread2: float, prior: float
) -> Scored:
    weight = away.worth / (away.worth + prior)
    team = _within(mean + center)
    value = _within(team + weight * (mean + away.by - team)) if away.n else team
    half = _Z * sqrt(spread2 / (away.worth + prior))
    return Scored(
        value=value,
        low=max(0.0, value - half),
        high=min(1.0, value + half),
        n=away.n,
        mean=_mean(own) if own else None,
        adjusted=_within(mean + away.by) if away.n else None,
        team=team,
        weight=weight,
    )


def _within(value: float) -> float:
    return min(1.0, max(0.0, value))
