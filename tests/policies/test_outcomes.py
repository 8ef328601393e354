from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from tests.conversations.house import SITE, START
from warmline.core.words import DAY, HOUR
from warmline.insight import floor
from warmline.insight.days import busy_days
from warmline.insight.metrics import METRICS
from warmline.insight.tables import contact, visit
from warmline.insight.trials import ALL_TIME, TrialOutcomes
from warmline.policies.effect import MEASURES, mean


def rows_of(number: int, *, trial: str | None, arm: str | None, customer: str | None, at: int):
    """A conversation of an arm, with one visit: some late, some given up, some rated."""
    id_ = f"i-{number}"
    gave_up = number % 5 == 0
    taken = None if gave_up else at + number * 3_000
    came = {
        "site": SITE, "interaction": id_, "medium": "chat", "inbox": "shop-chat", "visits": 1,
        "arrived_at": at, "customer": customer, "trial": trial, "arm": arm,
    }  # fmt: skip
    stay = {
        "site": SITE, "interaction": id_, "visit": 1, "queue": "shop", "medium": "chat",
        "cause": "arrived", "since": at, "queued_at": at, "due_at": at + 20_000,
        "accepted_at": taken, "answered_at": taken, "agent": None if gave_up else "ann",
        "abandoned_at": at + 40_000 if gave_up else None,
        "left_at": at + 40_000 if gave_up else at + 60_000 + number * 7_000,
        "hold_ms": 0, "automatic": False,
        "rating": 1 + number % 5 if number % 3 == 1 else None,
        "rated_at": at + 90_000 if number % 3 == 1 else None,
    }  # fmt: skip
    return came, stay


async def keep(house, found) -> None:
    async with house.database.write() as connection:
        for came, stay in found:
            await connection.execute(insert(contact).values(came))
            await connection.execute(insert(visit).values(stay))


async def test_an_arm_says_of_itself_what_the_floor_would_say(house):
    """Everything in one arm: the same numbers as those of the whole center."""
    await keep(
        house,
        [
            rows_of(n, trial="t", arm="b", customer=f"customer-{n % 7}", at=START + n * 1000)
            for n in range(40)
        ],
    )
    arms = await TrialOutcomes(house.database, SITE)("t")
    assert set(arms) == {"b"}
    assert (arms["b"].customers, arms["b"].contacts) == (7, 40)
    async with house.database.read() as connection:
        for key in MEASURES:
            metric = METRICS[key]
            shown = await floor.value_of(connection, SITE, metric, None, ALL_TIME)
            found = mean(arms["b"].measures[key])
            assert found is not None
            factor = 100 if arms["b"].measures[key].share else 1
            assert floor.rounded(metric.unit, found * factor) == shown, key


async def test_other_trials_and_those_outside_do_not_count_and_strangers_are_each_one(house):
    await keep(
        house,
        [
            rows_of(1, trial="t", arm="a", customer=None, at=START),
            rows_of(2, trial="t", arm="a", customer=None, at=START),
            rows_of(3, trial="other", arm="a", customer=None, at=START),
            rows_of(4, trial=None, arm=None, customer=None, at=START),
        ],
    )
    arms = await TrialOutcomes(house.database, SITE)("t")
    assert (arms["a"].customers, arms["a"].contacts) == (2, 2)
    handled = arms["a"].measures["handle_ms"]
    assert (handled.customers, handled.n) == (2, 2)
    assert mean(handled) == pytest.approx((64_000 + 68_000) / 2)
    assert await TrialOutcomes(house.database, SITE)("nothing") == {}


async def test_days_are_those_of_the_sites_own_calendar(house):
    midnight = 1_780_956_000_000  # 2026-06-09 00:00 in Warsaw
    at = [midnight - 1, midnight, midnight + HOUR, midnight - DAY + 5, midnight + DAY]
    await keep(
        house,
        [rows_of(n, trial=None, arm=None, customer=None, at=one) for n, one in enumerate(at)],
    )
    found = await busy_days(
        house.database, SITE, now=midnight + DAY + HOUR, zone=ZoneInfo("Europe/Warsaw")
    )
    assert found == [("2026-06-09", 2), ("2026-06-08", 2)]
