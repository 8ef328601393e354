"""Bid prices: what an agent's time is worth elsewhere, from a fluid model of the coming hour."""

import asyncio
import sys
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conversations.house import SITE as HERE
from tests.conversations.house import House
from tests.core.worlds import HELP, ORDERS, World
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import settings as s
from warmline.core.policy import Ruleset
from warmline.core.words import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    AgentId,
    Medium,
    QueueId,
    SegmentId,
    SkillId,
)
from warmline.insight import pricing
from warmline.insight.prices import (
    LARGEST_PRICE,
    Demand,
    Market,
    NoForecast,
    Wanted,
    Worker,
    market,
    prices,
)
from warmline.insight.pricing import Pricing, PricingFailed, computed, expected

WORTH = 600 * SECOND


def worker(name, quality_pct, *kinds, share=1.0):
    return Worker(
        id=AgentId(name), quality_pct=quality_pct, shares=tuple((kind, share) for kind in kinds)
    )


def wanted(per_hour, value=1, handle_ms=6 * MINUTE):
    return Wanted(per_hour=per_hour, handle_ms=handle_ms, value=value)


def of(wants, workers, worth_ms=WORTH):
    return Market(worth_ms=worth_ms, wanted=tuple(wants), workers=tuple(workers))


def test_an_agent_whom_a_worthier_customer_will_need_has_a_price():
    """Both may serve the many; only one may serve the few of worth, who will fill the hour."""
    found = prices(
        of([wanted(10), wanted(12, value=10)], [worker("a", 50, 0), worker("b", 50, 0, 1)])
    )
    assert found[AgentId("a")] == 0
    assert found[AgentId("b")] > 0


def test_the_better_agent_costs_what_the_better_match_brings_the_marginal_customer():
    """Two kinds compete for the good agent: six of worth 4 and then some of worth 2 fill the hour."""
    given_ = of(
        [wanted(6, value=4), wanted(8, value=2)],
        [worker("good", 90, 0, 1), worker("fair", 50, 0, 1)],
    )
    found = prices(given_)
    # The last customer whom the good agent serves is of worth 2, and 40 points better off.
    assert found == {"good": pytest.approx(2 * 0.4 * WORTH, abs=2), "fair": 0}


def test_where_nobody_is_scarce_nothing_has_a_price():
    found = prices(of([wanted(3)], [worker("good", 90, 0), worker("fair", 50, 0)]))
    assert found == {"good": 0, "fair": 0}


def test_who_holds_several_at_once_is_used_up_more_slowly():
    four_chats = prices(of([wanted(8)], [worker("good", 90, 0, share=0.25), worker("fair", 50, 0)]))
    assert four_chats[AgentId("good")] == 0
    one_call = prices(of([wanted(11)], [worker("good", 90, 0), worker("fair", 50, 0)]))
    assert one_call[AgentId("good")] > 0


def test_nobody_expected_or_nobody_there_is_no_forecast():
    for empty in (
        of([], [worker("a", 50)]),
        of([wanted(5)], []),
        of([wanted(5)], [worker("a", 50)]),
    ):
        with pytest.raises(NoForecast):
            prices(empty)


kinds = st.builds(
    wanted,
    st.floats(0.1, 500),
    st.integers(1, 10),
    st.integers(10 * SECOND, 2 * HOUR),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(kinds, min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 20), st.sets(st.integers(0, 5))), min_size=1, max_size=12),
    st.integers(0, DAY),
)
def test_whatever_comes_prices_are_bounded_equals_cost_the_same_and_the_best_costs_no_less(
    wants, people, worth_ms
):
    workers = [
        worker(f"a{number}", 5 * quality, *sorted(k for k in able if k < len(wants)))
        for number, (quality, able) in enumerate(people)
    ]
    if not any(one.shares for one in workers):
        return
    found = prices(of(wants, workers, worth_ms))
    assert set(found) == {one.id for one in workers}
    assert all(0 <= price <= LARGEST_PRICE for price in found.values())
    for one in workers:
        for other in workers:
            if one.shares == other.shares and one.shares:
                if one.quality_pct == other.quality_pct:
                    assert found[one.id] == found[other.id]
                elif one.quality_pct > other.quality_pct:
                    assert found[one.id] >= found[other.id] - 1


