"""A matcher that fails under load: the center goes on by the plain rule within a second."""

import asyncio
import json
import sys
import threading
import time
from itertools import count

import pytest
import structlog

from tests.core.worlds import BOSS
from tests.engine.site import DEADLINE_S, HELP, Site
from warmline.config import from_environment
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import routing
from warmline.core import settings as s
from warmline.core.center import Center
from warmline.core.fallback import MatcherHung
from warmline.core.words import CHANNEL, AgentId, InteractionId, Medium
from warmline.engine import watchdog
from warmline.engine.clock import WallClock
from warmline.engine.faults import FAULTS
from warmline.engine.live import LiveFeed
from warmline.engine.signals import InProcessSignals
from warmline.engine.watchdog import Watchdog

CHATS = 60
AGENTS = 10


@pytest.fixture(autouse=True)
def logs():
    with structlog.testing.capture_logs() as lines:
        yield lines


class Switch:
    """The real matcher until it is switched, then one that fails."""

    def __init__(self, fault):
        self.fault = FAULTS[fault]
        self.on = False

    def __call__(self, center, now):
        if not self.on:
            return routing.next_offer(center, now)
        assert self.fault is not None
        return self.fault(center, now)


async def a_site(database, switch):
    site = Site(database, match=switch)
    await site.start()
    await site.furnish()
    capacity = s.Capacity(slots={Medium.CHAT: 3}, total=3)
    for number in range(AGENTS):
        name = f"a{number}"
        await site.do(c.DefineAgent, agent=s.Agent(id=AgentId(name), capacity=capacity))
        await site.available(name)
    return site


async def takes_whatever_is_offered(site):
    """The agents accept each offer and end each talk a moment later, so that the load goes on."""

    async def deal_with(offer):
        await site.accept(offer)
        await site.do(c.End, interaction=InteractionId(offer))
        await site.do(c.WrapUp, interaction=InteractionId(offer))

    tasks = []

    def heard(recorded):
        tasks.extend(
            asyncio.ensure_future(deal_with(item.event.interaction))
            for item in recorded
            if isinstance(item.event, e.Offered)
        )

    return site.engine.subscribe(heard), tasks


@pytest.mark.parametrize("fault", ["raise", "hang", "nonsense"])
async def test_the_center_goes_on_by_the_plain_rule_and_loses_nothing(database, fault, logs):
    switch = Switch(fault)
    site = await a_site(database, switch)
    feed = LiveFeed(site.engine, WallClock(), InProcessSignals())
    await site.do(
        c.DefineQueue,
        queue=s.Queue(id=HELP, name="Help", wrap_up=s.WrapUpRule(mode=s.WrapUpMode.OPTIONAL)),
    )
    stop, tasks = await takes_whatever_is_offered(site)
    first = CHATS // 2
    await asyncio.gather(*(site.chat(f"i{number}") for number in range(first)))
    switch.on = True
    await asyncio.gather(*(site.chat(f"i{number}") for number in range(first, CHATS)))
    await site.until(lambda: not site.engine.center().interactions)
    async with asyncio.timeout(DEADLINE_S):
        await asyncio.gather(*tasks)
    stop()
    log = [item.event for item in await site.log()]
    failed = [event for event in log if isinstance(event, e.MatcherFailed)]
    cause = {"raise": "raised", "hang": "hung", "nonsense": "nonsense"}[fault]
    assert [event.cause for event in failed] == [cause]
    assert [line["cause"] for line in logs if line["event"] == "matcher_failed"] == [cause]
    for kind in (e.Arrived, e.Accepted, e.WrappedUp):
        assert len({event.interaction for event in log if isinstance(event, kind)}) == CHATS
    after = [
        event.decision.cause
        for event in log[log.index(failed[0]) :]
        if isinstance(event, e.Offered)
    ]
    assert after
    assert set(after) == {"fallback"}
    frame = (await feed.connect(scope=None).take())[0]
    assert json.loads(frame)["state"]["matcher_failed_at"] == failed[0].at
    feed.stop()
    await site.engine.stop()


