"""The routing rules side by side on the reference day, with the same customers for each."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import fmean
from typing import Any

from warmline.bench.reference_day import HANDLE_S, PRICED, policies, reference_day
from warmline.core.center import step
from warmline.core.commands import SetPrices
from warmline.core.words import CommandId, Medium, QueueId, SegmentId
from warmline.insight.prices import Demand, market, prices
from warmline.sim.kernel import Play
from warmline.sim.model import Model
from warmline.sim.run import Folds, fold, judged, prepare, windows


def measure(*, days: int, jobs: int = 2, only: Sequence[str] = ()) -> dict[str, Any]:
    """Means over `days` independent days, by policy.

    The outcome is weighed by value, 0 to 100; the spread of occupancy between agents is in points;
    service level by segment and the share abandoned are in percent.
    """
    names = [name for name in policies() if not only or name in only]
    tasks = [(name, seed) for seed in range(1, days + 1) for name in names]
    found: dict[str, list[Folds]] = {name: [] for name in names}
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for (name, _), folds in zip(tasks, pool.map(_one_day, tasks), strict=True):
            found[name].append(folds)
    return {name: _figures(folds) for name, folds in found.items()}


def _one_day(task: tuple[str, int]) -> Folds:
    name, seed = task
    model = reference_day()
    play = prepare(model, policies()[name], seed=seed, days=1)
    waiting = play.center.waiting
    if waiting.matcher is not None:
        waiting.matcher.records = False
    if name == PRICED:
        _set_prices(model, play)
    play.run()
    return fold(play, judged(model), windows(model, days=1))


def _set_prices(model: Model, play: Play) -> None:
    """The bid prices of the hour: all hours of the day are alike."""
    demand = [
        Demand(
            queue=QueueId(stream.queue),
            medium=Medium.VOICE,
            per_hour=rate.per_hour * share / sum(stream.segments.values()),
            handle_ms=HANDLE_S * 1000,
            segment=SegmentId(segment),
        )
        for stream in model.streams.values()
        for rate in stream.arrivals.rates
        for segment, share in stream.segments.items()
    ]
    center = play.center
    found = prices(market(center, demand, center.agents.values()))
    step(center, SetPrices(id=CommandId("prices"), prices=found), center.now)


def _figures(folds: Sequence[Folds]) -> dict[str, Any]:
    def mean(values: Sequence[float | None]) -> float:
        return round(fmean(value for value in values if value is not None), 2)

    segments = folds[0].segments
    return {
        "outcome": mean([one.all["outcome_weighted"] for one in folds]),
        "occupancy_spread": mean([one.all["occupancy_spread"] for one in folds]),
        "service_level": {
            segment: mean([one.segments[segment]["service_level_pct"] for one in folds])
            for segment in segments
        },
        "abandoned": mean([one.all["abandoned_pct"] for one in folds]),
    }
