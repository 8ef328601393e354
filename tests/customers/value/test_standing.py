"""Fifths, top shares and what is worth how much, with ties; one customer alone as among all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.customers.value.shops import PUBLISHED, drawn, listed
from warmline.customers.value import holdout, lifetime, rfm
from warmline.customers.value.lifetime import Terms
from warmline.customers.value.purchases import Purchases, purchases

figures = st.lists(st.integers(0, 40), min_size=1, max_size=300).map(
    lambda found: np.array(found, dtype=np.float64)
)


@given(figures)
def test_a_fifth_counts_who_stands_strictly_below(found):
    fifths = rfm.scale(found).fifth(found)
    for value, fifth in zip(found, fifths, strict=True):
        below = int((found < value).sum())
        assert fifth == 1 + next(n for n in (4, 3, 2, 1, 0) if below * 5 >= n * len(found))


@given(figures, st.integers(1, 1_000))
def test_a_top_share_is_never_larger_than_it_says_and_takes_all_it_can(found, permille):
    tops = rfm.scale(found).top(found)
    room = len(found) * permille // 1_000
    inside = {value for value, top in zip(found, tops, strict=True) if top <= permille}
    many = int(np.isin(found, list(inside)).sum())
    if permille == 1_000:
        assert many == len(found)
        return
    assert many <= room
    rest = [value for value in found if value not in inside]
    if rest:
        following = int((found >= max(rest)).sum())
        assert following > room


def test_equal_customers_stand_at_one_place():
    scale = rfm.scale(np.array([5.0] * 10))
    assert set(scale.fifth(np.array([5.0, 5.0]))) == {1}
    assert set(scale.top(np.array([5.0]))) == {1_000}


def test_orders_of_one_day_count_once_and_those_after_the_day_not_at_all():
    found = purchases(
        listed(("ann", 10, 5.0), ("ann", 10, 7.0), ("ann", 24, 3.0), ("bob", 40, 9.0)), until=31
    )
    assert found.customers == ["ann"]
    assert (float(found.repeats[0]), float(found.last[0]), float(found.age[0])) == (1.0, 2.0, 3.0)
    assert float(found.money[0]) == 15.0
    assert int(found.days_since[0]) == 7


def some(customers: int = 600) -> Purchases:
    seen = drawn(PUBLISHED, customers=customers, weeks=60, seed=9)
    chance = np.random.default_rng(1)
    money = np.round(seen.days * chance.gamma(6, 1_000, customers))
    return Purchases(
        customers=seen.customers,
        repeats=seen.repeats,
        last=seen.last,
        age=seen.age,
        money=money,
        days_since=seen.days_since,
    )


def alone(seen: Purchases, place: int) -> Purchases:
    part = slice(place, place + 1)
    return Purchases(
        customers=seen.customers[part],
        repeats=seen.repeats[part],
        last=seen.last[part],
        age=seen.age[part],
        money=seen.money[part],
        days_since=seen.days_since[part],
    )


def test_one_customer_alone_is_worth_what_they_are_among_all():
    seen = some()
    basis = lifetime.learn(seen, Terms())
    everybody = lifetime.worth(seen, basis)
    assert everybody is not None
    stand = lifetime.standing(seen, basis, everybody)
    for place in range(0, len(seen.customers), 37):
        single = alone(seen, place)
        worth = lifetime.worth(single, basis)
        assert worth is not None
        assert float(worth.value[0]) == pytest.approx(float(everybody.value[place]), rel=1e-9)
        again = lifetime.standing(single, basis, worth)
        for name in ("r", "f", "m", "value_top", "money_top", "orders_top"):
            assert getattr(again, name)[0] == getattr(stand, name)[place]


def test_value_is_margin_times_money_times_orders_when_nothing_is_discounted():
    seen = some()
    terms = Terms(margin_pct=25, discount_pct=0, horizon_days=364)
    worth = lifetime.worth(seen, lifetime.learn(seen, terms))
    assert worth is not None
    assert worth.value == pytest.approx(worth.orders * worth.mean * 0.25, rel=1e-9)


def test_a_dearer_year_makes_everybody_worth_less_and_a_longer_look_more():
    seen = some()
    plain, dear, far = (
        lifetime.worth(seen, lifetime.learn(seen, terms))
        for terms in (Terms(), Terms(discount_pct=30), Terms(horizon_days=730))
    )
    assert plain is not None
    assert dear is not None
    assert far is not None
    assert (dear.value < plain.value).all()
    assert (far.value > plain.value).all()


def test_without_customers_who_came_again_there_is_standing_but_no_value():
    seen = purchases(listed(("ann", 1, 5.0), ("bob", 2, 9.0)), until=30)
    basis = lifetime.learn(seen, Terms())
    assert lifetime.worth(seen, basis) is None
    assert list(lifetime.standing(seen, basis, None).m) == [1, 3]


def test_the_holdout_holds_what_was_drawn_from_the_model():
    chance = np.random.default_rng(4)
    orders: list[tuple[str, int, float]] = []
    for number in range(4_000):
        rate, stops = chance.gamma(0.5, 1 / 4.0), chance.beta(0.8, 2.4)
        at, first = float(chance.uniform(0, 12)), True
        while at < 78:
            orders.append((f"c{number:05}", round(at * 7), float(chance.gamma(6, 5))))
            if not first and chance.random() < stops:
                break
            first = False
            at += float(chance.exponential(1 / max(rate, 1e-9)))
    found = holdout.holdout(listed(*orders), until=273, days=273)
    assert found.total_ratio == pytest.approx(1, abs=0.12)
    assert found.mae < found.mae_baseline
    assert found.top20_revenue_share <= found.top20_best_share
    assert sum(one.customers for one in found.by_repeats) == found.customers
