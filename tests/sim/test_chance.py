"""Draws follow their laws, arrivals their rates."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean, pstdev

import pytest

from tests.sim.models import changed, one_line
from warmline.core.settings import Weekday
from warmline.core.words import DAY, HOUR
from warmline.sim import model as m
from warmline.sim.arrivals import TooMany, expected, instants
from warmline.sim.clock import first_midnight
from warmline.sim.laws import ENDLESS, draw, mean_s

GRID = [(number + 0.5) / 20_000 for number in range(20_000)]
MODEL = one_line(agents=1, per_hour=1, mean_s=1)
START = first_midnight(MODEL)


@pytest.mark.parametrize(
    "law",
    [
        m.Constant(value_s=30.0),
        m.Exponential(mean_s=180.0),
        m.Lognormal(mean_s=240.0, sd_s=200.0),
        m.Hyperexponential(weights=(3.0, 1.0), means_s=(60.0, 900.0)),
        m.Empirical(values_s=(4.0, 10.0, 100.0)),
        m.Survival(times_s=(10.0, 60.0, 300.0), survive=(0.9, 0.5, 0.2), tail_mean_s=400.0),
    ],
)
def test_the_mean_is_the_laws_own_and_more_chance_is_never_shorter(law):
    times = [draw(law)(uniform) for uniform in GRID]
    assert fmean(times) / 1000 == pytest.approx(mean_s(law), rel=0.01)
    if not isinstance(law, m.Hyperexponential):
        assert times == sorted(times)


def test_the_spread_of_a_lognormal_is_as_said():
    times = [draw(m.Lognormal(mean_s=240.0, sd_s=200.0))(uniform) for uniform in GRID]
    assert pstdev(times) / 1000 == pytest.approx(200.0, rel=0.02)


def test_the_kinds_of_a_hyperexponential_come_by_their_weights():
    law = m.Hyperexponential(weights=(3.0, 1.0), means_s=(1.0, 1e6))
    times = [draw(law)(uniform) for uniform in GRID]
    assert fmean(time < 100_000 for time in times) == pytest.approx(0.75, abs=0.05)


def test_a_survival_table_without_a_tail_ends_in_patience_without_end():
    law = draw(m.Survival(times_s=(10.0, 60.0), survive=(0.75, 0.25)))
    assert [law(uniform) for uniform in (0.0, 0.2, 0.25, 0.7, 0.75, 0.99)] == [
        10_000, 10_000, 60_000, 60_000, ENDLESS, ENDLESS]  # fmt: skip


def counts(given: m.Arrivals, *, days: int, step: int) -> list[int]:
    found = [0] * (days * DAY // step)
    for at in instants(MODEL, given, seed=11, stream="s", days=days):
        found[(at - START) // step] += 1
    return found


def near(count: int, mean: float) -> bool:
    return abs(count - mean) <= 4 * mean**0.5


def test_arrivals_follow_rates_that_change_over_the_day_and_bursts():
    given = m.Arrivals(
        rates=(
            m.Rate(start="08:00", end="12:00", per_hour=600),
            m.Rate(start="12:00", end="14:00", per_hour=60),
        ),
        bursts=(m.Burst(at="09:30", minutes=30, factor=4, day=0),),
    )
    found = counts(given, days=2, step=HOUR)
    assert sum(found[0:8]) == sum(found[14:24]) == 0
    for hour, mean in ((8, 600), (9, 1500), (11, 600), (13, 60), (33, 600)):
        assert near(found[hour], mean), (hour, found[hour])
    assert expected(MODEL, given, 2) == pytest.approx(2 * 2520 + 900)


def test_counts_by_interval_and_weekdays_and_days_multiply():
    given = m.Arrivals(
        counts=(0.0, 1000.0, 500.0), weekday_factors={Weekday.TUESDAY: 2.0}, day_factors=(0.5,)
    )
    found = counts(given, days=2, step=8 * HOUR)
    means = (0, 500, 250, 0, 2000, 1000)
    assert all(near(count, mean) for count, mean in zip(found, means, strict=True)), found
    assert expected(MODEL, given, 2) == pytest.approx(3750)


def test_busy_and_quiet_days_vary_as_said():
    given = m.Arrivals(per_hour=100.0, day_cv=0.3)
    days = counts(given, days=200, step=DAY)
    assert fmean(days) == pytest.approx(2400, rel=0.08)
    assert pstdev(days) / fmean(days) == pytest.approx(0.3, rel=0.2)


def test_recorded_moments_are_taken_as_they_are():
    given = m.Arrivals(instants_s=(3.0, 1.5, 90_000.0))
    assert instants(MODEL, given, seed=1, stream="s", days=1) == [START + 1500, START + 3000]


def test_gaps_are_exponential():
    found = instants(MODEL, m.Arrivals(per_hour=3600.0), seed=2, stream="s", days=1)
    gaps = [later - earlier for earlier, later in pairwise(found)]
    assert fmean(gaps) == pytest.approx(1000, rel=0.02)
    assert pstdev(gaps) == pytest.approx(1000, rel=0.03)


def test_another_day_has_chance_of_its_own():
    given = m.Arrivals(per_hour=50.0)
    one = instants(MODEL, given, seed=1, stream="s", days=1)
    two = instants(MODEL, given, seed=1, stream="s", days=2)
    assert two[: len(one)] == one
    assert [at - DAY for at in two[len(one) :]] != one


def test_more_customers_than_fit_are_refused():
    with pytest.raises(TooMany):
        instants(MODEL, m.Arrivals(per_hour=1e9), seed=1, stream="s", days=1)


def test_a_model_of_days_has_its_weekdays():
    model = changed(MODEL, starts="2026-01-10")
    given = m.Arrivals(per_hour=100.0, weekday_factors={Weekday.SATURDAY: 0.0})
    assert all(
        at - first_midnight(model) >= DAY
        for at in instants(model, given, seed=1, stream="s", days=2)
    )
