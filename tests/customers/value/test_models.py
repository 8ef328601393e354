"""The models of ordering and spending, against slow formulas and customers drawn from them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import hyp2f1

from tests.customers.value.shops import PUBLISHED, drawn, known, one, slow_likelihood, spent
from warmline.customers.value import bgnbd, gamma_gamma
from warmline.customers.value.bgnbd import BgNbd, TooFew
from warmline.customers.value.gamma_gamma import GammaGamma

SMOOTH = BgNbd(r=2.5, alpha=6.0, a=1.4, b=3.2)
"""With r above 1 the density has no peak at 0, so that a plain sum can integrate it."""
models = st.builds(
    BgNbd,
    r=st.floats(0.1, 5),
    alpha=st.floats(0.5, 60),
    a=st.floats(0.05, 5),
    b=st.floats(0.3, 20),
)
histories = st.tuples(st.integers(0, 30), st.floats(0.01, 0.99), st.floats(1, 150)).map(
    lambda drawn: (drawn[0], drawn[1] * drawn[2] if drawn[0] else 0.0, drawn[2])
)


@pytest.mark.parametrize(
    ("x", "last", "age"), [(0, 0.0, 20.0), (1, 3.0, 20.0), (4, 17.5, 20.0), (9, 30.0, 38.86)]
)
def test_the_likelihood_is_that_of_who_stopped_after_which_order(x, last, age):
    each, _ = bgnbd.log_likelihood(SMOOTH, *(np.array([value], float) for value in (x, last, age)))
    assert float(each[0]) == pytest.approx(slow_likelihood(SMOOTH, x, last, age), rel=1e-3)


@settings(deadline=None, max_examples=60)
@given(models, histories)
def test_the_slopes_are_those_of_the_likelihood(model, history):
    at = [np.array([value], float) for value in history]
    _, slopes = bgnbd.log_likelihood(model, *at)
    for place, name in enumerate(("r", "alpha", "a", "b")):
        value = getattr(model, name)
        step = 1e-5 * value
        more, _ = bgnbd.log_likelihood(replace(model, **{name: value + step}), *at)
        less, _ = bgnbd.log_likelihood(replace(model, **{name: value - step}), *at)
        rough = float(more[0] - less[0]) / (2 * step)
        assert float(slopes[place][0]) == pytest.approx(rough, rel=2e-3, abs=2e-4)


@settings(deadline=None, max_examples=80)
@given(models.filter(lambda model: abs(model.a - 1) > 0.05), histories, st.floats(0.5, 150))
def test_expected_orders_are_the_published_formula_where_that_can_be_computed(
    model, history, weeks
):
    x, last, age = history
    if model.a + model.b + x <= 1.05:
        return
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    stretch = weeks / (alpha + age + weeks)
    series = float(hyp2f1(r + x, b + x, a + b + x - 1, stretch))
    power = ((alpha + age) / (alpha + age + weeks)) ** (r + x)
    top = (a + b + x - 1) / (a - 1) * (1 - power * series)
    gone = a / (b + x - 1) * ((alpha + age) / (alpha + last)) ** (r + x) if x else 0.0
    found = float(bgnbd.expected(model, one(x, last, age), weeks)[0])
    assert found == pytest.approx(top / (1 + gone), rel=1e-4, abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(models.filter(lambda model: abs(model.a - 1) > 0.05 and model.a + model.b > 1.05))
def test_of_somebody_unknown_the_published_formula_foretells_as_ours(model):
    weeks = np.array([0.5, 12.0, 39.0, 78.0])
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    power = (alpha / (alpha + weeks)) ** r
    series = hyp2f1(r, b, a + b - 1, weeks / (alpha + weeks))
    published = (a + b - 1) / (a - 1) * (1 - power * series)
    assert bgnbd.since_the_first(model, weeks) == pytest.approx(published, rel=1e-4, abs=1e-6)


def test_the_published_customer_is_expected_to_order_as_published():
    # Fader, Hardie, Lee: x = 2, t_x = 30.43, T = 38.86 gives 1.226 orders in 39 weeks.
    assert float(bgnbd.expected(PUBLISHED, one(2, 30.43, 38.86), 39)[0]) == pytest.approx(
        1.226, abs=5e-4
    )


@settings(deadline=None, max_examples=80)
@given(models, histories, st.floats(1, 100))
def test_chances_are_chances_and_more_time_is_never_fewer_orders(model, history, weeks):
    who = one(*history)
    alive = float(bgnbd.alive(model, who)[0])
    silent = float(bgnbd.silent(model, who, weeks)[0])
    assert 0 <= alive <= 1
    assert 1 - alive - 1e-9 <= silent <= 1
    near, far = (float(bgnbd.expected(model, who, time)[0]) for time in (weeks, 2 * weeks))
    assert 0 <= near <= far * (1 + 1e-9)
    assert float(bgnbd.silent(model, who, 2 * weeks)[0]) <= silent + 1e-12


@settings(deadline=None, max_examples=60)
@given(models, st.integers(1, 20), st.floats(10, 100), st.floats(0.05, 0.9))
def test_who_ordered_lately_is_likelier_alive_than_who_ordered_long_ago(model, x, age, share):
    late = float(bgnbd.alive(model, one(x, age * 0.99, age))[0])
    early = float(bgnbd.alive(model, one(x, age * share, age))[0])
    assert early <= late + 1e-12


def test_a_customer_who_never_came_again_is_alive_but_may_stay_silent():
    who = one(0, 0.0, 30.0)
    assert float(bgnbd.alive(PUBLISHED, who)[0]) == 1.0
    assert 0.5 < float(bgnbd.silent(PUBLISHED, who, 39)[0]) < 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_fit_finds_the_parameters_that_customers_were_drawn_from(seed):
    fitted = bgnbd.fit(drawn(PUBLISHED, customers=8_000, weeks=60, seed=seed))
    assert fitted.converged
    assert fitted.model.r == pytest.approx(PUBLISHED.r, rel=0.15)
    assert fitted.model.alpha == pytest.approx(PUBLISHED.alpha, rel=0.25)
    mean = fitted.model.a / (fitted.model.a + fitted.model.b)
    assert mean == pytest.approx(PUBLISHED.a / (PUBLISHED.a + PUBLISHED.b), abs=0.05)


def test_a_fit_is_likelier_than_what_customers_were_drawn_from():
    seen = drawn(SMOOTH, customers=2_000, weeks=40, seed=5)
    each, _ = bgnbd.log_likelihood(SMOOTH, seen.repeats, seen.last, seen.age)
    assert bgnbd.fit(seen).log_likelihood >= float(each.sum()) - 1e-6


def test_where_nobody_came_again_nothing_is_fitted():
    with pytest.raises(TooFew):
        bgnbd.fit(known(np.zeros(50), np.zeros(50), np.full(50, 9.0)))


def test_very_frequent_customers_break_nothing():
    who = known(np.array([5_000.0, 0.0]), np.array([99.9, 0.0]), np.array([100.0, 1e-6]))
    for found in (
        bgnbd.alive(PUBLISHED, who),
        bgnbd.expected(PUBLISHED, who, 52),
        bgnbd.silent(PUBLISHED, who, 52),
    ):
        assert np.isfinite(found).all()
    assert float(bgnbd.expected(PUBLISHED, who, 52)[0]) > 1_000


spendings = st.builds(GammaGamma, p=st.floats(0.5, 30), q=st.floats(1.2, 20), v=st.floats(1, 500))


@settings(deadline=None, max_examples=60)
@given(spendings, st.integers(1, 40), st.floats(0.5, 900))
def test_the_slopes_of_spending_are_those_of_its_likelihood(model, x, m):
    at = np.array([float(x)]), np.array([m])
    _, slopes = gamma_gamma.log_likelihood(model, *at)
    for place, name in enumerate(("p", "q", "v")):
        value = getattr(model, name)
        step = 1e-5 * value
        more, _ = gamma_gamma.log_likelihood(replace(model, **{name: value + step}), *at)
        less, _ = gamma_gamma.log_likelihood(replace(model, **{name: value - step}), *at)
        rough = float(more[0] - less[0]) / (2 * step)
        assert float(slopes[place][0]) == pytest.approx(rough, rel=2e-3, abs=2e-3)


@settings(deadline=None, max_examples=60)
@given(spendings, st.integers(1, 40), st.floats(0.5, 900))
def test_an_expected_order_lies_between_the_own_mean_and_that_of_all(model, x, m):
    found = float(gamma_gamma.expected(model, np.array([float(x)]), np.array([m]))[0])
    assert min(m, model.mean) * (1 - 1e-9) <= found <= max(m, model.mean) * (1 + 1e-9)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_fit_finds_the_spending_that_customers_were_drawn_from(seed):
    true = GammaGamma(p=6.25, q=3.74, v=15.44)
    seen = spent(true, customers=6_000, seed=seed)
    fitted = gamma_gamma.fit(*seen)
    assert fitted.converged
    # p and v are hard to tell apart: the fit may lie elsewhere, but only a little likelier.
    truth = float(gamma_gamma.log_likelihood(true, *seen)[0].sum())
    assert truth <= fitted.log_likelihood <= truth + 8
    assert fitted.model.q == pytest.approx(true.q, rel=0.1)
    assert fitted.model.mean == pytest.approx(true.mean, rel=0.03)


def test_the_unit_of_the_money_changes_nothing_but_the_unit():
    count, mean = spent(GammaGamma(p=4, q=3, v=20), customers=500, seed=3)
    zloty, grosz = gamma_gamma.fit(count, mean), gamma_gamma.fit(count, mean * 100)
    assert grosz.model.v == pytest.approx(100 * zloty.model.v, rel=1e-3)
    assert grosz.model.p == pytest.approx(zloty.model.p, rel=1e-3)
