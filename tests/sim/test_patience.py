"""The product-limit estimate against a table made by hand, and draws from it."""

from __future__ import annotations

from math import exp

import pytest

from warmline.sim.patience import ENDLESS, LONGEST, patience_of

WAITS = [
    (10, True),
    (20, True),
    (20, True),
    (20, False),
    (30, False),
    (40, True),
    (50, False),
    (60, True),
    (60, False),
    (60, False),
]
"""Ten customers: five gave up, five were served after these times."""
TABLE = {
    10: 9 / 10,
    20: 9 / 10 * 7 / 9,
    40: 9 / 10 * 7 / 9 * 4 / 5,
    60: 9 / 10 * 7 / 9 * 4 / 5 * 2 / 3,
}
"""Who is served at the time when another gives up was still at risk: 9 at 20, and 3 at 60."""


def test_the_estimate_is_the_table_made_by_hand():
    made = patience_of(reversed(WAITS))
    assert made.times == tuple(TABLE)
    assert made.shares == pytest.approx(tuple(TABLE.values()))
    assert made.mean_ms == sum(wait for wait, _ in WAITS) / 5


@pytest.mark.parametrize(
    ("waited", "share"), [(0, 1.0), (9, 1.0), (10, 0.9), (39, 0.7), (40, 0.56), (60, 0.56 * 2 / 3)]
)
def test_the_share_falls_at_the_moment_when_somebody_gives_up(waited, share):
    assert patience_of(WAITS).share_waiting(waited) == pytest.approx(share)


def test_beyond_the_last_who_gave_up_the_rate_is_constant():
    made = patience_of(WAITS)
    assert made.share_waiting(60 + 72) == pytest.approx(0.56 * 2 / 3 * exp(-72 / made.mean_ms))


@pytest.mark.parametrize("beyond", [0, 15, 20, 45, 60, 200])
def test_draws_have_the_distribution_that_is_left_after_the_wait_so_far(beyond):
    made = patience_of(WAITS)
    draws = [made.draw(number / 10_000, beyond_ms=beyond) for number in range(10_000)]
    assert min(draws) >= beyond
    assert min(draws) > beyond or beyond >= 60, "only in the tail is every millisecond possible"
    for later in (10, 25, 40, 59, 61, 150, 400):
        if later < beyond:
            continue
        left = sum(draw > later for draw in draws) / len(draws)
        whole = made.share_waiting(beyond)
        assert left == pytest.approx(made.share_waiting(later) / whole, abs=0.01)


def test_where_nobody_gave_up_patience_has_no_end():
    made = patience_of([(10, False), (30, False)])
    assert (made.shares, made.draw(0.999), made.share_waiting(10_000)) == ((), ENDLESS, 1.0)
    assert patience_of([]).draw(0.5) == ENDLESS


def test_where_all_gave_up_nobody_waits_longer_than_the_last():
    made = patience_of([(10, True), (30, True)])
    assert [made.draw(uniform) for uniform in (0.0, 0.49, 0.51, 0.999)] == [10, 10, 30, 30]
    assert made.draw(0.5, beyond_ms=30) == LONGEST
