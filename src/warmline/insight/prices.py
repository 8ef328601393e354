"""What an agent's time is worth elsewhere in the coming hour: the bid prices of a fluid model.

A linear program lets groups of like agents serve the expected customers, for the greatest sum of
value times quality. The dual of a group's time says what another minute of it would add: that is
the price of giving it to somebody now. Waiting, chance and breaks are not in the model.

As a program it reads a market from its input and writes the prices: `python -m` this module.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from warmline.core.agent import AgentState
from warmline.core.modes import worth_ms
from warmline.core.settings import Need, Ring
from warmline.core.state import Center
from warmline.core.words import (
    HOUR,
    AgentId,
    Medium,
    Millis,
    QueueId,
    SegmentId,
    SkillId,
)

LARGEST_PRICE: Millis = HOUR
SERVED = 2.0
"""Being served at all is worth this many perfect matches."""
MOST_WANTED = 400
"""Kinds of customers in one model; the rarest beyond are left out."""


class NoForecast(Exception):
    """Nobody is expected, or nobody is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Customers expected in an hour who want the same, and how long one of them takes."""

    queue: QueueId
    medium: Medium
    per_hour: float
    handle_ms: float
    segment: SegmentId | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One kind of customers in the model."""

    per_hour: float
    handle_ms: float
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One agent in the model: the kinds they may serve, and how much of them one takes."""

    id: AgentId
    quality_pct: int
    shares: tuple[tuple[int, float], ...]
    """(kind, share of the agent's attention, over 0 to 1) of each kind that they may serve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """All that prices follow from."""

    worth_ms: Millis
    wanted: tuple[Wanted, ...]
    workers: tuple[Worker, ...]


def market(center: Center, demand: Sequence[Demand], agents: Iterable[AgentState]) -> Market:
    """The market of an hour in which `agents` work under the rules in force."""
    known = [one for one in demand if one.queue in center.queues and one.per_hour > 0]
    known = sorted(known, key=lambda one: -one.per_hour)[:MOST_WANTED]
    return Market(
        worth_ms=worth_ms(center, center.policy),
        wanted=tuple(
            Wanted(
                per_hour=one.per_hour, handle_ms=one.handle_ms, value=_value(center, one.segment)
            )
            for one in known
        ),
        workers=tuple(
            Worker(id=agent.id, quality_pct=agent.quality_pct, shares=_shares(center, agent, known))
            for agent in agents
        ),
    )


def _value(center: Center, segment: SegmentId | None) -> float:
    found = center.segments.get(segment) if segment else None
    return found.value if found is not None else 1


def _shares(
    center: Center, agent: AgentState, demand: Sequence[Demand]
) -> tuple[tuple[int, float], ...]:
    found: list[tuple[int, float]] = []
    for number, one in enumerate(demand):
        share = _share(agent, one.medium)
        # The last ring is the widest: whom it leaves out never serves the queue.
        if share > 0 and _able(center, center.queues[one.queue].rings[-1], one, agent):
            found.append((number, share))
    return tuple(found)


def _share(agent: AgentState, medium: Medium) -> float:
    capacity = agent.profile.capacity
    slots = capacity.slots.get(medium, 0)
    if slots <= 0 or capacity.total <= 0:
        return 0.0
    return min(1.0, max(1 / slots, capacity.weights.get(medium, 1) / capacity.total))


def _able(center: Center, ring: Ring, demand: Demand, agent: AgentState) -> bool:
    levels = agent.spec.skills

    def has(need: Need) -> bool:
        return levels.get(need.skill, 0) >= need.level

    if ring.agents and agent.id not in ring.agents:
        return False
    if not all(map(has, ring.needs)) or (ring.any_of and not any(map(has, ring.any_of))):
        return False
    if demand.language is None or demand.language not in center.skills:
        return True
    return levels.get(SkillId(demand.language), 0) >= ring.language_level


Kind = tuple[int, tuple[tuple[int, float], ...]]
"""Agents who are alike: (quality, shares)."""


def prices(given: Market) -> Mapping[AgentId, Millis]:
    """What one customer's worth of each agent's time is worth elsewhere, in ms of idle time.

    The least is 0 (only differences decide), the most an hour. Raises `NoForecast`, and
    `ArithmeticError` when the program has no solution.
    """
    groups: dict[Kind, list[AgentId]] = {}
    for worker in given.workers:
        if worker.shares:
            groups.setdefault((worker.quality_pct, worker.shares), []).append(worker.id)
    if not given.wanted or not groups:
        raise NoForecast
    kinds = list(groups)
    duals = _duals(given, kinds, [len(groups[kind]) for kind in kinds])
    found = {
        agent: dual * _usual_ms(given, kind)
        for kind, dual in zip(kinds, duals, strict=True)
        for agent in groups[kind]
    }
    least = min(found.values())
    return {
        worker.id: min(round(found.get(worker.id, least) - least), LARGEST_PRICE)
        for worker in given.workers
    }


def _usual_ms(given: Market, kind: Kind) -> float:
    """How much attention one customer of such an agent takes, by the mix that may come."""
    number = sum(given.wanted[index].per_hour for index, _ in kind[1])
    attention = sum(
        given.wanted[index].per_hour * given.wanted[index].handle_ms * share
        for index, share in kind[1]
    )
    return attention / number


def _duals(given: Market, kinds: Sequence[Kind], sizes: Sequence[int]) -> Sequence[float]:
    """The worth of another millisecond of each group's attention, in ms of match."""
    from scipy import optimize, sparse  # noqa: PLC0415 - half a second, and only for prices

    pairs = [
        (group, index, share) for group, (_, shares) in enumerate(kinds) for index, share in shares
    ]
    reward = [
        given.wanted[index].value * (SERVED + kinds[group][0] / 100) for group, index, _ in pairs
    ]
    rows = [group for group, _, _ in pairs] + [len(kinds) + index for _, index, _ in pairs]
    columns = [*range(len(pairs)), *range(len(pairs))]
    # In hours of attention, so that no number is far from 1.
    hours = [given.wanted[index].handle_ms * share / HOUR for _, index, share in pairs]
    matrix: Any = sparse.coo_array(
        (hours + [1.0] * len(pairs), (rows, columns)),
        shape=(len(kinds) + len(given.wanted), len(pairs)),
    )
    limits = [float(size) for size in sizes] + [one.per_hour for one in given.wanted]
    linprog: Any = getattr(optimize, "linprog")  # noqa: B009 - scipy ships no types
    solved = linprog(
        [-one for one in reward], A_ub=matrix.tocsr(), b_ub=limits, bounds=(0, None), method="highs"
    )
    if solved.status != 0:
        raise ArithmeticError(f"the program for prices ended with status {solved.status}")
    marginals: Sequence[float] = solved.ineqlin.marginals[: len(kinds)]
    return [max(0.0, -dual) * given.worth_ms / HOUR for dual in marginals]


def main() -> None:
    """Read a market, write the prices."""
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=Market)
    try:
        found = prices(given)
    except NoForecast:
        found = {}
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