async def test_a_failure_is_remembered_over_a_restart_until_the_matcher_is_restored(database):
    switch = Switch("raise")
    site = await a_site(database, switch)
    switch.on = True
    await site.chat("i1")
    failed_at = site.engine.center().failed_at
    assert failed_at is not None
    switch.on = False
    await site.restart()
    assert site.engine.center().failed_at == failed_at
    await site.chat("i2")
    answer = await site.do(c.RestoreMatcher, by=BOSS)
    assert [type(item.event) for item in answer.events] == [e.MatcherRestored]
    assert site.engine.center().failed_at is None
    await site.chat("i3")
    log = [item.event for item in await site.log()]
    offers = [event for event in log if isinstance(event, e.Offered)]
    assert [offer.decision.cause for offer in offers] == ["fallback", "fallback", "best"]
    await site.engine.stop()


async def test_a_matcher_at_work_is_not_disturbed(database, monkeypatch):
    """Interrupted at every moment by signals that are not meant for it, nothing is lost."""
    monkeypatch.setattr(watchdog, "LOOK_S", 0.0002)
    site = await a_site(database, None)
    ringing = threading.Event()

    def ring():
        while not ringing.wait(0.0003):
            Watchdog._ring()

    bell = threading.Thread(target=ring)
    bell.start()
    try:
        for number in range(100):
            await site.chat(f"i{number}")
            await site.do(c.HangUp, by=CHANNEL, interaction=InteractionId(f"i{number}"))
    finally:
        ringing.set()
        bell.join()
    assert site.engine.center().failed_at is None
    assert not site.engine.center().interactions
    await site.engine.stop()


async def test_an_interruption_at_any_moment_ends_the_decision_and_nothing_else(
    database, monkeypatch, logs
):
    """A watchdog without patience barks all the time, also as the matcher begins and ends."""
    monkeypatch.setattr(watchdog, "LIMIT_S", 0.0)
    monkeypatch.setattr(watchdog, "LOOK_S", 0.0001)

    calls = count()

    def slow(center, now):
        """Now and then it does not come back at all, else it takes as long as chance has it."""
        until = time.monotonic() + (DEADLINE_S / 2 if next(calls) % 10 == 0 else 0)
        while time.monotonic() < until:
            pass
        for _ in range(now % 60_000):
            pass
        return routing.next_offer(center, now)

    site = await a_site(database, slow)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0001)
    try:
        for number in range(150):
            name = f"i{number}"
            await site.chat(name)
            if site.engine.center().failed_at is not None:
                await site.do(c.RestoreMatcher, by=BOSS)
            await site.do(c.HangUp, by=CHANNEL, interaction=InteractionId(name))
    finally:
        sys.setswitchinterval(usual)
    failed = [line for line in logs if line["event"] == "matcher_failed"]
    assert failed, "it was never interrupted: the test shows nothing"
    assert {line["cause"] for line in failed} == {"hung"}
    assert not [line for line in logs if line["event"] == "invariant_broken"]
    log = [item.event for item in await site.log()]
    offers = [event for event in log if isinstance(event, e.Offered)]
    assert len({offer.interaction for offer in offers}) == 150
    await site.engine.stop()


def test_what_has_come_back_meanwhile_is_left_alone():
    center = Center()
    dog = Watchdog(lambda: center)
    center.waiting.matching = 3
    dog._target = (center.waiting, 3)
    center.waiting.matching = 4
    dog.interrupt()
    dog._target = (center.waiting, 5)
    center.waiting.matching = 5
    with pytest.raises(MatcherHung):
        dog.interrupt()
    dog.interrupt()


def test_a_hang_is_seen_and_ended_within_a_second():
    assert watchdog.LIMIT_S + 2 * watchdog.LOOK_S < 1


def test_a_fault_must_be_allowed():
    with pytest.raises(ValueError, match="--faults"):
        from_environment(fault_matcher="hang")
    with pytest.raises(ValueError, match="raise, hang or nonsense"):
        from_environment(fault_matcher="sleep", faults=True)
    assert from_environment(fault_matcher="hang", faults=True).fault_matcher == "hang"
