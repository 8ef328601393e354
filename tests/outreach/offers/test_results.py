"""What offers brought: against the hold-out, with intervals, and the rows behind each number."""

import doctest
from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.conversations.house import SITE
from tests.outreach.conftest import Stall, somebody
from warmline.core.words import DAY, CustomerId
from warmline.outreach.offers import erasure, logistic, model, results
from warmline.outreach.offers.results import By, Finding, report
from warmline.outreach.offers.tables import offer_shown
from warmline.ports import Person
from warmline.storage.rows import rows


def row(customer: str, *, shown: bool, revenue: int | None, **more: Any) -> dict[str, Any]:
    return {
        "offer": "care", "agent": "ann", "segment": None, "customer": customer, "answer": None,
        "arm": "shown" if shown else "held_out", "revenue_minor": revenue, **more,
    }  # fmt: skip


def half(shown: int, held: int) -> list[dict[str, Any]]:
    """200 customers in each arm, so many of whom ordered."""
    return [
        *(row(f"s{n}", shown=True, revenue=1_000 if n < shown else 0) for n in range(200)),
        *(row(f"h{n}", shown=False, revenue=1_000 if n < held else 0) for n in range(200)),
    ]


@pytest.mark.parametrize("module", [model, results, logistic])
def test_the_formulas_say_what_their_examples_say(module: Any):
    found = doctest.testmod(module)
    assert (found.failed, found.attempted > 0) == (0, True)


@pytest.mark.parametrize(
    ("shown", "held", "finding"),
    [(60, 20, Finding.BETTER), (30, 28, Finding.NONE), (10, 40, Finding.WORSE)],
)
def test_the_finding_follows_the_interval(shown: int, held: int, finding: Finding):
    [told] = report(half(shown, held), By.OFFER)
    assert told["finding"] == finding
    assert told["uplift_pct"]["difference"] == pytest.approx((shown - held) / 2)
    assert told["revenue_uplift_minor"]["difference"] == pytest.approx((shown - held) * 5)
    assert told["uplift_pct"]["low"] < told["uplift_pct"]["difference"] < told["uplift_pct"]["high"]


def test_too_few_held_out_tell_nothing():
    [told] = report(half(60, 20)[:229], By.OFFER)
    assert (told["finding"], told["uplift_pct"]) == (Finding.NOT_ENOUGH, None)


def test_a_customer_counts_once_and_an_open_window_not_at_all():
    many = [
        row("c1", shown=True, revenue=500, answer="accepted"),
        row("c1", shown=True, revenue=0, answer="declined"),
        row("c2", shown=True, revenue=None, answer="later"),
        row("c3", shown=False, revenue=0),
    ]
    [told] = report(many, By.AGENT)
    assert (told["key"], told["shown"], told["shown_customers"], told["open"]) == ("ann", 3, 1, 1)
    assert (told["conversion_pct"], told["revenue_minor"]) == (100.0, 500)
    assert told["answers"] == {"accepted": 1, "declined": 1, "later": 1}


async def test_what_is_ordered_in_the_window_counts_for_both_arms(stall: Stall):
    await stall.offer()
    people = [somebody(out=False), somebody(out=True)]
    for who in people:
        await stall.person(who)
        talk = await stall.talk(who)
        await stall.solved(talk)
        await stall.house.finish(talk)
    await stall.days_pass(3)
    for who in people:
        await stall.orders_now(who, 2_500)
        await stall.orders_now(who, 9_900, status="cancelled")
    early = await stall.ask("sue", "GET", "/offers/results")
    assert [(one["open"], one["revenue_minor"]) for one in early["rows"]] == [(2, 0)]
    await stall.days_pass(28)
    await stall.orders_now(people[0], 7_000)
    found = await stall.ask("sue", "GET", "/offers/results?by=agent")
    [told] = found["rows"]
    assert (told["name"], told["shown"], told["held_out"], told["open"]) == ("Ann", 1, 1, 0)
    assert (told["conversion_pct"], told["held_out_conversion_pct"]) == (100.0, 100.0)
    assert (told["revenue_minor"], told["finding"]) == (2_500, "not_enough")
    behind = await stall.ask("sue", "GET", "/offers/rows?by=agent&key=ann&arm=held_out")
    assert [one["customer"] for one in behind["rows"]] == [people[1]]
    assert "facts" not in behind["rows"][0]


async def test_everything_of_a_person_is_told_and_erased(stall: Stall):
    await stall.offer()
    who = await stall.person(somebody(out=False))
    await stall.solved(await stall.talk(who))
    traces, person = erasure.offer_traces(SITE), Person(ids=[CustomerId(who)])
    async with stall.house.database.write() as connection:
        assert await traces.count(connection, person) == {"offers": 1}
        [told] = (await traces.tell(connection, person))["offers"]
        assert (told["customer"], told["arm"]) == (who, "shown")
        assert await traces.erase(connection, person, 1) == ()
        assert await traces.count(connection, person) == {"offers": 0}


async def test_the_center_learns_from_its_own_past_and_keeps_it(stall: Stall):
    at = stall.house.clock.now() - 40 * DAY
    past = [
        {
            "site": SITE, "id": f"t{n}", "at": at + n, "offer": "care", "customer": f"c{n}",
            "interaction": f"t{n}", "agent": "ann", "arm": "held_out" if n % 4 == 0 else "shown",
            "answer": None, "reason": None, "answered_at": None, "segment": None, "why": [],
            "revenue_minor": 900 if (n % 4 and n % 3 == 0) or n % 12 == 0 else 0,
            "facts": {"orders": n % 9, "medium": "chat"},
        }
        for n in range(600)
    ]  # fmt: skip
    async with stall.house.database.write() as connection:
        await connection.execute(insert(offer_shown), past)
    await stall.offer()
    assert (await stall.ask("sue", "GET", "/offers"))["model"] is None
    told = await stall.ask("sue", "POST", "/offers/learn")
    assert (told["settled"], told["model"]["rows"]) == (0, 600)
    assert (await stall.ask("ada", "GET", "/offers"))["model"] == told["model"]
    anew = learning_of(stall)
    kept = await anew.learnt()
    assert kept is not None
    assert kept == await stall.outreach.learning.learnt()
    async with stall.house.database.read() as connection:
        assert len(await rows(connection, select(offer_shown))) == 600


def learning_of(stall: Stall) -> Any:
    """As after a restart."""
    house = stall.house
    return type(stall.outreach.learning)(
        house.database, SITE, house.clock, stall.outreach.around.bought
    )
