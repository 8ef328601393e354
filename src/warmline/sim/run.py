"""One run: a model's days from one seed, under one policy, in this process."""

import gc
from dataclasses import dataclass, field
from time import perf_counter

from warmline.core.events import Event, Offered
from warmline.core.policy import Ruleset
from warmline.core.words import MINUTE, SegmentId
from warmline.sim.clock import first_midnight, midnight
from warmline.sim.crowd import crowd
from warmline.sim.figures import (
    Figures,
    Judged,
    Window,
    by_queue,
    by_segment,
    of_desks,
    of_visits,
    series,
)
from warmline.sim.forecast import hourly_prices
from warmline.sim.kernel import Play
from warmline.sim.model import Model
from warmline.sim.roster import people, qualities, rota
from warmline.sim.stage import center_of, price_orders

SERIES_STEP = 30 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Folds:
    """What one run came to: figures of all, of each segment, queue and day, and by half hours."""

    all: Figures
    segments: dict[str, Figures]
    queues: dict[str, Figures]
    days: list[Figures]
    series: list[Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: its figures, what it cost, and what was asked to be kept of it."""

    seed: int
    folds: Folds
    calls: int
    """How many customers came."""
    steps: int
    """How many commands the core took."""
    elapsed_s: float
    """The time in the event loop."""
    decisions: list[Offered] = field(default_factory=list[Offered])
    log: list[Event] = field(default_factory=list[Event])


def run_model(
    model: Model,
    rules: Ruleset,
    *,
    seed: int,
    days: int | None = None,
    keep: bool = False,
    explain: int = 0,
) -> Run:
    """Play `days` of the model (its own number unless given) under `rules`.

    Raises `TooMany`, and `Rejected` or `Malformed` when the core refuses a setting.
    """
    days = model.days if days is None else days
    play = prepare(model, rules, seed=seed, days=days)
    play.keep, play.explain = keep, explain
    elapsed_s = _timed(play)
    return Run(
        seed=seed,
        folds=fold(play, judged(model), windows(model, days=days)),
        calls=play.arrived,
        steps=play.steps,
        elapsed_s=elapsed_s,
        decisions=play.decisions,
        log=play.log,
    )


def _timed(play: Play) -> float:
    """Run it and say how long that took, in seconds."""
    collects = gc.isenabled()
    # Nothing that a run drops is in a circle; searching all that it keeps again and again is waste.
    gc.disable()
    begun = perf_counter()
    try:
        play.run()
        return perf_counter() - begun
    finally:
        if collects:
            gc.enable()


def prepare(model: Model, rules: Ruleset, *, seed: int, days: int) -> Play:
    """The run with everything in its place, not begun."""
    center = center_of(model, rules)
    turns = rota(model, days=days)
    play = Play(
        center=center,
        customers=crowd(model, seed=seed, days=days),
        rota=turns,
        people=people(model),
        until=midnight(model, days) + round(model.overtime_s * 1000),
        slowdown=dict(model.slowdown),
    )
    if rules.policy.prices:
        play.orders = price_orders(hourly_prices(model, center, turns, days=days))
    return play


def judged(model: Model) -> Judged:
    """What outcomes are judged by: the model's own values, whatever a policy makes of segments."""
    return Judged(
        quality=qualities(model),
        value={SegmentId(name): segment.value for name, segment in model.segments.items()},
        outcome=model.outcome,
    )


def windows(model: Model, *, days: int) -> list[Window]:
    """The days that count, the warm-up left out; one that is all warm-up does not count."""
    since = first_midnight(model) + round(model.warm_up_s * 1000)
    return [
        Window(since=max(since, midnight(model, day)), until=midnight(model, day + 1))
        for day in range(days)
        if midnight(model, day + 1) > since
    ]


def fold(play: Play, by: Judged, days: list[Window]) -> Folds:
    """All figures of a run that is over; what was finished in overtime counts to the whole."""
    ledger = play.ledger
    present = Window(since=days[0].since, until=days[-1].until)
    whole = Window(since=present.since, until=max(play.until, present.until) + 1)
    unfinished = sum(
        contact.stay is not None and whole.holds(contact.stay.queued_at)
        for contact in ledger.contacts.values()
    )
    refused = sum(whole.holds(at) for at, _ in play.refused)
    total: Figures = {
        **of_visits(ledger.stays, whole, by),
        **of_desks(ledger.desks, present),
        "refused": refused,
        "unfinished": unfinished,
    }
    return Folds(
        all=total,
        segments=by_segment(ledger, whole, by),
        queues=by_queue(ledger, whole, by),
        days=[{**of_visits(ledger.stays, day, by), **of_desks(ledger.desks, day)} for day in days],
        series=series(ledger, present, SERIES_STEP),
    )
