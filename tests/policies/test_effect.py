import random

import pytest

from warmline.policies.effect import LEAST_CUSTOMERS, compare, effect, mean, spread
from warmline.ports import ArmOutcome, Sums

TRIALS = 200
CUSTOMERS = 2_000
LOOK_EVERY = 50


class Arm:
    """Customers of an arm as they come, summed."""

    def __init__(self, *, share: bool) -> None:
        self.share = share
        self.sums = [0.0] * 6

    def add(self, results: list[float]) -> None:
        n, s = len(results), sum(results)
        for place, value in enumerate((1, n, s, n * n, s * s, n * s)):
            self.sums[place] += value

    def seen(self) -> Sums:
        customers, n, s, nn, ss, ns = self.sums
        return Sums(customers=int(customers), n=n, s=s, nn=nn, ss=ss, ns=ns, share=self.share)


def shares(rng: random.Random, level: float) -> list[float]:
    """One customer's hits and misses: some come often, and each is luckier or not."""
    own = min(max(rng.gauss(level, 0.05), 0), 1)
    return [float(rng.random() < own) for _ in range(1 + rng.randrange(3))]


def times(rng: random.Random, level: float) -> list[float]:
    """One customer's handle times: heavy-tailed, and alike for the same customer."""
    own = level * rng.lognormvariate(0, 0.4)
    return [own * rng.lognormvariate(5, 0.9) for _ in range(1 + rng.randrange(3))]


def looked_at(seed: int, draw, a: float, b: float, *, share: bool, part: float):
    """Whether it was decided at some look, by the sequential test and by the usual interval."""
    rng = random.Random(seed)
    arms = {"a": Arm(share=share), "b": Arm(share=share)}
    sequential = usual = False
    for customer in range(1, CUSTOMERS + 1):
        arm = "b" if rng.random() < part else "a"
        arms[arm].add(draw(rng, b if arm == "b" else a))
        if customer % LOOK_EVERY == 0:
            old, new = arms["a"].seen(), arms["b"].seen()
            found = compare(old, new)
            if found is None or min(old.customers, new.customers) < LEAST_CUSTOMERS:
                continue
            sequential |= found.decided
            usual |= not found.ci95[0] <= 0 <= found.ci95[1]
    return sequential, usual


@pytest.mark.parametrize(
    ("draw", "level", "part"),
    [(shares, 0.8, 0.5), (shares, 0.04, 0.1), (times, 1.0, 0.2)],
    ids=["service level", "abandonment", "handle time"],
)
def test_looking_every_fifty_customers_finds_nothing_where_nothing_is(draw, level, part):
    looks = [
        looked_at(seed, draw, level, level, share=draw is shares, part=part)
        for seed in range(TRIALS)
    ]
    wrong = sum(sequential for sequential, _ in looks) / TRIALS
    tempted = sum(usual for _, usual in looks) / TRIALS
    assert wrong <= 0.05
    assert tempted > 0.1, "the usual interval would have misled: else this test shows nothing"


def test_a_real_difference_is_found():
    looks = [looked_at(n, shares, 0.75, 0.85, share=True, part=0.5)[0] for n in range(20)]
    assert sum(looks) >= 19


def test_a_customer_who_comes_often_is_one_customer():
    often, many = Arm(share=True), Arm(share=True)
    rng = random.Random(3)
    for _ in range(200):
        hit = float(rng.random() < 0.7)
        often.add([hit] * 5)  # always the same result: five proofs of one thing
        many.add([hit])
    assert mean(often.seen()) == mean(many.seen())
    assert spread(often.seen()) == pytest.approx(spread(many.seen()), rel=0.02)


def test_the_interval_for_any_time_holds_the_usual_one_and_agrees_with_the_chance():
    a = Sums(customers=500, n=500, s=400, nn=500, ss=400, ns=400, share=True)
    b = Sums(customers=500, n=500, s=440, nn=500, ss=440, ns=440, share=True)
    found = compare(a, b)
    assert found is not None
    assert found.anytime95[0] < found.ci95[0] < found.difference < found.ci95[1]
    assert found.difference == pytest.approx(0.08)
    assert found.decided == (found.anytime95[0] > 0)


def test_a_share_that_was_never_missed_is_not_certain():
    a = Sums(customers=150, n=150, s=0, nn=150, ss=0, ns=0, share=True)
    b = Sums(customers=150, n=150, s=1, nn=150, ss=1, ns=1, share=True)
    found = compare(a, b)
    assert found is not None
    assert not found.decided


def test_the_effect_is_told_in_the_units_of_the_screens():
    one = ArmOutcome(
        customers=200,
        contacts=210,
        measures={
            "service_level_pct": Sums(
                customers=200, n=210, s=168, nn=230, ss=150, ns=180, share=True
            ),
            "handle_ms": Sums(customers=200, n=210, s=6.3e7, nn=230, ss=2.2e13, ns=7e7),
        },
    )
    told = effect({"a": one})
    assert told["arms"] == {
        "a": {"customers": 200, "contacts": 210},
        "b": {"customers": 0, "contacts": 0},
    }
    measures = {one["key"]: one for one in told["measures"]}  # type: ignore[attr-defined]
    assert measures["service_level_pct"]["a"] == {"n": 210, "value": 80.0}
    assert measures["handle_ms"]["a"] == {"n": 210, "value": 300_000}
    assert measures["handle_ms"]["difference"] is None
    assert measures["handle_ms"]["verdict"] == "too_early"
    assert measures["rating"]["a"] == {"n": 0, "value": None}
