"""Bid prices for every hour of a run, from what a planner would know: usual rates and the rota."""

from collections.abc import Mapping, Sequence

from warmline.core.state import Center
from warmline.core.words import (
    DAY,
    HOUR,
    AgentId,
    Instant,
    Medium,
    Millis,
    Presence,
    QueueId,
    SegmentId,
)
from warmline.insight.prices import Demand, NoForecast, market, prices
from warmline.sim.arrivals import usual
from warmline.sim.clock import midnight
from warmline.sim.kernel import Turn
from warmline.sim.laws import mean_s
from warmline.sim.model import Model, Stream

HOURS = DAY // HOUR
Priced = tuple[Instant, Mapping[AgentId, Millis], str]
"""From when, what each agent's time is worth elsewhere, and `forecast` or why there is none."""


def hourly_prices(
    model: Model, center: Center, turns: Sequence[Turn], *, days: int
) -> list[Priced]:
    """The prices of every hour; an hour without anybody to come or to serve has none."""
    found: list[Priced] = []
    known: dict[object, tuple[Mapping[AgentId, Millis], str]] = {}
    present = _Present(turns)
    for day in range(days):
        for hour in range(HOURS):
            at = midnight(model, day) + hour * HOUR
            demand = _demand(model, day, hour)
            there = present.until(at + HOUR // 2)
            key = (tuple((one.queue, one.segment, one.per_hour) for one in demand), there)
            if key not in known:
                known[key] = _prices(center, demand, there)
            found.append((at, *known[key]))
    return found


def _prices(
    center: Center, demand: Sequence[Demand], there: frozenset[AgentId]
) -> tuple[Mapping[AgentId, Millis], str]:
    try:
        agents = [center.agents[id_] for id_ in sorted(there)]
        return prices(market(center, demand, agents)), "forecast"
    except NoForecast:
        return {}, "forecast"
    except ArithmeticError:  # the program has no solution: a run without prices is still a run
        return {}, "failed"


def _demand(model: Model, day: int, hour: int) -> list[Demand]:
    found: list[Demand] = []
    for stream in model.streams.values():
        per_hour = usual(
            model, stream.arrivals, day=day, since=hour * HOUR, until=(hour + 1) * HOUR
        )
        if per_hour > 0:
            found += _kinds(stream, per_hour)
    return found


def _kinds(stream: Stream, per_hour: float) -> list[Demand]:
    handle_s = mean_s(stream.talk) + (mean_s(stream.wrap_up) if stream.wrap_up else 0.0)
    return [
        Demand(
            queue=QueueId(stream.queue),
            medium=Medium(stream.medium),
            per_hour=per_hour * segment_share * language_share,
            handle_ms=max(handle_s * 1000, 1.0),
            segment=SegmentId(segment) if segment else None,
            language=language,
        )
        for segment, segment_share in _shares(stream.segments)
        for language, language_share in _shares(stream.languages)
    ]


def _shares(weights: Mapping[str, float]) -> list[tuple[str | None, float]]:
    total = sum(weights.values())
    return [(name, weight / total) for name, weight in weights.items()] or [(None, 1.0)]


class _Present:
    """Who is at work, as the rota goes on; a break is no absence for an hour's plan."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._read = 0
        self._there: set[AgentId] = set()

    def until(self, at: Instant) -> frozenset[AgentId]:
        """Who is there at a moment, not earlier than the one asked for before."""
        while self._read < len(self._turns) and self._turns[self._read][0] <= at:
            _, agent, presence = self._turns[self._read]
            self._read += 1
            if presence is Presence.OFFLINE:
                self._there.discard(agent)
            else:
                self._there.add(agent)
        return frozenset(self._there)
