"""Callbacks in a simulated spike: deferred ones make fewer give up, and the promises are kept."""

from warmline.bench.callbacks import ARMS, one_day, spike_day
from warmline.core.words import HOUR, MINUTE
from warmline.sim.callbacks import Offering
from warmline.sim.figures import Figures

SEEDS = (1, 2, 3)


def _sum(days: list[Figures], key: str) -> float:
    return sum(day[key] or 0.0 for day in days)


def test_deferred_callbacks_make_fewer_give_up_than_those_in_order_and_than_none():
    model = spike_day(agents=20)
    days = {arm: [one_day(arm, seed, model, Offering()) for seed in SEEDS] for arm in ARMS}
    given_up = {arm: _sum(days[arm], "abandoned_pct") for arm in ARMS}
    assert given_up["deferred"] < given_up["in-order"]
    assert given_up["deferred"] < 0.8 * given_up["none"]
    callers = {arm: _sum(days[arm], "callers") for arm in ARMS}
    assert len(set(callers.values())) == 1, "the same customers for each"
    promised = _sum(days["deferred"], "callbacks")
    assert promised > 0
    kept = sum((day["kept_pct"] or 0.0) * (day["callbacks"] or 0.0) for day in days["deferred"])
    assert kept >= 95 * promised


def test_nobody_is_offered_one_who_would_not_wait():
    day = one_day("deferred", 1, spike_day(agents=20), Offering(after_ms=HOUR))
    assert day["callbacks"] == 0
    assert day["kept_pct"] is None


def test_a_promise_that_cannot_be_kept_counts_as_broken():
    offering = Offering(after_ms=0, taken=1.0, within_ms=-MINUTE)
    day = one_day("deferred", 1, spike_day(agents=20), offering)
    assert day["callbacks"] == day["callers"]
    assert day["kept_pct"] == 0.0
    assert day["abandoned_pct"] == 0.0