def test_the_market_follows_the_rules_in_force():
    world = World().with_agent("ann", {"pl": 3}, quality_pct=90).with_agent("bob", {"billing": 4})
    billing = s.Ring(needs=(s.Need(skill=SkillId("billing"), level=4),))
    world.do(c.DefineQueue, queue=s.Queue(id=ORDERS, name="Orders", rings=(billing,)))
    demand = [
        Demand(queue=HELP, medium=Medium.CHAT, per_hour=5, handle_ms=MINUTE, language="pl"),
        Demand(
            queue=ORDERS, medium=Medium.EMAIL, per_hour=9, handle_ms=HOUR, segment=SegmentId("gold")
        ),
        Demand(queue=QueueId("gone"), medium=Medium.CHAT, per_hour=99, handle_ms=MINUTE),
    ]
    found = market(world.center, demand, world.center.agents.values())
    assert [(one.per_hour, one.value) for one in found.wanted] == [(9, 5), (5, 1)]
    assert found.worth_ms == 600 * SECOND
    assert found.workers == (
        Worker(id=AgentId("ann"), quality_pct=90, shares=((1, 1 / 3),)),
        Worker(id=AgentId("bob"), quality_pct=50, shares=((0, 1 / 2),)),
    )


# The process of its own


@pytest.fixture
def scarce():
    return of([wanted(10), wanted(12, value=10)], [worker("ann", 50, 0), worker("bob", 50, 0, 1)])


async def test_a_process_of_its_own_finds_the_same(scarce):
    assert await computed(scarce) == prices(scarce)


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("raise SystemExit(3)", "exit 3"),
        ("print('what?')", "unreadable"),
        ("while True: pass", "late"),
    ],
)
async def test_a_process_that_fails_is_given_up_and_says_why(scarce, monkeypatch, program, why):
    monkeypatch.setattr(pricing, "PROGRAM", (sys.executable, "-c", program))
    if why == "late":
        monkeypatch.setattr(pricing, "LIMIT_S", 0.2)
    with pytest.raises(PricingFailed, match=why):
        await computed(scarce)


@pytest.fixture
async def runner(house: House):
    rules = Ruleset(policy=s.Policy(version=2, prices=True))
    await house.do(c.Publish, ruleset=rules)
    return Pricing(
        database=house.database,
        site=HERE,
        clock=house.clock,
        state=house.engine,
        submit=house.engine.submit,
    )


async def an_hour(house: House, number=6):
    await house.available("ann")
    for _ in range(number):
        found = await house.arrive()
        await house.accept(found)
        house.clock.on(3 * MINUTE)
        await house.finish(found)
    await house.settled()


async def test_the_same_hour_of_past_days_is_expected(house: House):
    start = house.clock.now()
    await an_hour(house)
    house.clock.on(DAY - (house.clock.now() - start))
    (demand,) = await expected(house.database, HERE, house.clock.now())
    assert (demand.queue, demand.medium, demand.per_hour) == ("shop", "chat", 6)
    assert 3 * MINUTE <= demand.handle_ms < 4 * MINUTE
    house.clock.on(6 * HOUR)
    assert await expected(house.database, HERE, house.clock.now()) == []


async def test_prices_come_into_force_when_there_is_a_forecast(house: House, runner):
    start = house.clock.now()
    await an_hour(house)
    house.clock.on(DAY - (house.clock.now() - start))
    await runner.set_prices()
    assert house.engine.center().prices == {"ann": 0}


async def test_another_policy_is_priced_at_once(house: House, runner):
    start = house.clock.now()
    await an_hour(house)
    house.clock.on(DAY - (house.clock.now() - start))
    await house.do(c.Publish, ruleset=Ruleset(policy=s.Policy(version=3)))
    priced = asyncio.Event()

    def heard(recorded):
        runner.receive(recorded)
        if any(isinstance(one.event, e.Priced) for one in recorded):
            priced.set()

    stop = house.engine.subscribe(heard)
    running = asyncio.create_task(runner.run())
    await house.do(c.Publish, ruleset=Ruleset(policy=s.Policy(version=4, prices=True)))
    async with asyncio.timeout(20):
        await priced.wait()
    assert house.engine.center().prices == {"ann": 0}
    stop()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_without_a_forecast_it_is_said_that_there_is_none(house: House, runner):
    await runner.set_prices()
    events = [one.event async for chunk in house.journal.read(after=0) for one in chunk]
    priced = [event for event in events if isinstance(event, e.Priced)]
    assert [(event.prices, event.cause) for event in priced] == [({}, "failed")]
