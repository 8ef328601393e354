"""Callbacks on a day with a spike: none, in order, deferred, with the same customers for each.

An invented center of 60 agents with one queue. Callers are 85 % of what it can serve, and half as
many again for an hour. Whoever would wait a minute is offered a call within an hour; half of them
take it. The others give up after six minutes on average. Everybody who is called answers.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from statistics import fmean
from typing import Any

from warmline.core import settings as s
from warmline.core.callback import CallbackOrder, Callbacks
from warmline.core.policy import Ruleset
from warmline.core.words import Medium
from warmline.sim.callbacks import CallbackDoor, Offering
from warmline.sim.figures import Figures, quantile
from warmline.sim.intervals import paired
from warmline.sim.model import (
    Arrivals,
    Burst,
    Exponential,
    Group,
    Lognormal,
    Model,
    Queue,
    Rate,
    Shift,
    Stream,
)
from warmline.sim.run import fold, judged, prepare, windows

AGENTS = 60
HANDLE_S = 240.0
LOAD = 0.85
PATIENCE_S = 360.0
SPIKE = Burst(at="12:00", minutes=60, factor=1.5)
ARMS = ("none", "in-order", "deferred")
PERCENT = 100


def spike_day(*, agents: int = AGENTS) -> Model:
    """The model, of one day from nine to seven."""
    rate = Rate(start="09:00", end="19:00", per_hour=agents * 3600 / HANDLE_S * LOAD)
    return Model(
        name="a day with a spike",
        queues={"help": Queue()},
        streams={
            "calls": Stream(
                queue="help",
                arrivals=Arrivals(rates=(rate,), bursts=(SPIKE,)),
                talk=Lognormal(mean_s=HANDLE_S, sd_s=HANDLE_S),
                patience=Exponential(mean_s=PATIENCE_S),
            )
        },
        agents={"all": Group(count=agents, shifts=(Shift(start="08:45", end="20:00"),))},
    )


def one_day(arm: str, seed: int, model: Model, offering: Offering) -> Figures:
    """The figures of one day: of callers and callbacks together, and of the promises."""
    order = CallbackOrder.IN_ORDER if arm == "in-order" else CallbackOrder.DEFERRED
    rules = Ruleset(policy=s.Policy(version=2, callbacks=Callbacks(order=order)))
    play = prepare(model, rules, seed=seed, days=1)
    matcher = play.center.waiting.matcher
    if matcher is not None:
        matcher.records = False
    door = None
    if arm != "none":
        door = CallbackDoor(play, offering, seed=seed, handle_ms=round(HANDLE_S * 1000))
    play.run()
    total = fold(play, judged(model), windows(model, days=1)).all
    stays = play.ledger.stays
    live = sorted(
        stay.answered_at - stay.queued_at
        for stay in stays
        if stay.answered_at >= 0 and stay.contact.medium is not Medium.CALLBACK
    )
    kept = None if door is None else door.kept(stays)
    return {
        "callers": float(play.arrived),
        "abandoned_pct": total["abandoned_pct"],
        "service_level_pct": total["service_level_pct"],
        "live_wait_s": fmean(live) / 1000 if live else None,
        "live_wait_p90_s": (quantile(live, 0.9) or 0.0) / 1000,
        "occupancy_pct": total["occupancy_pct"],
        "callbacks": 0.0 if kept is None else float(kept.promised),
        "kept_pct": PERCENT * kept.kept / kept.promised if kept and kept.promised else None,
        "called_after_p90_min": (quantile(sorted(kept.waits), 0.9) or 0.0) / 60_000
        if kept
        else None,
    }


def measure(
    *, seeds: int = 20, jobs: int = 2, offering: Offering | None = None, agents: int = AGENTS
) -> dict[str, Any]:
    """Means over `seeds` days by arm, and the paired differences to none with 95 % intervals."""
    model, offered = spike_day(agents=agents), offering or Offering()
    tasks = [(arm, seed) for seed in range(1, seeds + 1) for arm in ARMS]
    arms, numbers = zip(*tasks, strict=True)
    days: dict[str, list[Figures]] = {arm: [] for arm in ARMS}
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        played = pool.map(one_day, arms, numbers, repeat(model), repeat(offered))
        for (arm, _), figures in zip(tasks, played, strict=True):
            days[arm].append(figures)
    return {
        "seeds": seeds,
        **{arm.replace("-", "_"): _means(days[arm]) for arm in ARMS},
        "in_order_less_none": _differences(days["in-order"], days["none"]),
        "deferred_less_none": _differences(days["deferred"], days["none"]),
        "deferred_less_in_order": _differences(days["deferred"], days["in-order"]),
        "abandoned_change_pct": _change(days["deferred"], days["none"]),
        "in_order_abandoned_change_pct": _change(days["in-order"], days["none"]),
    }


def _means(days: Sequence[Figures]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for key in days[0]:
        known = [value for day in days if (value := day[key]) is not None]
        found[key] = round(fmean(known), 2) if known else None
    return found


def _differences(of: Sequence[Figures], from_: Sequence[Figures]) -> dict[str, Any]:
    keys = ("abandoned_pct", "service_level_pct", "live_wait_s")
    return {key: paired([day[key] for day in of], [day[key] for day in from_]) for key in keys}


def _change(of: Sequence[Figures], from_: Sequence[Figures]) -> float:
    """How much less is given up, in percent of before: below 0 is better."""
    after, before = (fmean(day["abandoned_pct"] or 0.0 for day in days) for days in (of, from_))
    return round(PERCENT * (after - before) / before, 1)
